import type { Accrual, MonthAmount } from '@outlay/db/sql/accrued'
import { addSums, NO_SUMS, subtractSums, type CellSums } from '@outlay/db/sql/cell-sums'
import {
  readRollup,
  readRollupSeries,
  type RollupFilter,
  type RollupGroup,
  type RollupQuestion,
  type SeriesPart,
} from '@outlay/db/sql/read-rollup'
import type { Dimension } from '@outlay/db/sql/rollup-source'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { seriesBuckets, type Granularity } from '@outlay/domain/periods/series'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { limitOf, type Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { accrualsOfSteps, withAccrued } from '../../reads/allocated.ts'
import { seriesOfBuckets, seriesOfDays, type SeriesPoint } from '../../reads/cost-series.ts'
import { groupBy as groupItems } from '@outlay/domain/group-by'
import { once } from '../../reads/once.ts'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import { storableKey } from '../../reads/storable-key.ts'
import { clientsOf } from '../client/client.service.ts'
import { withShares, type SharedRollup } from './rollup-shares.ts'

const DIMENSIONS_MAX = 3
const TOP_MAX = 500
const FILTER_KEYS_MAX = 500
/** Most points of one answer: 100 rows by day over a year. */
const POINTS_MAX = 40_000

export interface RollupKeySource {
  dimension: Dimension
  key: string | null
  label: string
}

export interface RollupRowSource {
  keys: () => RollupKeySource[] | Promise<RollupKeySource[]>
  cost: CellSums
  series: () => Promise<SeriesPoint[]>
}

export interface RollupSource {
  range: DateRange
  rows: RollupRowSource[]
  other: RollupRowSource | null
  total: CellSums
}

export interface CostFilterArgs {
  agents?: string[] | null
  clients?: string[] | null
  projects?: string[] | null
  tasks?: string[] | null
  providers?: string[] | null
  resources?: string[] | null
  kinds?: InvocationKind[] | null
}

interface CostRollupArgs {
  range: DateRange
  granularity?: Granularity | null
  groupBy: readonly Dimension[]
  filter?: CostFilterArgs | null
  top?: number | null
}

/** `topMax`: the most rows that may be asked for. Throws BAD_USER_INPUT for a question that cannot be answered. */
export async function openCostRollup(
  context: Context,
  args: CostRollupArgs,
  { topMax = TOP_MAX }: { topMax?: number } = {},
): Promise<RollupSource> {
  const range = checkedRange(args.range)
  const groupBy = checkedDimensions(args.groupBy)
  const top = checkedTop(args.top ?? 20, topMax)
  const question: RollupQuestion = {
    range,
    ...instantsOf(range, context.tenant.timeZone),
    timeZone: context.tenant.timeZone,
    groupBy,
    filter: await limited(context, checkedFilter(args.filter ?? {})),
  }
  const usage = await readRollup(context.db, question, top)
  const shared = await withShares(context, question, { usage, top })
  const { rows, total } = shared
  const series = rollupSeries(context, question, { shared, granularity: args.granularity ?? 'DAY' })
  const shown = rows.map((row) => row.sums).reduce(addSums, NO_SUMS)
  return {
    range,
    total,
    rows: rows.map((row) => ({ keys: () => keysOf(groupBy, row), cost: row.sums, series: () => series.of(row) })),
    other: shared.hasOther
      ? {
          keys: async () => otherKeys(groupBy, await shared.others()),
          cost: subtractSums(total, shown),
          series: series.other,
        }
      : null,
  }
}

function checkedDimensions(groupBy: readonly Dimension[]): readonly Dimension[] {
  const isRepeated = new Set(groupBy).size !== groupBy.length
  if (groupBy.length === 0 || groupBy.length > DIMENSIONS_MAX || isRepeated) {
    throw badInput(
      'groupBy',
      `groupBy names ${groupBy.length} dimensions; it takes 1 to ${DIMENSIONS_MAX} different ones.`,
    )
  }
  return groupBy
}

function checkedTop(top: number, topMax: number): number {
  if (top < 1 || top > topMax) throw badInput('top', `top is ${top}; it must be 1 to ${topMax}.`)
  return top
}

/**
 * What somebody who is limited to clients asks is always of these clients: cells of an agent or a model alone add up everybody's, and would
 * read as nothing.
 */
async function limited(context: Context, filter: RollupFilter): Promise<RollupFilter> {
  const clientIds = limitOf(context)
  if (clientIds === null || filter.CLIENT !== undefined) return filter
  return { ...filter, CLIENT: (await clientsOf(context, clientIds)).map(({ key }) => key) }
}

/** A filter by dimension, its lists measured. Keys that cannot be stored are left out: they name nothing. */
export function checkedFilter(filter: CostFilterArgs): RollupFilter {
  const lists: [Dimension, string, readonly string[] | null | undefined][] = [
    ['AGENT', 'agents', filter.agents],
    ['CLIENT', 'clients', filter.clients],
    ['PROJECT', 'projects', filter.projects],
    ['TASK', 'tasks', filter.tasks],
    ['PROVIDER', 'providers', filter.providers],
    ['RESOURCE', 'resources', filter.resources],
    ['KIND', 'kinds', filter.kinds],
  ]
  const kept: RollupFilter = {}
  for (const [dimension, name, keys] of lists) {
    if (keys === null || keys === undefined) continue
    if (keys.length > FILTER_KEYS_MAX)
      throw badInput(`filter.${name}`, `filter.${name} names ${keys.length} keys; the most is ${FILTER_KEYS_MAX}.`)
    kept[dimension] = keys.filter(storableKey)
  }
  return kept
}

const REMAINDER: Record<Dimension, string> = {
  AGENT: 'No agent tag',
  CLIENT: 'No client tag',
  PROJECT: 'No project tag',
  TASK: 'No task tag',
  PROVIDER: 'No provider',
  RESOURCE: 'No resource',
  KIND: 'No kind',
}

function keysOf(groupBy: readonly Dimension[], row: RollupGroup): RollupKeySource[] {
  return groupBy.map((dimension, i) => {
    const key = dimension === 'KIND' ? row.ids[i] || null : (row.keys[i] ?? null)
    if (dimension === 'KIND') return { dimension, key, label: key ?? REMAINDER.KIND }
    return { dimension, key, label: row.labels[i] ?? key ?? REMAINDER[dimension] }
  })
}

function otherKeys(groupBy: readonly Dimension[], count: number): RollupKeySource[] {
  return groupBy.map((dimension) => ({ dimension, key: null, label: `${count} more` }))
}

/** The ids of a row as a key of a map, where all rows have as many. */
function nameOf(ids: readonly string[]): string {
  return ids.length === 1 ? (ids[0] ?? '') : JSON.stringify(ids)
}

/** The series of all rows are one statement, read when the first of them is asked for; that of the rest is the whole without them. */
function rollupSeries(
  context: Context,
  question: RollupQuestion,
  { shared, granularity }: { shared: SharedRollup; granularity: Granularity },
) {
  const { db, tenant, now } = context
  const { rows } = shared
  const isHourly = granularity === 'HOUR'
  const steps = once(async () => {
    const found = seriesBuckets(question.range, granularity, tenant.timeZone)
    if (found.length * (rows.length + 1) > POINTS_MAX) {
      const size = `${rows.length} rows × ${found.length} steps`
      throw badInput(
        'granularity',
        `${size} are more than ${POINTS_MAX} points; ask for fewer rows, a shorter range or longer steps.`,
      )
    }
    return found
  })
  const lay = async (parts: readonly SeriesPart[]): Promise<SeriesPoint[]> => {
    if (!isHourly)
      return seriesOfDays(
        await steps(),
        parts.map(({ at, sums }) => ({ day: at, sums })),
        now,
      )
    return seriesOfBuckets(
      await steps(),
      parts.map(({ at, sums }) => ({ startMs: Number(at), sums })),
      now,
    )
  }
  const partsOfRows = once(async () => {
    await steps()
    return groupItems(await readRollupSeries(db, question, { rows, isHourly }), (part) => nameOf(part.ids))
  })
  let accruals: Accrual[] | undefined
  const layAll = async (parts: readonly SeriesPart[], amounts: readonly MonthAmount[]) => {
    const points = await lay(parts)
    if (amounts.length === 0) return points
    return withAccrued(points, amounts, (accruals ??= accrualsOfSteps(points, tenant.timeZone)))
  }
  const of = async (row: RollupGroup) => layAll((await partsOfRows()).get(nameOf(row.ids)) ?? [], shared.amountsOf(row))
  const other = async () => {
    const whole = await layAll(await readRollupSeries(db, question, { rows: null, isHourly }), shared.totalAmounts)
    const shown = await Promise.all(rows.map(of))
    return whole.map((point, i) => ({
      ...point,
      cost: shown.reduce((rest, series) => subtractSums(rest, series[i]?.cost ?? NO_SUMS), point.cost),
    }))
  }
  return { of, other }
}
