import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { formatInstant } from '@outlay/domain/periods/instant'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { CELL_SUMS, cellSums, IS_COUNTED, NO_SUMS, type CellSums, type CellSumsRow } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Whose cost is compared, and by whom or what it is told. */
export type ChangeScope = 'FLEET' | 'AGENT' | 'CLIENT' | 'PROJECT'
export type ChangeDimension = 'AGENT' | 'CLIENT' | 'RESOURCE'

/** A member of a dimension in two periods; nil for what carries no tag. */
export interface ChangeOfMember {
  id: string
  now: CellSums
  before: CellSums
}

/** Where a dimension of a scope is kept: the column that says the scope, and the one that says the member. */
interface DailyCells {
  grain: Grain
  scope: 'a' | 'b' | null
  told: 'a' | 'b'
}

/** No daily cell knows a project together with a resource: the fine cells do. */
type Cells = DailyCells | 'FINE'

const CELLS: Record<ChangeScope, Partial<Record<ChangeDimension, Cells>>> = {
  FLEET: {
    AGENT: { grain: Grain.AGENT, scope: null, told: 'a' },
    CLIENT: { grain: Grain.CLIENT, scope: null, told: 'a' },
    RESOURCE: { grain: Grain.RESOURCE, scope: null, told: 'a' },
  },
  AGENT: {
    CLIENT: { grain: Grain.CLIENT_AGENT, scope: 'b', told: 'a' },
    RESOURCE: { grain: Grain.AGENT_RESOURCE, scope: 'a', told: 'b' },
  },
  CLIENT: {
    AGENT: { grain: Grain.CLIENT_AGENT, scope: 'a', told: 'b' },
    RESOURCE: { grain: Grain.CLIENT_RESOURCE, scope: 'a', told: 'b' },
  },
  PROJECT: {
    AGENT: { grain: Grain.PROJECT_AGENT, scope: 'a', told: 'b' },
    RESOURCE: 'FINE',
  },
}

// The periods may overlap: a day of both counts in both.
function statement({ grain, scope, told }: DailyCells): Prepared {
  return {
    name: `read_cost_change_${grain}_${told}`,
    text: `SELECT c.${told}::text AS id, r.is_now AS "isNow", ${CELL_SUMS}
      FROM (VALUES (true, $2::date, $3::date), (false, $4::date, $5::date)) AS r(is_now, first, after_last)
      JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = ${grain} AND c.day >= r.first AND c.day < r.after_last
      WHERE ${scope === null ? '$6::uuid IS NOT NULL' : `c.${scope} = $6::uuid`} AND ${IS_COUNTED}
      GROUP BY 1, 2`,
  }
}

const FINE: Prepared = {
  name: 'read_cost_change_project_resource',
  text: `SELECT c.resource_id::text AS id, r.is_now AS "isNow", ${CELL_SUMS}
    FROM (VALUES (true, $2::timestamptz, $3::timestamptz), (false, $4::timestamptz, $5::timestamptz)) AS r(is_now, first, after_last)
    JOIN rollup_fine c ON c.tenant_id = $1::uuid AND c.bucket >= r.first AND c.bucket < r.after_last
    WHERE c.project_id = $6::uuid AND ${IS_COUNTED}
    GROUP BY 1, 2`,
}

/** The dimensions by which a scope's cost is told. */
export function dimensionsOf(scope: ChangeScope): ChangeDimension[] {
  return (['AGENT', 'CLIENT', 'RESOURCE'] as const).filter((dimension) => CELLS[scope][dimension] !== undefined)
}

/** What every member of a dimension cost within a scope, in two periods. Empty for a dimension that the scope is not told by. */
export async function readCostChange(
  db: TenantSql,
  asked: {
    scope: ChangeScope
    memberId: string
    dimension: ChangeDimension
    range: DateRange
    before: DateRange
    /** The tenant's, in which the days of the periods are. */
    timeZone: string
  },
): Promise<ChangeOfMember[]> {
  const { scope, memberId, dimension, timeZone } = asked
  const cells = CELLS[scope][dimension]
  if (cells === undefined) return []
  const periods = [asked.range, asked.before]
  const bounds =
    cells === 'FINE'
      ? periods.flatMap((period) => instantsOf(period, timeZone))
      : periods.flatMap(({ from, to }) => [from, to])
  const values = [...bounds, scope === 'FLEET' ? NIL_UUID : memberId]
  const rows = await db.query<CellSumsRow & { id: string; isNow: boolean }>(
    cells === 'FINE' ? FINE : statement(cells),
    values,
  )
  const members = new Map<string, ChangeOfMember>()
  for (const row of rows) {
    const member = members.get(row.id) ?? { id: row.id, now: NO_SUMS, before: NO_SUMS }
    members.set(row.id, { ...member, [row.isNow ? 'now' : 'before']: cellSums(row) })
  }
  return [...members.values()]
}

function instantsOf(range: DateRange, timeZone: string): [start: string, end: string] {
  const { start, end } = rangeBounds(range, timeZone)
  return [formatInstant(start * 1000), formatInstant(end * 1000)]
}
