import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { parseQuantitySum, type Quantity6 } from '@outlay/domain/usage/quantity'
import { filterCondition, Statement, type RollupQuestion } from './read-rollup.ts'
import { CORRECTION_SOURCE, eventSource, type Dimension, type RollupSource } from './rollup-source.ts'
import { PLANNED_EACH_TIME, type TenantSql } from './tenant-sql.ts'

/** Which events a cost is made of: those of some instants under some tags. */
export type LineQuestion = Pick<RollupQuestion, 'start' | 'end' | 'filter'>

/** What one price made of the usage of one resource: all rated lines that are alike but for their quantity, added up. */
export interface CostLine {
  /** Of shared uses, counted once per task; otherwise direct. */
  isShared: boolean
  /** nil: the sender named none. */
  resourceId: string
  /** RATE: quantity × the price of the rate. REPORTED: what senders say it cost, where no rate matched. */
  source: 'RATE' | 'REPORTED'
  /** null where the cost was reported. */
  meter: string | null
  rateId: string | null
  /** Of a reported cost. */
  reportedCurrency: string | null
  /** Of a reported cost, in its own currency. */
  reported: Fixed18 | null
  /** Of a rated line; null where the cost was reported. */
  quantity: Quantity6 | null
  fxRate: string | null
  /** In the reporting currency, as it was rated. */
  amount: Fixed18
  /** Invocations with such a line. */
  invocations: bigint
}

/** Some lines and what all of them come to. */
export interface CostLines {
  lines: CostLine[]
  /** How many lines there are, those not shown included. */
  count: number
  amount: Fixed18
}

/** Which events are meant: direct ones, shared uses, or both. */
interface Kinds {
  withDirect: boolean
  withShared: boolean
}

function keptKinds({ withDirect, withShared }: Kinds): string {
  if (withDirect && withShared) return ''
  return withDirect ? ' AND NOT c.is_shared' : withShared ? ' AND c.is_shared' : ' AND false'
}

/** The columns of an event that its lines are read from. */
const LINE_COLUMNS = `i.billing = 'SHARED' AS is_shared, i.cost, i.cost_basis, i.meters, i.quantities, i.rate_ids, i.amounts, i.fx_rates,
  i.reported_amount, i.reported_currency, i.reported_fx_rate`

/** The conditions on events or corrections of alias `c`, apart from time. */
function kept({ filter }: LineQuestion, source: RollupSource, statement: Statement): string {
  const conditions = (Object.keys(filter) as Dimension[]).map((dimension) =>
    filterCondition(dimension, filter[dimension] ?? [], source, statement),
  )
  return ['c.tenant_id = $1::uuid', ...source.where, ...conditions].join(' AND ')
}

interface LineRow {
  isShared: boolean
  resourceId: string
  isReported: boolean
  meter: string | null
  rateId: string | null
  reportedCurrency: string | null
  quantity: string
  fxRate: string | null
  amount: string
  invocations: string
  count: number
  whole: string
}

/**
 * The lines that billed events were rated by, as they stand: no price is looked up anew. The `top` largest, and what all of them come to.
 * Reads every event of the tenant between the instants, or every one of the tasks where the filter names tasks.
 */
export async function readCostLines(
  db: TenantSql,
  question: LineQuestion,
  { top, ...kinds }: { top: number } & Kinds,
): Promise<CostLines> {
  const source = eventSource(LINE_COLUMNS)
  const statement = new Statement()
  const where = kept(question, source, statement)
  const [start, end] = [statement.param(question.start, 'timestamptz'), statement.param(question.end, 'timestamptz')]
  const limit = statement.param(top, 'int')
  // A reported cost is one line of its event: the usage beside it has no amounts.
  const array = (lines: string, reported: string) =>
    `CASE c.cost_basis WHEN 'REPORTED' THEN ARRAY[${reported}] ELSE ${lines} END`
  const text = `SELECT l.is_shared AS "isShared", l.resource_id AS "resourceId", l.is_reported AS "isReported", l.meter, l.rate_id AS "rateId",
      l.currency AS "reportedCurrency", sum(l.quantity)::text AS quantity, trim_scale(l.fx_rate)::text AS "fxRate", sum(l.amount)::text AS amount,
      count(*)::text AS invocations, (count(*) OVER ())::int AS count, (sum(sum(l.amount)) OVER ())::text AS whole
    FROM (
      SELECT c.is_shared, c.resource_id, c.cost_basis = 'REPORTED' AS is_reported, u.meter, u.rate_id, u.quantity, u.amount, u.fx_rate,
        CASE c.cost_basis WHEN 'REPORTED' THEN c.reported_currency END AS currency
      FROM ${source.from} CROSS JOIN LATERAL unnest(
        ${array('c.meters', 'NULL::text')}, ${array('c.quantities', 'c.reported_amount')}, ${array('c.rate_ids', 'NULL::uuid')},
        ${array('c.amounts', 'c.cost')}, ${array('c.fx_rates', 'c.reported_fx_rate')}
      ) AS u(meter, quantity, rate_id, amount, fx_rate)
      WHERE ${where} AND c.occurred_at >= ${start} AND c.occurred_at < ${end} AND c.cost IS NOT NULL
        AND (u.quantity <> 0 OR c.cost_basis = 'REPORTED')${keptKinds(kinds)}
    ) l
    GROUP BY l.is_shared, l.resource_id, l.is_reported, l.meter, l.rate_id, l.currency, l.fx_rate
    ORDER BY abs(sum(l.amount)) DESC, sum(l.quantity) DESC, l.resource_id, l.meter, l.rate_id, l.fx_rate LIMIT ${limit}`
  const rows = await db.query<LineRow>({ name: PLANNED_EACH_TIME, text }, statement.values)
  const [first] = rows
  return { lines: rows.map(costLine), count: first?.count ?? 0, amount: parseFixed18(first?.whole ?? '0') }
}

function costLine({ isReported, quantity, amount, invocations, ...row }: LineRow): CostLine {
  return {
    isShared: row.isShared,
    resourceId: row.resourceId,
    source: isReported ? 'REPORTED' : 'RATE',
    meter: row.meter,
    rateId: row.rateId,
    reportedCurrency: row.reportedCurrency,
    reported: isReported ? parseFixed18(quantity) : null,
    quantity: isReported ? null : parseQuantitySum(quantity),
    fxRate: row.fxRate,
    amount: parseFixed18(amount),
    invocations: BigInt(invocations),
  }
}

/** Why usage is in no amount: nothing prices its meter, its currency has no rate of the day, or another meter of its invocation is one of those. */
export type UnknownReason = 'NO_PRICE' | 'NO_FX_RATE' | 'WITH_UNKNOWN'

/** Usage whose cost is unknown. */
export interface UnknownLine {
  resourceId: string
  /** null for an invocation that states no usage. */
  meter: string | null
  reason: UnknownReason
  quantity: Quantity6
  invocations: bigint
}

/** Usage that is in no amount, that of most invocations first, and how many lines of it there are. */
export async function readUnknownLines(
  db: TenantSql,
  question: LineQuestion,
  { top, ...kinds }: { top: number } & Kinds,
): Promise<{ lines: UnknownLine[]; count: number }> {
  const source = eventSource(`${LINE_COLUMNS}, i.status`)
  const statement = new Statement()
  const where = kept(question, source, statement)
  const [start, end] = [statement.param(question.start, 'timestamptz'), statement.param(question.end, 'timestamptz')]
  const limit = statement.param(top, 'int')
  const text = `SELECT c.resource_id AS "resourceId", u.meter,
      CASE WHEN u.amount IS NOT NULL THEN 'WITH_UNKNOWN' WHEN u.rate_id IS NOT NULL OR c.status = 'UNCONVERTED' THEN 'NO_FX_RATE' ELSE 'NO_PRICE' END AS reason,
      coalesce(sum(u.quantity), 0)::text AS quantity, count(*)::text AS invocations, (count(*) OVER ())::int AS count
    FROM ${source.from} LEFT JOIN LATERAL unnest(c.meters, c.quantities, c.rate_ids, c.amounts) AS u(meter, quantity, rate_id, amount) ON true
    WHERE ${where} AND c.occurred_at >= ${start} AND c.occurred_at < ${end} AND c.status <> 'RATED'${keptKinds(kinds)}
    GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 1, 2, 3 LIMIT ${limit}`
  const rows = await db.query<{
    resourceId: string
    meter: string | null
    reason: UnknownReason
    quantity: string
    invocations: string
    count: number
  }>({ name: PLANNED_EACH_TIME, text }, statement.values)
  return {
    lines: rows.map(({ resourceId, meter, reason, quantity, invocations }) => ({
      ...{ resourceId, meter, reason },
      quantity: parseQuantitySum(quantity),
      invocations: BigInt(invocations),
    })),
    count: rows[0]?.count ?? 0,
  }
}

/** What happened to closed months, in the time of a question. */
export interface PostedLine {
  cause: 'LATE_EVENT' | 'RERATING' | 'CORRECTION' | 'TASK_MOVED'
  /** IN: used before or after it and counted in it. OUT: used in it and counted elsewhere. */
  direction: 'IN' | 'OUT'
  direct: Fixed18
  shared: Fixed18
  /** Below zero where fewer are counted. */
  invocations: bigint
}

/** Corrections of closed months that cross an end of the time: those within it come to nothing. */
export async function readPostedLines(db: TenantSql, question: LineQuestion): Promise<PostedLine[]> {
  const statement = new Statement()
  const where = kept(question, CORRECTION_SOURCE, statement)
  const [start, end] = [statement.param(question.start, 'timestamptz'), statement.param(question.end, 'timestamptz')]
  const within = (bucket: string) => `(c.${bucket} >= ${start} AND c.${bucket} < ${end})`
  const text = `SELECT c.cause, CASE WHEN ${within('posted_bucket')} THEN 'IN' ELSE 'OUT' END AS direction,
      sum(l.sign * c.cost_direct)::text AS direct, sum(l.sign * c.cost_shared)::text AS shared, sum(l.sign * c.invocations)::text AS invocations
    FROM ${CORRECTION_SOURCE.from} CROSS JOIN LATERAL (SELECT CASE WHEN ${within('posted_bucket')} THEN 1 ELSE -1 END AS sign) l
    WHERE ${where} AND ${within('usage_bucket')} <> ${within('posted_bucket')}
    GROUP BY 1, 2 ORDER BY 1, 2`
  const rows = await db.query<{
    cause: PostedLine['cause']
    direction: PostedLine['direction']
    direct: string
    shared: string
    invocations: string
  }>({ name: PLANNED_EACH_TIME, text }, statement.values)
  return rows.map((row) => ({
    ...{ cause: row.cause, direction: row.direction },
    direct: parseFixed18(row.direct),
    shared: parseFixed18(row.shared),
    invocations: BigInt(row.invocations),
  }))
}
