import { burnRate } from '@outlay/domain/anomaly/burn-rate'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { bucketMinutes, bucketStart } from '@outlay/domain/periods/bucket'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { dayBounds } from '@outlay/domain/periods/local-day'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Watch, Watched } from '../alerts/evaluate-limits.ts'
import { readSeriesBuckets } from '../sql/read-alert-course.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { BurnFinding } from './finding.ts'
import { isWatched } from './is-watched.ts'
import { readDetector } from './read-detector.ts'
import { identityOf } from './series-names.ts'
import { readAlertsOfSeries, storeFindings } from './store-findings.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Days whose dearest hours are usual. */
const USUAL_DAYS = 28
/** What one look tells at most. */
const TOLD_MAX = 20

// A bucket belongs to the hours when it began in them; the first of the last hour may have begun a little earlier.
const BURNING: Prepared = {
  name: 'read_burning_series',
  text: `WITH spent AS (
      SELECT CASE WHEN grouping(c.agent_id) = 1 THEN ${Grain.FLEET} ELSE ${Grain.AGENT} END AS grain,
        coalesce(c.agent_id, '${NIL_UUID}') AS a, sum(c.cost_direct + c.cost_shared) AS six,
        coalesce(sum(c.cost_direct + c.cost_shared) FILTER (WHERE c.bucket >= $3::timestamptz), 0) AS one
      FROM rollup_fine c WHERE c.tenant_id = $1::uuid AND c.bucket >= $2::timestamptz AND c.bucket <= $4::timestamptz
      GROUP BY GROUPING SETS ((c.agent_id), ())
    )
    SELECT s.grain, s.a::text AS a, s.one::text AS one, s.six::text AS six, e.expected::text AS expected
    FROM spent s JOIN series_expectation e ON e.tenant_id = $1::uuid AND e.day = $5::date AND e.grain = s.grain AND e.a = s.a AND e.b = '${NIL_UUID}'
    WHERE e.status = 'READY' AND (s.one * 8 > e.expected OR s.six * 8 > e.expected * 3)
    ORDER BY s.grain DESC, s.a`,
}

/**
 * Looks at the hours behind: an agent, or the fleet, that burns money much faster than its day allows is told before the day has come to it.
 * Not for every event: it reads six hours. The hour is the running bucket and those of the hour that ends with it, so it never is
 * longer than an hour. Under the tenant's alert lock.
 */
export async function checkHours(watch: Watch): Promise<Watched> {
  const { db, nowMs, today, timeZone } = watch
  const minutes = bucketMinutes(timeZone)
  const running = bucketStart(nowMs, minutes)
  const since = (hours: number) => new Date(running - hours * HOUR_MS + minutes * MINUTE_MS).toISOString()
  const values = [since(6), since(1), new Date(running).toISOString(), today]
  const rows = await db.query<{ grain: number; a: string; one: string; six: string; expected: string }>(BURNING, values)
  if (rows.length === 0) return { alertIds: [], deliveryIds: [] }
  const detector = await readDetector(db)
  const { minExcess } = detector.settings
  const candidates = rows.map((row) => ({ ...row, ...identityOf({ grain: row.grain, a: row.a, b: NIL_UUID }) }))
  const known = await readAlertsOfSeries(
    watch,
    candidates.map(({ series }) => series),
    today,
  )
  const findings: BurnFinding[] = []
  // Agents come before the fleet.
  const toldAgents: Burning[] = []
  for (const candidate of candidates) {
    if (candidate.grain === Grain.AGENT && known.has(candidate.series)) toldAgents.push(candidate)
    // What is told of today already is not told once more for its pace.
    if (known.has(candidate.series) || findings.length === TOLD_MAX) continue
    const spent = { lastHour: parseFixed18(candidate.one), lastSixHours: parseFixed18(candidate.six) }
    const input = { ...spent, expectedDay: parseFixed18(candidate.expected), minExcess }
    if (burnRate(input) === null) continue
    const place = { grain: candidate.grain, a: candidate.a, b: NIL_UUID }
    const burning = burnRate({ ...input, ...(await dearestHours(watch, place)) })
    if (burning === null || isOfOneAgent(candidate, toldAgents, burning)) continue
    const { series, scope, memberId, secondId } = candidate
    const finding: BurnFinding = {
      kind: 'BURN_RATE',
      ...{ series, scope, memberId, secondId, place, ...burning, expectedDay: input.expectedDay },
      firstDay: today,
      lastDay: today,
      spent: burning.hours === 1 ? spent.lastHour : spent.lastSixHours,
      members: await membersOf(db, { place, from: since(burning.hours), to: new Date(running).toISOString() }),
    }
    if (!isWatched(finding, detector)) continue
    findings.push(finding)
    if (candidate.grain === Grain.AGENT) toldAgents.push(candidate)
  }
  const judgedThrough = addDays(today, -1)
  return storeFindings(watch, { findings, judgedThrough, keepsDay: () => true, minExcess, agents: [] })
}

interface Burning {
  grain: number
  one: string
  six: string
  expected: string
}

/** An agent explains the fleet's pace when it makes so many per cent of what is beyond it. */
const EXPLAINED_PERCENT = 70n

/** Whether the fleet burns because one agent does, which is told, or has been. */
function isOfOneAgent(candidate: Burning, toldAgents: readonly Burning[], { hours }: { hours: 1 | 6 }): boolean {
  if (candidate.grain !== Grain.FLEET) return false
  const whole = excessOf(candidate, hours)
  return toldAgents.some((agent) => excessOf(agent, hours) * 100n >= whole * EXPLAINED_PERCENT)
}

function excessOf({ one, six, expected }: Burning, hours: 1 | 6): Fixed18 {
  return parseFixed18(hours === 1 ? one : six) - divideHalfEven(parseFixed18(expected) * BigInt(hours), 24n)
}

/** The dearest hour, and six hours in a row, of the days before. */
async function dearestHours(
  { db, today, timeZone }: Watch,
  place: { grain: number; a: string; b: string },
): Promise<{ dearestHour: Fixed18; dearestSixHours: Fixed18 }> {
  const span = { start: dayBounds(addDays(today, -USUAL_DAYS), timeZone).start, end: dayBounds(today, timeZone).start }
  const [buckets = []] = await readSeriesBuckets(db, { place, spans: [span] })
  const hours = new Map<number, Fixed18>()
  for (const { startMs, cost } of buckets) {
    const hour = Math.floor(startMs / HOUR_MS)
    hours.set(hour, (hours.get(hour) ?? 0n) + cost)
  }
  let [dearestHour, dearestSixHours] = [0n, 0n]
  for (const [hour, cost] of hours) {
    if (cost > dearestHour) dearestHour = cost
    const six = [0, 1, 2, 3, 4, 5].reduce((sum, back) => sum + (hours.get(hour - back) ?? 0n), 0n)
    if (six > dearestSixHours) dearestSixHours = six
  }
  return { dearestHour, dearestSixHours }
}

const MEMBERS: Prepared = {
  name: 'read_members_of_hours',
  text: `SELECT CASE WHEN grouping(c.agent_id) = 0 THEN 'AGENT' WHEN grouping(c.client_id) = 0 THEN 'CLIENT'
        WHEN grouping(c.project_id) = 0 THEN 'PROJECT' ELSE 'RESOURCE' END AS dimension,
      coalesce(c.agent_id, c.client_id, c.project_id, c.resource_id)::text AS id, sum(c.cost_direct + c.cost_shared)::text AS cost
    FROM rollup_fine c WHERE c.tenant_id = $1::uuid AND c.bucket >= $2::timestamptz AND c.bucket <= $3::timestamptz
      AND ($4::uuid IS NULL OR c.agent_id = $4::uuid)
    GROUP BY GROUPING SETS ((c.agent_id), (c.client_id), (c.project_id), (c.resource_id)) ORDER BY 1, 2`,
}

async function membersOf(
  db: TenantSql,
  { place, from, to }: { place: { grain: number; a: string }; from: string; to: string },
): Promise<BurnFinding['members']> {
  const agentId = place.grain === Grain.AGENT ? place.a : null
  const rows = await db.query<{ dimension: BurnFinding['members'][number]['dimension']; id: string; cost: string }>(
    MEMBERS,
    [from, to, agentId],
  )
  return rows
    .filter(({ dimension, id }) => id !== NIL_UUID && (dimension !== 'AGENT' || agentId === null))
    .map(({ dimension, id, cost }) => ({ dimension, id, cost: parseFixed18(cost) }))
}
