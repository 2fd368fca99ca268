import { DomainError, quoted } from '@outlay/domain/errors'
import { checkReason } from '@outlay/domain/invocation/reason'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { bumpConfig } from '../ingest/tenant-lock.ts'
import { readTimeToFreeze } from '../billing/charged-time.ts'
import { readCompletedCount } from '../sql/read-fleet.ts'
import type { FrozenTime } from '../sql/read-task-time.ts'
import { clientSql, type TenantSql } from '../sql/tenant-sql.ts'
import { readBridge } from './bridge.ts'
import { readMonthPools } from './month-pools.ts'
import { keptCheck, PERIOD_CHECKS, readPeriodChecks, type PeriodCheck } from './period-checks.ts'
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
import { timeContent, writeSnapshot, type AcceptedCheck, type SnapshotContent } from './snapshot.ts'

/**
 * Closes a month: looks it over, writes what it came to as an edition that nobody can change, and from then on posts what arrives for it to
 * the open month (law L23). All in one transaction under the tenant's lock, so no event is half in: it is in the edition, or it finds the
 * month closed. From OPEN or SOFT_CLOSED alike; a soft close is a notice.
 *
 * `accept`: the checks that do not pass and do not block, each with a reason, which the edition keeps.
 *
 * userErrors: PERIOD_CLOSED, CHECK_FAILED naming those that block, CHECK_NOT_ACCEPTED naming those without a reason, INVALID_FIELD,
 * MISSING_FIELD.
 */
export function closePeriod(
  deps: PeriodDeps,
  tenantId: string,
  wish: PeriodWish & { accept: readonly AcceptedCheck[] },
): Promise<PeriodOutcome> {
  return changePeriod(deps, tenantId, wish, async (locked) => {
    const { client, period, config } = locked
    const { month } = period
    if (period.state === 'CLOSED') {
      throw new DomainError('PERIOD_CLOSED', `${nameOf(month)} is closed already, edition ${period.edition}.`, 'month')
    }
    const db = clientSql(client, tenantId)
    const { currency, timeZone } = config
    const checks = await readPeriodChecks(db, { month, currency, timeZone, now: deps.now })
    const accepted = acceptedChecks(checks, wish.accept, month)
    const time = await readTimeToFreeze(db, { month, timeZone })
    const content = await readContent(db, locked, { checks, accepted, time })
    const edition = period.edition + 1
    const bridge = edition === 1 ? null : await bridgeFrom(db, locked, content)
    await setPeriodState(locked, { state: 'CLOSED', edition })
    await writeSnapshot(client, db, { tenantId, month, edition, content, bridge, closedBy: wish.by, time })
    const details = { edition, accepted }
    await notePeriodEvent(locked, { action: 'CLOSED', by: wish.by, reason: null, details })
    await bumpConfig(client, tenantId)
  })
}

function acceptedChecks(
  checks: readonly PeriodCheck[],
  accept: readonly AcceptedCheck[],
  month: CalendarDate,
): AcceptedCheck[] {
  const reasons = new Map<string, string>()
  for (const [index, { item, reason }] of accept.entries()) {
    const field = `accept.${index}`
    if (!(PERIOD_CHECKS as readonly string[]).includes(item)) {
      throw new DomainError('INVALID_FIELD', `${quoted(item)} is none of the checks of a month.`, `${field}.item`)
    }
    reasons.set(item, reasonAt(reason, { item, field }))
  }
  const failed = checks.filter(({ state }) => state === 'FAIL')
  if (failed.length > 0) {
    const facts = failed.map(({ item, detail }) => `${item}: ${detail}`).join(' ')
    throw new DomainError('CHECK_FAILED', `${nameOf(month)} cannot be closed. ${facts}`, 'month')
  }
  const open = checks.filter(({ item, state }) => state === 'WARN' && !reasons.has(item))
  if (open.length > 0) {
    const facts = open.map(({ item, detail }) => `${item}: ${detail}`).join(' ')
    throw new DomainError('CHECK_NOT_ACCEPTED', `To close ${nameOf(month)} all the same, say why. ${facts}`, 'accept')
  }
  return checks.flatMap(({ item, state }) => (state === 'WARN' ? [{ item, reason: reasons.get(item) ?? '' }] : []))
}

function reasonAt(reason: string, { item, field }: { item: string; field: string }): string {
  try {
    return checkReason(reason, `Accepting ${item} needs a reason; it stays with the edition.`)
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(error.code, error.message, `${field}.reason`) : error
  }
}

async function readContent(
  db: TenantSql,
  { period: { month }, config: { currency, timeZone } }: LockedPeriod,
  of: { checks: readonly PeriodCheck[]; accepted: AcceptedCheck[]; time: readonly FrozenTime[] | null },
): Promise<SnapshotContent> {
  const { checks, accepted, time } = of
  const range = { from: month, to: addMonths(month, 1) }
  const { start, end } = rangeBounds(range, timeZone)
  const instants = { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
  const { runs, unallocated } = await readMonthPools(db, month, instants)
  return {
    currency,
    timeZone,
    unallocated: formatFixed18(unallocated),
    tasksCompleted: await readCompletedCount(db, range),
    checks: checks.map(keptCheck),
    accepted,
    ...(time === null ? {} : { time: timeContent(time) }),
    runs: runs.map(({ poolId, runId, policyId, inputsHash, poolAmount: amount, allocated }) => ({
      poolId,
      runId,
      policyId,
      inputsHash,
      amount,
      allocated,
    })),
  }
}

async function bridgeFrom(
  db: TenantSql,
  { client, tenantId, period: { month, edition }, config: { currency } }: LockedPeriod,
  content: SnapshotContent,
): ReturnType<typeof readBridge> {
  const { rows } = await client.query<{ unallocated: string }>(
    `SELECT content->>'unallocated' AS unallocated FROM period_snapshot WHERE tenant_id = $1::uuid AND month = $2::date AND edition = $3::int`,
    [tenantId, month, edition],
  )
  const unallocated = { before: rows[0]?.unallocated ?? '0', after: content.unallocated }
  return readBridge(db, { month, currency, edition, unallocated })
}
