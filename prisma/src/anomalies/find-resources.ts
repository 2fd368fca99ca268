import { isNewResource } from '@outlay/domain/anomaly/structural'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, daysBetween, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { isCounted } from '../sql/cell-sums.ts'
import { plainArray } from '../sql/pg-array.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { NewResourceFinding, UnpricedFinding } from './finding.ts'

const FIRST_SEEN: Prepared = {
  name: 'read_first_seen_resources',
  text: `SELECT c.a::text AS id, min(c.day)::text AS day, sum(c.cost_direct + c.cost_shared)::text AS cost,
      (SELECT f.day::text FROM rollup_day f WHERE f.tenant_id = $1::uuid AND f.grain = ${Grain.FLEET} ORDER BY f.day LIMIT 1) AS "watchedSince"
    FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.RESOURCE} AND c.day <= $2::date AND c.a <> '${NIL_UUID}' AND ${isCounted('c')}
      AND ($3::uuid[] IS NULL OR c.a = ANY ($3::uuid[]))
    GROUP BY c.a ORDER BY c.a`,
}

/** Models and tools that were used for the first time in the week up to `day`, and cost enough to be told. `among`: only these. */
export async function findNewResources(
  db: TenantSql,
  { day, minExcess, among }: { day: CalendarDate; minExcess: Fixed18; among: readonly string[] | null },
): Promise<NewResourceFinding[]> {
  const rows = await db.query<{ id: string; day: string; cost: string; watchedSince: string }>(FIRST_SEEN, [
    day,
    among === null ? null : plainArray(among),
  ])
  return rows.flatMap(({ id, day: firstSeen, cost, watchedSince }) => {
    const costSince = parseFixed18(cost)
    if (!isNewResource({ day, firstSeen, watchedSince, costSince, minExcess })) return []
    const place = { series: `NEW_RESOURCE:${id}`, scope: 'FLEET', memberId: NIL_UUID, secondId: id } as const
    return [
      { kind: 'NEW_RESOURCE', ...place, firstDay: firstSeen, lastDay: day, resourceId: id, cost: costSince } as const,
    ]
  })
}

/** Usage without a price is news where there was none of the resource for so long. */
const QUIET_DAYS = 28

const UNPRICED: Prepared = {
  name: 'read_unpriced_days',
  text: `SELECT c.a::text AS id, c.day::text AS day, c.unpriced::text AS invocations FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.RESOURCE} AND c.day >= $2::date AND c.day <= $3::date AND c.a <> '${NIL_UUID}'
      AND c.unpriced > 0 AND ($4::uuid[] IS NULL OR c.a = ANY ($4::uuid[]))
    ORDER BY c.a, c.day`,
}

/** Resources whose usage began to lack a price on a day of `[from, through]`. `among`: only these. */
export async function findUnpriced(
  db: TenantSql,
  { from, through, among }: { from: CalendarDate; through: CalendarDate; among: readonly string[] | null },
): Promise<UnpricedFinding[]> {
  const rows = await db.query<{ id: string; day: string; invocations: string }>(UNPRICED, [
    addDays(from, -QUIET_DAYS),
    through,
    among === null ? null : plainArray(among),
  ])
  const found = new Map<string, UnpricedFinding>()
  const lastOf = new Map<string, CalendarDate>()
  for (const { id, day, invocations } of rows) {
    const last = lastOf.get(id)
    const begins = last === undefined ? day >= from : daysBetween(last, day) > QUIET_DAYS
    lastOf.set(id, day)
    const before = found.get(id)
    if (before !== undefined) {
      found.set(id, { ...before, lastDay: day, invocations: before.invocations + BigInt(invocations) })
    } else if (begins) {
      const place = { series: `UNPRICED:${id}`, scope: 'FLEET', memberId: NIL_UUID, secondId: id } as const
      const days = { firstDay: day, lastDay: day }
      found.set(id, { kind: 'UNPRICED_USAGE', ...place, ...days, resourceId: id, invocations: BigInt(invocations) })
    }
  }
  return [...found.values()]
}

const STILL: Prepared = {
  name: 'read_still_unpriced',
  text: `SELECT a.id, coalesce(u.invocations, 0)::text AS invocations, coalesce(u.last_day, a.last_day)::text AS "lastDay"
    FROM alert a
    CROSS JOIN LATERAL (
      SELECT sum(c.unpriced) AS invocations, max(c.day) FILTER (WHERE c.unpriced > 0) AS last_day FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.RESOURCE} AND c.day >= a.first_day AND c.a = a.second_id) AS u
    WHERE a.tenant_id = $1::uuid AND a.kind = 'UNPRICED_USAGE' AND a.state IN ('OPEN', 'ACKNOWLEDGED') ORDER BY a.id`,
}

/** What the open alerts of usage without a price have come to: none any more where it has got its price. */
export async function stillUnpriced(
  db: TenantSql,
): Promise<{ alertId: string; invocations: bigint; lastDay: CalendarDate }[]> {
  const rows = await db.query<{ id: string; invocations: string; lastDay: string }>(STILL)
  return rows.map(({ id, invocations, lastDay }) => ({ alertId: id, invocations: BigInt(invocations), lastDay }))
}
