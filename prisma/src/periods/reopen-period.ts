import { DomainError } from '@outlay/domain/errors'
import { checkReason } from '@outlay/domain/invocation/reason'
import { bumpConfig } from '../ingest/tenant-lock.ts'
import { goHome } from './go-home.ts'
import {
  changePeriod,
  nameOf,
  notePeriodEvent,
  setPeriodState,
  type LockedPeriod,
  type PeriodDeps,
  type PeriodOutcome,
  type PeriodWish,
} from './period.ts'

const REQUEST = `
UPDATE period SET reopening_requested_by = $3, reopening_requested_at = clock_timestamp(), reopening_reason = $4
WHERE tenant_id = $1::uuid AND month = $2::date`

/**
 * Asks for a closed month to be reopened; another person has to agree. userErrors: PERIOD_NOT_CLOSED, REOPENING_REQUESTED, and
 * MISSING_FIELD or INVALID_FIELD of the reason.
 */
export function requestReopening(
  deps: PeriodDeps,
  tenantId: string,
  wish: PeriodWish & { reason: string },
): Promise<PeriodOutcome> {
  return changePeriod(deps, tenantId, wish, async (locked) => {
    const { client, period } = locked
    checkClosed(locked)
    if (period.reopeningRequestedBy !== null) {
      const { reopeningRequestedBy: who, reopeningRequestedAt: when, month } = period
      throw new DomainError(
        'REOPENING_REQUESTED',
        `${who} has asked for the reopening of ${nameOf(month)} at ${when}; another person agrees or declines.`,
        'month',
      )
    }
    const reason = checkReason(wish.reason, 'Reopening a month needs a reason.')
    await client.query(REQUEST, [tenantId, period.month, wish.by, reason])
    await notePeriodEvent(locked, { action: 'REOPENING_REQUESTED', by: wish.by, reason })
  })
}

/**
 * Opens a closed month again. What was posted elsewhere for it goes home, as far as the month it was posted to is open. The edition stays
 * what it is; the next close makes another. userErrors: PERIOD_NOT_CLOSED, REOPENING_NOT_REQUESTED, SAME_PERSON.
 */
export function agreeToReopening(deps: PeriodDeps, tenantId: string, wish: PeriodWish): Promise<PeriodOutcome> {
  return changePeriod(deps, tenantId, wish, async (locked) => {
    const { client, period, config } = locked
    const { month, reopeningReason: reason } = period
    if (requesterOf(locked).toLowerCase() === wish.by.toLowerCase()) {
      throw new DomainError(
        'SAME_PERSON',
        `${wish.by} has asked for the reopening of ${nameOf(month)}; another person agrees to it.`,
        'month',
      )
    }
    await setPeriodState(locked, { state: 'OPEN' })
    const closedMonths = new Set([...config.closedMonths].filter((closed) => closed !== month))
    const returned = await goHome(client, { tenantId, month, config: { ...config, closedMonths } })
    await notePeriodEvent(locked, { action: 'REOPENED', by: wish.by, reason, details: { returned } })
    await bumpConfig(client, tenantId)
  })
}

const DECLINE = `
UPDATE period SET reopening_requested_by = NULL, reopening_requested_at = NULL, reopening_reason = NULL
WHERE tenant_id = $1::uuid AND month = $2::date`

/** Lets a closed month stay closed; who asked may take it back this way. userErrors as of agreeToReopening, without SAME_PERSON. */
export function declineReopening(
  deps: PeriodDeps,
  tenantId: string,
  wish: PeriodWish & { reason: string },
): Promise<PeriodOutcome> {
  return changePeriod(deps, tenantId, wish, async (locked) => {
    requesterOf(locked)
    const reason = checkReason(wish.reason, 'Declining a reopening needs a reason.')
    await locked.client.query(DECLINE, [tenantId, locked.period.month])
    await notePeriodEvent(locked, { action: 'REOPENING_DECLINED', by: wish.by, reason })
  })
}

function checkClosed({ period: { month, state } }: LockedPeriod): void {
  if (state !== 'CLOSED') throw new DomainError('PERIOD_NOT_CLOSED', `${nameOf(month)} is not closed.`, 'month')
}

function requesterOf(locked: LockedPeriod): string {
  checkClosed(locked)
  const { month, reopeningRequestedBy } = locked.period
  if (reopeningRequestedBy !== null) return reopeningRequestedBy
  throw new DomainError('REOPENING_NOT_REQUESTED', `Nobody has asked for the reopening of ${nameOf(month)}.`, 'month')
}
