import { DomainError } from '@outlay/domain/errors'
import { checkNote, checkReason } from '@outlay/domain/invocation/reason'
import { today } from '@outlay/domain/periods/local-day'
import {
  changePeriod,
  nameOf,
  notePeriodEvent,
  setPeriodState,
  type PeriodDeps,
  type PeriodOutcome,
  type PeriodWish,
} from './period.ts'

/**
 * Says that a month is being closed. It is a notice, not a gate: events still count in it and its pools can still change, because what a
 * soft close would refuse would have to be posted elsewhere, and only a snapshot needs that.
 *
 * userErrors: MONTH_NOT_BEGUN, PERIOD_CLOSED, ALREADY_SOFT_CLOSED.
 */
export function softClosePeriod(
  deps: PeriodDeps,
  tenantId: string,
  wish: PeriodWish & { reason?: string | null },
): Promise<PeriodOutcome> {
  return changePeriod(deps, tenantId, wish, async (locked) => {
    const { period, config } = locked
    const name = nameOf(period.month)
    if (period.month > today(deps.now, config.timeZone)) {
      throw new DomainError('MONTH_NOT_BEGUN', `${name} has not begun yet.`, 'month')
    }
    if (period.state === 'CLOSED') throw new DomainError('PERIOD_CLOSED', `${name} is closed already.`, 'month')
    if (period.state === 'SOFT_CLOSED') {
      throw new DomainError('ALREADY_SOFT_CLOSED', `${name} is being closed already.`, 'month')
    }
    const reason = checkNote(wish.reason ?? null, 'reason')
    await setPeriodState(locked, { state: 'SOFT_CLOSED' })
    await notePeriodEvent(locked, { action: 'SOFT_CLOSED', by: wish.by, reason })
  })
}

/** Takes a soft close back. userErrors: PERIOD_NOT_SOFT_CLOSED, and MISSING_FIELD or INVALID_FIELD of the reason. */
export function openPeriod(
  deps: PeriodDeps,
  tenantId: string,
  wish: PeriodWish & { reason: string },
): Promise<PeriodOutcome> {
  return changePeriod(deps, tenantId, wish, async (locked) => {
    const { month, state } = locked.period
    if (state !== 'SOFT_CLOSED') {
      const how = state === 'CLOSED' ? 'closed; a closed month is reopened by two people' : 'open'
      throw new DomainError('PERIOD_NOT_SOFT_CLOSED', `${nameOf(month)} is ${how}.`, 'month')
    }
    const reason = checkReason(wish.reason, 'Opening a month again needs a reason.')
    await setPeriodState(locked, { state: 'OPEN' })
    await notePeriodEvent(locked, { action: 'OPENED', by: wish.by, reason })
  })
}
