import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { kindOfUuid, kindUuid, NIL_UUID, type InvocationKind } from '@outlay/domain/rollup/grain'
import { CELL_SUMS, CELL_VALUES, cellSums, IS_COUNTED, NO_SUMS, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { plainArray, textArray } from './pg-array.ts'
import { NO_TEXT, rollupSource, type Dimension, type RollupSource } from './rollup-source.ts'
import { PLANNED_EACH_TIME, type TenantSql } from './tenant-sql.ts'

/** Keys of what to keep, by dimension; an absent list keeps everything. */
export type RollupFilter = Partial<Record<Dimension, readonly string[]>>

export interface RollupQuestion {
  range: DateRange
  /** The instants of the range. */
  start: string
  end: string
  timeZone: string
  groupBy: readonly Dimension[]
  filter: RollupFilter
}

/** A row: per dimension its id (or text), nil or '' for the remainder, and what it is called. */
export interface RollupGroup {
  ids: string[]
  keys: (string | null)[]
  labels: (string | null)[]
  sums: CellSums
}

/** One letter per dimension, for the names of statements. */
const LETTER: Record<Dimension, string> = {
  AGENT: 'a',
  CLIENT: 'c',
  PROJECT: 'p',
  TASK: 't',
  PROVIDER: 'v',
  RESOURCE: 'r',
  KIND: 'k',
}

/** Builds a statement and its parameters; `$1` is the tenant. */
export class Statement {
  readonly values: unknown[] = []

  param(value: unknown, type: string): string {
    this.values.push(value)
    return `$${this.values.length + 1}::${type}`
  }
}

/** What every statement about a question begins with. */
export function selection(
  question: RollupQuestion,
  source: RollupSource,
  statement: Statement,
): { from: string; where: string } {
  const { range, start, end, filter } = question
  const bounds =
    source.time === 'day'
      ? `c.day >= ${statement.param(range.from, 'date')} AND c.day < ${statement.param(range.to, 'date')}`
      : `c.${source.time} >= ${statement.param(start, 'timestamptz')} AND c.${source.time} < ${statement.param(end, 'timestamptz')}`
  const conditions = (Object.keys(LETTER) as Dimension[]).flatMap((dimension) => {
    const keys = filter[dimension]
    return keys === undefined ? [] : [filterCondition(dimension, keys, source, statement)]
  })
  return {
    from: source.from,
    where: [`c.tenant_id = $1::uuid`, IS_COUNTED, ...source.where, bounds, ...conditions].join(' AND '),
  }
}

/** The key that stands for the named remainder in a filter: what carries no tag of the dimension. Nothing else can have it. */
export const WITHOUT = ''

export function filterCondition(
  dimension: Dimension,
  keys: readonly string[],
  source: RollupSource,
  statement: Statement,
): string {
  const column = source.columns[dimension]
  if (dimension === 'KIND') {
    const kinds = source.kindIsUuid ? keys.map((kind) => kindUuid(kind as InvocationKind)) : keys
    return `${column} = ANY (${statement.param(textArray(kinds), source.kindIsUuid ? 'uuid[]' : 'text[]')})`
  }
  const wanted = statement.param(textArray(keys), 'text[]')
  const table = dimension === 'PROVIDER' ? 'resource' : dimension.toLowerCase()
  const match =
    dimension === 'PROVIDER'
      ? `x.provider = ANY (${wanted})`
      : dimension === 'RESOURCE'
        ? `(x.name = ANY (${wanted}) OR x.provider || '/' || x.name = ANY (${wanted}))`
        : `x.key = ANY (${wanted})`
  const filtered = dimension === 'PROVIDER' ? 'RESOURCE' : dimension
  // An array of an uncorrelated subquery is computed once and can be looked up in an index.
  const ids = `ARRAY(SELECT x.id FROM ${table} x WHERE x.tenant_id = $1::uuid AND ${match})`
  // What carries no tag has no entry in an index of tags.
  if (keys.includes(WITHOUT)) return `${source.columns[filtered]} = ANY (${ids} || '${NIL_UUID}'::uuid)`
  return `${source.filterColumns?.[filtered] ?? source.columns[filtered]} = ANY (${ids})`
}

/** What a row is called: a join from its id to the record. */
export function naming(dimension: Dimension, position: number): { join: string; key: string; label: string } {
  const [id, n] = [`g.k${position}`, `n${position}`]
  if (dimension === 'KIND' || dimension === 'PROVIDER') {
    return { join: '', key: `nullif(${id}::text, '${NO_TEXT}')`, label: `nullif(${id}::text, '${NO_TEXT}')` }
  }
  const join = `LEFT JOIN ${dimension.toLowerCase()} ${n} ON ${n}.tenant_id = $1::uuid AND ${n}.id = ${id}`
  if (dimension === 'RESOURCE') {
    return {
      join,
      key: `nullif(${n}.name, '')`,
      label: `nullif(concat_ws('/', nullif(${n}.provider, ''), nullif(${n}.name, '')), '')`,
    }
  }
  return { join, key: `${n}.key`, label: `${n}.name` }
}

const WHOLE_SUMS = `sum(sum(c.cost_direct)) OVER ()::text AS t_direct, sum(sum(c.cost_shared)) OVER ()::text AS t_shared,
  sum(sum(c.invocations)) OVER ()::text AS t_invocations, sum(sum(c.tokens)) OVER ()::text AS t_tokens,
  sum(sum(c.unpriced)) OVER ()::text AS t_unpriced, sum(sum(c.unconverted)) OVER ()::text AS t_unconverted`

interface GroupRow extends CellSumsRow {
  ids: string[]
  keys: (string | null)[]
  labels: (string | null)[]
  t_direct: string
  t_shared: string
  t_invocations: string
  t_tokens: string
  t_unpriced: string
  t_unconverted: string
  groups: number
}

/** The `top` most expensive rows of a roll-up, what all rows add up to, and how many there are. */
export async function readRollup(
  db: TenantSql,
  question: RollupQuestion,
  top: number,
): Promise<{ rows: RollupGroup[]; total: CellSums; groups: number }> {
  const { groupBy } = question
  const source = rollupSource({ dimensions: dimensionsOf(question), isHourly: false })
  const statement = new Statement()
  const { from, where } = selection(question, source, statement)
  const names = groupBy.map((dimension, i) => naming(dimension, i + 1))
  const columns = groupBy.map((dimension, i) => `${source.columns[dimension]} AS k${i + 1}`)
  const positions = groupBy.map((_, i) => `${i + 1}`)
  const limit = statement.param(top, 'int')
  // Rows are named after the cut: only equals of the last one are kept beyond it, for the order by name to choose from.
  const text = `SELECT ARRAY[${groupBy.map((_, i) => `g.k${i + 1}::text`).join(', ')}] AS ids,
      ARRAY[${names.map((name) => name.key).join(', ')}]::text[] AS keys, ARRAY[${names.map((name) => name.label).join(', ')}]::text[] AS labels, g.*
    FROM (
      SELECT ${columns.join(', ')}, ${CELL_SUMS}, ${WHOLE_SUMS}, (count(*) OVER ())::int AS groups,
        sum(c.cost_direct) + sum(c.cost_shared) AS cost
      FROM ${from} WHERE ${where} GROUP BY ${positions.join(', ')}
      ORDER BY cost DESC FETCH FIRST (${limit}) ROWS WITH TIES
    ) g ${names.map((name) => name.join).join(' ')}
    ORDER BY g.cost DESC, ${names.map((name, i) => `${name.key} NULLS LAST, ${name.label}, g.k${i + 1}`).join(', ')}
    LIMIT ${limit}`
  const rows = await db.query<GroupRow>({ name: nameOf(question, source), text }, statement.values)
  const [first] = rows
  return {
    rows: rows.map((row) => ({
      ids: namedKinds(groupBy, row.ids),
      keys: row.keys,
      labels: row.labels,
      sums: cellSums(row),
    })),
    total: first === undefined ? NO_SUMS : wholeSums(first),
    groups: first?.groups ?? 0,
  }
}

function wholeSums(row: GroupRow): CellSums {
  return cellSums({
    direct: row.t_direct,
    shared: row.t_shared,
    invocations: row.t_invocations,
    tokens: row.t_tokens,
    unpriced: row.t_unpriced,
    unconverted: row.t_unconverted,
  })
}

/** A part of a series. `at`: a local day, or milliseconds since 1970 for hours. `ids` is empty for the whole. */
export interface SeriesPart {
  ids: string[]
  at: string
  sums: CellSums
}

interface SeriesRow extends CellSumsRow {
  at: string
  k1?: string
  k2?: string
  k3?: string
}

function idsOf({ k1 = '', k2 = '', k3 = '' }: SeriesRow, dimensions: number): string[] {
  return [k1, k2, k3].slice(0, dimensions)
}

/** The series of some rows, or of the whole when `rows` is null: by local day, or by bucket when `isHourly`. In order of time. */
export async function readRollupSeries(
  db: TenantSql,
  question: RollupQuestion,
  { rows, isHourly }: { rows: readonly RollupGroup[] | null; isHourly: boolean },
): Promise<SeriesPart[]> {
  const { groupBy, timeZone } = question
  const source = rollupSource({ dimensions: dimensionsOf(question), isHourly })
  const statement = new Statement()
  const { from, where } = selection(question, source, statement)
  const at = isHourly
    ? `(floor(extract(epoch FROM c.${source.time}) / 900) * 900000)::bigint`
    : source.time === 'day'
      ? 'c.day'
      : `(c.${source.time} AT TIME ZONE ${statement.param(timeZone, 'text')})::date`
  const grouped = rows === null ? [] : groupBy
  const wanted = grouped.map((dimension, i) => {
    const names = (rows ?? []).map((row) => row.ids[i] ?? '')
    const isKindUuid = dimension === 'KIND' && source.kindIsUuid
    const ids = isKindUuid ? names.map((kind) => kindUuid(kind as InvocationKind)) : names
    const isText = dimension === 'PROVIDER' || (dimension === 'KIND' && !isKindUuid)
    return isText ? statement.param(textArray(ids), 'text[]') : statement.param(plainArray(ids), 'uuid[]')
  })
  const keep =
    grouped.length === 0
      ? ''
      : ` AND (${grouped.map((dimension) => source.columns[dimension]).join(', ')}) IN (SELECT * FROM unnest(${wanted.join(', ')}))`
  const columns = grouped.map((dimension) => source.columns[dimension])
  // Columns side by side: an array in each of some thousand rows takes longer to read than the numbers.
  const ids = columns.map((column, i) => `${column}::text AS k${i + 1}, `).join('')
  // A daily series of all that the cells know has a cell for each point: nothing is left to add up.
  const isCell = !isHourly && source.cellKey?.every((column) => columns.includes(column)) === true
  const grouping = isCell ? '' : ` GROUP BY ${[...columns, at].join(', ')}`
  const text = `SELECT ${ids}${at}::text AS at, ${isCell ? CELL_VALUES : CELL_SUMS}
    FROM ${from} WHERE ${where}${keep}${grouping} ORDER BY ${at}`
  const found = await db.query<SeriesRow>({ name: PLANNED_EACH_TIME, text }, statement.values)
  return found.map((row) => ({ ids: namedKinds(grouped, idsOf(row, grouped.length)), at: row.at, sums: cellSums(row) }))
}

/** A kind is its name everywhere outside the daily cells, which keep it as a uuid. */
function namedKinds(dimensions: readonly Dimension[], ids: readonly string[]): string[] {
  return ids.map((id, i) => (dimensions[i] === 'KIND' ? (kindOfUuid(id) ?? id) : id))
}

export function dimensionsOf({ groupBy, filter }: RollupQuestion): Set<Dimension> {
  return new Set([...groupBy, ...(Object.keys(filter) as Dimension[])])
}

/** What reads few daily cells is prepared. The rest depends on how much the range and the filter keep, and is planned for it. */
function nameOf({ groupBy, filter }: RollupQuestion, source: RollupSource): string {
  const filters = Object.keys(filter) as Dimension[]
  if (filters.length > 0 || source.time !== 'day' || source.name === 't') return PLANNED_EACH_TIME
  return `rollup_${source.name}_${groupBy.map((dimension) => LETTER[dimension]).join('')}`
}
