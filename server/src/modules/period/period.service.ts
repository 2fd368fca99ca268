import type { BridgeLine } from '@outlay/db/periods/bridge'
import { readClosedChecks, readPeriodChecks, type PeriodCheck } from '@outlay/db/periods/period-checks'
import type { PeriodOutcome, PeriodRecord, PeriodWish } from '@outlay/db/periods/period'
import {
  countPeriodCorrections,
  countSnapshotRows,
  readCorrectionSums,
  readFirstMonth,
  readPeriodCorrections,
  readPeriods,
  readSnapshotRows,
  readSnapshots,
  type PeriodCorrectionRecord,
  type SnapshotDimension,
  type SnapshotRecord,
  type SnapshotRow,
} from '@outlay/db/sql/read-periods'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { actorOf } from '../../graphql/actor.ts'
import { mayDo, type Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { decodeCursor, pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { groupBy } from '@outlay/domain/group-by'
import type { UserErrorSource } from '../user-error.schema.ts'

/** Ten years. */
const MONTHS_MAX = 120

export interface PeriodPayloadSource {
  period: PeriodRecord | null
  userErrors: UserErrorSource[]
}

export async function findPeriod({ db }: Context, month: CalendarDate): Promise<PeriodRecord> {
  const [period] = await readPeriods(db, [checkMonth(month, 'month')])
  if (period === undefined) throw badInput('month', `${month} is no month.`)
  return period
}

/** The months from the current one back to the first with usage or a pool. */
export async function listPeriods({ db, tenant, now }: Context, first: number): Promise<PeriodRecord[]> {
  if (first < 1 || first > MONTHS_MAX) throw badInput('first', `first is ${first}; it must be 1 to ${MONTHS_MAX}.`)
  const current = firstOfMonth(today(now, tenant.timeZone))
  const earliest = (await readFirstMonth(db)) ?? current
  const months: CalendarDate[] = []
  for (let month = current; months.length < first && (month >= earliest || month === current);) {
    months.push(month)
    month = addMonths(month, -1)
  }
  return readPeriods(db, months)
}

export function mayClose(context: Context, { month, state }: PeriodRecord): boolean {
  const isOver = today(context.now, context.tenant.timeZone) >= addMonths(month, 1)
  return state !== 'CLOSED' && isOver && mayDo(context, 'period.close')
}

/** Whether the asker is another person than the one who asked for the reopening. */
export function mayAgree(context: Context, { reopeningRequestedBy: who }: PeriodRecord): boolean {
  const { principal } = context
  const isAnother = principal.kind === 'user' && principal.email.toLowerCase() !== who?.toLowerCase()
  return isAnother && mayDo(context, 'period.reopen')
}

/** What is looked at before a month is closed. `withSums`: also what reads every event of an open month. */
export async function checklistOf(
  context: Context,
  { month, state, edition }: PeriodRecord,
  withSums: boolean,
): Promise<PeriodCheck[]> {
  const { db, tenant, now } = context
  if (state !== 'CLOSED') {
    return readPeriodChecks(
      db,
      { month, currency: tenant.currency, timeZone: tenant.timeZone, now },
      { sums: withSums ? 'CELLS' : 'NONE' },
    )
  }
  const snapshot = (await snapshotsOf(context, month)).find((one) => one.edition === edition)
  return readClosedChecks(db, { month, edition, currency: tenant.currency, kept: snapshot?.content.checks ?? [] })
}

/** The editions of a month, read once for all months of the answer. */
export function snapshotsOf({ db, loaders }: Context, month: CalendarDate): Promise<SnapshotRecord[]> {
  const load = async (months: readonly CalendarDate[]) =>
    groupBy(await readSnapshots(db, months), (snapshot) => snapshot.month)
  return loaders.of<CalendarDate, SnapshotRecord[]>('period snapshots', load, []).load(month)
}

/** What the month has posted elsewhere, and what others have posted to it. */
export async function correctionSums(
  { db, loaders }: Context,
  month: CalendarDate,
): Promise<{ posted: Fixed18; received: Fixed18 }> {
  const load = async (months: readonly CalendarDate[]) =>
    new Map(await Promise.all(months.map(async (one) => [one, await readCorrectionSums(db, one)] as const)))
  const none = { posted: '0', received: '0' }
  const sums = await loaders.of<CalendarDate, typeof none>('period correction sums', load, none).load(month)
  return { posted: parseFixed18(sums.posted), received: parseFixed18(sums.received) }
}

const CORRECTIONS = 'periodCorrections'

export async function listCorrections(
  { db }: Context,
  month: CalendarDate,
  args: PageArgs,
): Promise<Page<PeriodCorrectionRecord>> {
  const size = pageSize(args)
  const [after = null] = decodeCursor(CORRECTIONS, 1, args.after) ?? []
  if (after !== null && !UUID.test(after)) throw badInput('after', 'after is not a cursor of this list.')
  const rows = await readPeriodCorrections(db, { month, after, limit: size + 1 })
  const totalCount = () => countPeriodCorrections(db, month)
  return toPage({ list: CORRECTIONS, rows, size, keyOf: (row) => [row.id], after: args.after, totalCount })
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DECIMAL = /^-?[0-9]{1,38}(\.[0-9]{1,18})?$/

/** A row of an edition and what it is a row of. */
export interface SnapshotRowSource extends SnapshotRow {
  dimension: SnapshotDimension
}

export async function listSnapshotRows(
  { db }: Context,
  { month, edition }: SnapshotRecord,
  args: PageArgs & { dimension: string },
): Promise<Page<SnapshotRowSource>> {
  const dimension = snapshotDimension(args.dimension)
  const list = `periodSnapshotRows ${dimension}`
  const size = pageSize(args)
  const [total, id] = decodeCursor(list, 2, args.after) ?? []
  const after = total === undefined || id === undefined ? null : { total, id }
  if (after !== null && !(DECIMAL.test(after.total) && UUID.test(after.id))) {
    throw badInput('after', 'after is not a cursor of this list.')
  }
  const of = { month, edition, dimension }
  const found = await readSnapshotRows(db, { ...of, after, limit: size + 1 })
  const rows = found.map((row) => ({ ...row, dimension }))
  const totalCount = () => countSnapshotRows(db, of)
  return toPage({ list, rows, size, keyOf: (row) => [row.total, row.memberId], after: args.after, totalCount })
}

function snapshotDimension(dimension: string): SnapshotDimension {
  switch (dimension) {
    case 'AGENT':
    case 'CLIENT':
    case 'PROJECT':
    case 'TASK':
      return dimension
    default:
      throw badInput('dimension', `An edition has rows by AGENT, CLIENT, PROJECT and TASK, none by ${dimension}.`)
  }
}

const REMAINDER: Record<SnapshotDimension, string> = {
  AGENT: 'No agent',
  CLIENT: 'No client',
  PROJECT: 'No project',
  TASK: 'No task',
}

/** What a member of a dimension is called; null key for the named remainder. */
export async function memberOf(
  { loaders }: Context,
  dimension: SnapshotDimension,
  id: string,
): Promise<{ key: string | null; label: string }> {
  if (id === NIL_UUID) return { key: null, label: REMAINDER[dimension] }
  const loader = { AGENT: loaders.agent, CLIENT: loaders.client, PROJECT: loaders.project, TASK: loaders.task }
  const member = await loader[dimension].load(id)
  return { key: member?.key ?? null, label: member?.name ?? id }
}

const CAUSES: Record<NonNullable<BridgeLine['cause']>, string> = {
  LATE_EVENT: 'Late events',
  RERATING: 'Re-ratings',
  CORRECTION: 'Corrections',
  TASK_MOVED: 'Tasks that changed their client or project',
  RETURNED: 'Gone home to the months it was used in',
  ALLOCATION: 'Allocation of pools',
  WHILE_OPEN: 'While the month was open',
}

/** How a line of a bridge is named. */
export async function bridgeLabel(
  context: Context,
  { of, cause, memberId }: BridgeLine,
): Promise<{ key: string | null; label: string }> {
  if (of === 'AGENT' || of === 'CLIENT') return memberOf(context, of, memberId ?? NIL_UUID)
  if (cause !== null) return { key: null, label: CAUSES[cause] }
  return { key: null, label: of === 'FLEET' ? 'All' : 'Unallocated' }
}

/** Does something to a month as who asks, and answers how it stands then. */
export async function changePeriod<Args extends { month: CalendarDate }>(
  context: Context,
  input: Args,
  change: (tenantId: string, wish: Args & PeriodWish) => Promise<PeriodOutcome>,
): Promise<PeriodPayloadSource> {
  const { userErrors } = await change(context.tenant.id, { ...input, by: await actorOf(context) })
  if (firstOfMonth(input.month) !== input.month) return { period: null, userErrors }
  return { period: await findPeriod(context, input.month), userErrors }
}
