import type { DayCost } from '@outlay/domain/anomaly/judge-series'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { plainArray } from '../sql/pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from '../sql/tenant-sql.ts'

/** A series that is judged by its own past: a member of a grain, or an agent's work for a client. */
export interface Series {
  grain: number
  a: string
  b: string
  days: DayCost[]
}

/** The grains whose members have a past of their own. */
export const WATCHED_GRAINS = [
  Grain.FLEET,
  Grain.AGENT,
  Grain.CLIENT,
  Grain.PROJECT,
  Grain.RESOURCE,
  Grain.CLIENT_AGENT,
] as const

// What carries no tag is nobody's series; the fleet has nil members and is one.
const SERIES: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT c.grain, c.a, c.b, array_agg(c.day::text ORDER BY c.day) AS days,
      array_agg((c.cost_direct + c.cost_shared)::text ORDER BY c.day) AS costs
    FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ANY ($2::smallint[]) AND c.day >= $3::date AND c.day < $4::date
      AND (c.grain = ${Grain.FLEET} OR c.a <> '${NIL_UUID}') AND (c.grain <> ${Grain.CLIENT_AGENT} OR c.b <> '${NIL_UUID}')
    GROUP BY c.grain, c.a, c.b ORDER BY c.grain, c.a, c.b`,
}

/** Every series with a cell in `[from, to)`; of all watched grains, or of some. */
export async function loadSeries(
  db: TenantSql,
  { from, to, grains = WATCHED_GRAINS }: { from: CalendarDate; to: CalendarDate; grains?: readonly number[] },
): Promise<Series[]> {
  const rows = await db.query<{ grain: number; a: string; b: string; days: string[]; costs: string[] }>(SERIES, [
    plainArray(grains),
    from,
    to,
  ])
  return rows.map(({ grain, a, b, days, costs }) => ({
    grain,
    a,
    b,
    days: days.map((day, index) => ({ day, cost: parseFixed18(costs[index] ?? '0') })),
  }))
}
