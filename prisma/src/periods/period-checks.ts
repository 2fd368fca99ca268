import { invariant } from '@outlay/domain/errors'
import { formatMoney } from '@outlay/domain/money/currency'
import { formatFixed18, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { monthFractions } from '@outlay/domain/periods/accrual'
import { bucketMinutes } from '@outlay/domain/periods/bucket'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { COMPARE_MONTH } from '../ingest/counted-events.ts'
import { isFullyLoadedBalanced } from '../sql/fully-loaded.ts'
import { readConservationSums, readRemainderSums } from '../sql/read-fleet.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import { readJobsOfMonth, type JobsOfMonth } from './month-jobs.ts'
import { readMonthPools, type MonthPools } from './month-pools.ts'
import { compareWithSnapshot, verifySnapshot } from './snapshot.ts'

/** What is looked at before a month is closed. Those that block must pass; the others must be accepted with a reason. */
export const PERIOD_CHECKS = [
  'MONTH_OVER',
  'SUMS',
  'JOBS_RUNNING',
  'JOBS_FAILED',
  'POOLS_NOT_ALLOCATED',
  'POOLS_WITHOUT_POLICY',
  'POOLS_UNCONVERTED',
  'POOLS_STALE',
  'UNPRICED',
  'UNCONVERTED',
  'NO_AGENT',
  'NO_TASK',
  'NO_CLIENT',
] as const
export type PeriodCheckItem = (typeof PERIOD_CHECKS)[number] | 'SNAPSHOT'

/** What a month is looked at with. */
export interface CheckedMonth {
  month: CalendarDate
  currency: string
  timeZone: string
  /** Milliseconds since 1970. */
  now: number
}

export interface PeriodCheck {
  item: PeriodCheckItem
  /** FAIL blocks the close, WARN asks for a reason. */
  state: 'PASS' | 'WARN' | 'FAIL'
  title: string
  /** What was found, in a sentence. */
  detail: string
  count: number | null
  /** In the reporting currency. */
  amount: Fixed18 | null
  isBlocking: boolean
  /** Where in the portal it can be mended. */
  href: string | null
}

/**
 * Looks a month over. Every statement is one snapshot; in the transaction of a close, under the tenant's lock, all of them are one. SUMS
 * compares every cell with the events of the month, ten to twenty seconds for a million (CELLS); or adds the events up once and compares that
 * with the sums of each view, below a second (TOTALS); or is left out (NONE).
 */
export async function readPeriodChecks(
  db: TenantSql,
  of: CheckedMonth,
  { sums: how = 'CELLS' }: { sums?: SumsCompared } = {},
): Promise<PeriodCheck[]> {
  const range = { from: of.month, to: addMonths(of.month, 1) }
  const { start, end } = rangeBounds(range, of.timeZone)
  const instants = { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
  const sums = how === 'NONE' ? [] : [await checkSums(db, of, { range, ...instants, withCells: how === 'CELLS' })]
  const [jobs, pools, unpriced, remainders] = await Promise.all([
    readJobsOfMonth(db, range),
    readMonthPools(db, of.month, instants),
    readUnratedCounts(db, instants),
    readRemainderSums(db, range),
  ])
  const checks = [
    monthOver(of, end),
    ...sums,
    ...jobChecks(jobs, of),
    ...poolChecks(pools, of),
    ...unratedChecks(unpriced, range),
    ...remainderChecks(remainders, of),
  ]
  invariant(checks.length === PERIOD_CHECKS.length - (how === 'NONE' ? 1 : 0), 'Every check has its line')
  return checks
}

const BLOCKING: ReadonlySet<PeriodCheckItem> = new Set<PeriodCheckItem>([
  'MONTH_OVER',
  'SUMS',
  'JOBS_RUNNING',
  'JOBS_FAILED',
  'POOLS_NOT_ALLOCATED',
])

interface Finding {
  isGood: boolean
  title: string
  detail: string
  count?: number
  amount?: Fixed18
  href?: string
}

function check(item: PeriodCheckItem, finding: Finding): PeriodCheck {
  const { isGood, title, detail, count = null, amount = null, href = null } = finding
  const isBlocking = BLOCKING.has(item)
  const state = isGood ? 'PASS' : isBlocking ? 'FAIL' : 'WARN'
  return { item, state, title, detail, count, amount, isBlocking, href }
}

function monthOver({ now, timeZone }: CheckedMonth, end: number): PeriodCheck {
  const isGood = now >= end
  return check('MONTH_OVER', {
    isGood,
    title: 'The month is over',
    detail: isGood ? 'It is over.' : `It ends at ${new Date(end).toISOString()} (${timeZone}).`,
  })
}

const COMPARE: Prepared = { name: 'compare_month_cells', text: COMPARE_MONTH }

async function checkSums(
  db: TenantSql,
  { timeZone }: CheckedMonth,
  {
    range,
    start,
    end,
    withCells,
  }: { range: { from: string; to: string }; start: string; end: string; withCells: boolean },
): Promise<PeriodCheck> {
  const values = [timeZone, bucketMinutes(timeZone) * 60, range.from, range.to, start, end]
  const [different] = withCells ? await db.query<{ cells: number }>(COMPARE, values) : []
  const fractions = monthFractions({ startMs: Date.parse(start), endMs: Date.parse(end) }, timeZone)
  const { ledger, fullyLoaded, ...others } = await readConservationSums(db, { range, start, end, fractions })
  const isBalanced =
    Object.values(others).every((sum) => parseFixed18(sum) === parseFixed18(ledger)) &&
    isFullyLoadedBalanced(fullyLoaded)
  const cells = different?.cells ?? 0
  return check('SUMS', {
    isGood: cells === 0 && isBalanced,
    title: 'All sums agree',
    detail: sumsText({ cells, isBalanced, withCells }),
    count: cells,
    href: '/',
  })
}

function sumsText({
  cells,
  isBalanced,
  withCells,
}: {
  cells: number
  isBalanced: boolean
  withCells: boolean
}): string {
  if (!withCells)
    return isBalanced
      ? 'The events and the views by agent, task, client and hour are one amount; the close compares every cell.'
      : 'The events and the views by agent, task, client and hour are not one amount.'
  if (cells === 0 && isBalanced)
    return 'Every cell equals its events, and the views by agent, task and client are one amount.'
  return `${cells} cells differ from their events${isBalanced ? '' : ', and the views are not one amount'}.`
}

function jobChecks({ running, failed }: JobsOfMonth, { month }: CheckedMonth): PeriodCheck[] {
  const href = `/allocation?month=${month}`
  return [
    check('JOBS_RUNNING', {
      isGood: running === 0,
      title: 'Nothing is being worked on',
      detail:
        running === 0 ? 'No allocation or re-rating of it runs.' : `${running} allocations or re-ratings of it run.`,
      count: running,
      href,
    }),
    check('JOBS_FAILED', {
      isGood: failed.length === 0,
      title: 'No job has failed',
      detail:
        failed.length === 0
          ? 'No allocation or re-rating of it has failed without a later one.'
          : failed.map(({ what, error }) => `${what}: ${error}`).join(' '),
      count: failed.length,
      href: failed.some(({ kind }) => kind === 'RERATING') ? '/rate-cards/re-rating' : href,
    }),
  ]
}

function poolChecks(pools: MonthPools, { month, currency }: CheckedMonth): PeriodCheck[] {
  const href = `/allocation?month=${month}`
  const names = (some: readonly { name: string }[]): string => some.map(({ name }) => name).join(', ')
  const amountOf = (some: readonly { converted: Fixed18 | null }[]): Fixed18 =>
    some.reduce((sum, { converted }) => sum + (converted ?? 0n), 0n)
  const list = (
    item: PeriodCheckItem,
    some: readonly { name: string; converted: Fixed18 | null }[],
    words: { title: string; none: string; some: string },
  ): PeriodCheck =>
    check(item, {
      isGood: some.length === 0,
      title: words.title,
      detail: some.length === 0 ? words.none : `${words.some}: ${names(some)}.`,
      count: some.length,
      amount: amountOf(some),
      href,
    })
  const waiting = formatMoney(amountOf(pools.notAllocated), currency)
  return [
    list('POOLS_NOT_ALLOCATED', pools.notAllocated, {
      title: 'Every pool is allocated',
      none: 'Every pool that can be run has been.',
      some: `${waiting.amount} ${waiting.currency} wait for their run`,
    }),
    list('POOLS_WITHOUT_POLICY', pools.withoutPolicy, {
      title: 'Every pool has an approved policy',
      none: 'Every pool has one.',
      some: 'No policy is approved for, so they stay unallocated',
    }),
    list('POOLS_UNCONVERTED', pools.unconverted, {
      title: 'Every pool is converted',
      none: 'Every pool is in the reporting currency or has its FX rate.',
      some: "Without the FX rate of the month's last day, so they are in no amount",
    }),
    list('POOLS_STALE', pools.stale, {
      title: 'Every run has seen everything',
      none: 'Nothing has changed since the runs.',
      some: 'Events, amounts or policies are newer than the run of',
    }),
  ]
}

interface UnratedCounts {
  unpriced: number
  unpricedTasks: number
  unpricedClients: number
  unconverted: number
}

// Answered from the partial index of events that are not rated. A shared use belongs to the client of its task (law L13).
const UNRATED: Prepared = {
  name: 'read_unrated_counts',
  text: `SELECT count(*) FILTER (WHERE i.status = 'UNPRICED')::int AS unpriced,
      count(DISTINCT i.task_id) FILTER (WHERE i.status = 'UNPRICED')::int AS "unpricedTasks",
      count(DISTINCT coalesce(t.client_id, i.client_id)) FILTER (WHERE i.status = 'UNPRICED')::int AS "unpricedClients",
      count(*) FILTER (WHERE i.status = 'UNCONVERTED')::int AS unconverted
    FROM invocation i LEFT JOIN task t ON i.billing = 'SHARED' AND t.tenant_id = $1::uuid AND t.id = i.task_id
    WHERE i.tenant_id = $1::uuid AND i.status <> 'RATED' AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
      AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz`,
}

async function readUnratedCounts(
  db: TenantSql,
  { start, end }: { start: string; end: string },
): Promise<UnratedCounts> {
  const [counts] = await db.query<UnratedCounts>(UNRATED, [start, end])
  return counts ?? { unpriced: 0, unpricedTasks: 0, unpricedClients: 0, unconverted: 0 }
}

function unratedChecks(counts: UnratedCounts, { from, to }: { from: string; to: string }): PeriodCheck[] {
  const href = `/rate-cards/unpriced?from=${from}&to=${to}`
  const { unpriced, unconverted } = counts
  return [
    check('UNPRICED', {
      isGood: unpriced === 0,
      title: 'All usage has a price',
      detail:
        unpriced === 0
          ? 'Every invocation has a price.'
          : `${unpriced} invocations have no price and are in no amount; ${counts.unpricedTasks} tasks and ${counts.unpricedClients} clients cost more than is shown.`,
      count: unpriced,
      href,
    }),
    check('UNCONVERTED', {
      isGood: unconverted === 0,
      title: 'All usage is converted',
      detail:
        unconverted === 0
          ? 'No FX rate is missing.'
          : `${unconverted} invocations lack the FX rate of their day and are in no amount.`,
      count: unconverted,
      href,
    }),
  ]
}

function remainderChecks(
  sums: { agent: string; task: string; client: string },
  { month, currency }: CheckedMonth,
): PeriodCheck[] {
  const line = (item: PeriodCheckItem, tag: string, text: string): PeriodCheck => {
    const amount = parseFixed18(text)
    const money = formatMoney(amount, currency)
    return check(item, {
      isGood: amount === 0n,
      title: `All cost has ${tag}`,
      detail: amount === 0n ? 'All of it has.' : `${money.amount} ${money.currency} carry none.`,
      amount,
      href: `/?from=${month}&to=${addMonths(month, 1)}`,
    })
  }
  return [
    line('NO_AGENT', 'an agent', sums.agent),
    line('NO_TASK', 'a task', sums.task),
    line('NO_CLIENT', 'a client', sums.client),
  ]
}

/** How the sums of a month are compared with its events. */
export type SumsCompared = 'CELLS' | 'TOTALS' | 'NONE'

/** A check as an edition keeps it: amounts as texts. */
export interface KeptCheck extends Omit<PeriodCheck, 'amount'> {
  amount: string | null
}

export function keptCheck({ amount, ...found }: PeriodCheck): KeptCheck {
  return { ...found, amount: amount === null ? null : formatFixed18(amount) }
}

/**
 * What a closed month says: what its edition was closed with, and whether the edition is still what was written and what its cells make.
 * The events of the month are not looked at again, because what happens to them is posted elsewhere.
 */
export async function readClosedChecks(
  db: TenantSql,
  { month, edition, currency, kept }: { month: CalendarDate; edition: number; currency: string; kept: KeptCheck[] },
): Promise<PeriodCheck[]> {
  const isIntact = await verifySnapshot(db, { month, edition })
  const different = await compareWithSnapshot(db, { month, edition, currency })
  const isGood = isIntact && different === 0
  const snapshot: PeriodCheck = {
    item: 'SNAPSHOT',
    state: isGood ? 'PASS' : 'FAIL',
    title: 'The month is what was closed',
    detail: isGood
      ? `Edition ${edition} makes its hash, and every row of it is what the month says now.`
      : `${isIntact ? '' : `Edition ${edition} does not make its hash. `}${different} rows differ from what the month says now.`,
    count: different,
    amount: null,
    isBlocking: false,
    href: null,
  }
  return [
    snapshot,
    ...kept.map(({ amount, ...found }) => ({ ...found, amount: amount === null ? null : parseFixed18(amount) })),
  ]
}
