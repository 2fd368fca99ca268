import type { MonthFraction } from '@outlay/domain/periods/accrual'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { plainArray } from './pg-array.ts'
import { filterCondition, type RollupGroup, type RollupQuestion, type Statement } from './read-rollup.ts'
import { NO_TEXT, type Dimension, type RollupSource } from './rollup-source.ts'

/**
 * Where a roll-up finds shares of pools. They know agents, clients, projects and tasks; of providers, resources and kinds they have none:
 * there they are in the row of the remainder, and a filter by one of those keeps none of them.
 */
export interface ShareQuestion extends RollupQuestion {
  /** How much of which months the range holds. */
  fractions: readonly MonthFraction[]
}

/** The remainder of the dimensions that no share has. */
export const NOT_TOLD: Partial<Record<Dimension, { id: string; sql: string }>> = {
  PROVIDER: { id: NO_TEXT, sql: `'${NO_TEXT}'` },
  RESOURCE: { id: NIL_UUID, sql: `'${NIL_UUID}'::uuid` },
  KIND: { id: '', sql: "''" },
}

/** The dimensions asked for that shares have. */
export function toldBy({ groupBy }: RollupQuestion): Dimension[] {
  return groupBy.filter((dimension) => NOT_TOLD[dimension] === undefined)
}

/** Whether a filter keeps no share at all. */
export function keepsNoShare({ filter }: RollupQuestion): boolean {
  return (Object.keys(filter) as Dimension[]).some((dimension) => NOT_TOLD[dimension] !== undefined)
}

/** Whether a row can have shares: what no share has is the remainder in it. */
export function isShareRow({ groupBy }: RollupQuestion, { ids }: Pick<RollupGroup, 'ids'>): boolean {
  return groupBy.every((dimension, i) => NOT_TOLD[dimension] === undefined || NOT_TOLD[dimension].id === ids[i])
}

/** Texts of the told dimensions, put where their dimensions are asked for; the others take theirs from `rest`. */
export function inOrderAsked(
  { groupBy }: RollupQuestion,
  texts: readonly string[],
  rest: (dimension: Dimension) => string,
): string[] {
  const left = [...texts]
  return groupBy.map((dimension) => (NOT_TOLD[dimension] === undefined ? (left.shift() ?? '') : rest(dimension)))
}

const GRAINS: { grain: Grain; columns: RollupSource['columns'] }[] = [
  { grain: Grain.FLEET, columns: {} },
  { grain: Grain.AGENT, columns: { AGENT: 'c.a' } },
  { grain: Grain.CLIENT, columns: { CLIENT: 'c.a' } },
  { grain: Grain.PROJECT, columns: { PROJECT: 'c.a' } },
  { grain: Grain.CLIENT_AGENT, columns: { CLIENT: 'c.a', AGENT: 'c.b' } },
]

const PLACE_COLUMNS = { TASK: 'c.task_id', AGENT: 'c.agent_id', CLIENT: 'c.client_id', PROJECT: 'c.project_id' }

/** The smallest rows that know all the dimensions. */
function sourceOf(dimensions: readonly Dimension[]): RollupSource {
  const found = GRAINS.find(({ columns }) => dimensions.every((dimension) => columns[dimension] !== undefined))
  const rows =
    found === undefined
      ? { from: 'allocated_place c', where: [], columns: PLACE_COLUMNS }
      : { from: 'allocated_month c', where: [`c.grain = ${found.grain}`], columns: found.columns }
  return { ...rows, name: '', time: 'day', cellKey: null, kindIsUuid: false }
}

/** What a statement about shares begins with: rows of alias `c` with a `month` and an `amount`, and the columns of some dimensions. */
export function shareSource(
  { filter }: RollupQuestion,
  dimensions: readonly Dimension[],
  statement: Statement,
): { from: string; where: string; columns: string[] } {
  const filtered = Object.keys(filter) as Dimension[]
  const source = sourceOf([...dimensions, ...filtered])
  const kept = filtered.map((dimension) => filterCondition(dimension, filter[dimension] ?? [], source, statement))
  return {
    from: source.from,
    where: ['c.tenant_id = $1::uuid', ...source.where, ...kept].join(' AND '),
    columns: dimensions.map((dimension) => source.columns[dimension] ?? ''),
  }
}

/** The ids of some rows in the told dimensions as `w(k1, …, position)`, positions from 1. */
export function wantedRows(
  { groupBy }: RollupQuestion,
  rows: readonly Pick<RollupGroup, 'ids'>[],
  statement: Statement,
): string {
  const lists = groupBy.flatMap((dimension, i) =>
    NOT_TOLD[dimension] === undefined
      ? [statement.param(plainArray(rows.map((row) => row.ids[i] ?? '')), 'uuid[]')]
      : [],
  )
  const names = [...lists.map((_, i) => `k${i + 1}`), 'position']
  return `unnest(${lists.join(', ')}) WITH ORDINALITY AS w(${names.join(', ')})`
}
