import { toEstimate } from '@outlay/domain/anomaly/estimate'
import { incidentsOf } from '@outlay/domain/anomaly/incidents'
import type { DayJudgement, FlagRule, SeriesStatus } from '@outlay/domain/anomaly/judge-series'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Pool } from 'pg'
import type { AlertRow } from '../alerts/alert-row.ts'
import { openWatch, type Watch, type Watched } from '../alerts/evaluate-limits.ts'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { plainArray } from '../sql/pg-array.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { findFanouts } from './find-fanout.ts'
import { findNewResources, findUnpriced } from './find-resources.ts'
import { costFinding, type CostFinding, type Finding } from './finding.ts'
import { isWatched } from './is-watched.ts'
import { WATCHED_GRAINS } from './load-series.ts'
import { readDetector } from './read-detector.ts'
import { isOpen } from './settle.ts'
import { inStoringOrder, isCost, readAlertsOfSeries, storeFindings } from './store-findings.ts'
import { flaggedDays } from './stored-days.ts'

/** An open alert of today says what it has come to at most so often, unless that is twice what people were told. */
const SAY_AGAIN_MS = 60_000
/** Incidents that one look stores at most; the next one goes on. */
const STORED_MAX = 20
/** What is looked at for structure at most, in one look. */
const CANDIDATES_MAX = 50
/** How far back alerts of a series may be of the same incident. */
const NEAR_DAYS = 7

const GRAINS = [...WATCHED_GRAINS, Grain.PROJECT_AGENT]

// Each cell's expectation is looked up by its whole key: how many cells today has is what statistics know least, and any other join was
// measured at seconds when they were wrong. Without any expectation of the day nothing is known, so nothing is new.
const SUSPECTS: Prepared = {
  name: 'read_suspects_of_today',
  text: `SELECT c.grain, c.a::text AS a, c.b::text AS b, (c.cost_direct + c.cost_shared)::text AS cost, e.status, e.expected::text AS expected,
      e.band_low::text AS low, e.band_high::text AS high, e.alarm_at::text AS "alarmAt", e.rule, (c.unpriced > 0) AS "hasUnpriced",
      (e.a IS NULL) AS "isUnknown"
    FROM rollup_day c
    LEFT JOIN LATERAL (
      SELECT * FROM series_expectation x
      WHERE x.tenant_id = $1::uuid AND x.day = $2::date AND x.grain = c.grain AND x.a = c.a AND x.b = c.b OFFSET 0) e ON true
    WHERE c.tenant_id = $1::uuid AND c.day = $2::date AND c.grain = ANY ($3::smallint[])
      AND (c.cost_direct + c.cost_shared >= e.alarm_at
        OR (c.grain = ${Grain.RESOURCE} AND c.unpriced > 0 AND c.a <> '${NIL_UUID}')
        OR (c.grain IN (${Grain.RESOURCE}, ${Grain.PROJECT_AGENT}) AND e.a IS NULL AND c.a <> '${NIL_UUID}'
          AND (c.grain = ${Grain.RESOURCE} OR c.b <> '${NIL_UUID}')
          AND EXISTS (SELECT 1 FROM series_expectation x WHERE x.tenant_id = $1::uuid AND x.day = $2::date)))
    ORDER BY c.grain, c.a, c.b`,
}

interface SuspectRow {
  grain: number
  a: string
  b: string
  cost: string
  status: SeriesStatus | null
  expected: string | null
  low: string | null
  high: string | null
  alarmAt: string | null
  rule: FlagRule | null
  hasUnpriced: boolean
  isUnknown: boolean
}

/** `checkToday` in a transaction of its own. */
export function lookAtToday({ pool, nowMs }: { pool: Pool; nowMs: number }, tenantId: string): Promise<Watched> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const [, watch] = await Promise.all([lockAlerts(client, tenantId), openWatch(client, tenantId, nowMs)])
    return checkToday(watch)
  })
}

/**
 * Compares what has come in of today with what was expected of it: a series whose cost so far is a spike already is told now, and so are
 * agents, resources and unpriced usage that were not there before. The same incidents as the morning's judgement finds, so each is one
 * alert. One statement where nothing is unusual. Under the tenant's alert lock.
 */
export async function checkToday(watch: Watch): Promise<Watched> {
  const { db, today } = watch
  const rows = await db.query<SuspectRow>(SUSPECTS, [today, plainArray(GRAINS)])
  if (rows.length === 0) return { alertIds: [], deliveryIds: [] }
  const detector = await readDetector(db)
  if (!detector.isEnabled) return { alertIds: [], deliveryIds: [] }
  const { minExcess } = detector.settings
  const costs = rows.flatMap((row) => costOfToday(row, today))
  const found = [...costs, ...(await structureOf(db, { rows, today, minExcess }))]
  const news = await withNews(
    watch,
    found.filter((finding) => isWatched(finding, detector)),
  )
  return storeFindings(watch, {
    findings: inStoringOrder(news).slice(0, STORED_MAX),
    judgedThrough: addDays(today, -1),
    keepsDay: (day) => day < today,
    minExcess,
    agents: costs.filter(({ suspect }) => suspect === 'AGENT'),
  })
}

/** The incident of one day that a cost so far is. */
function costOfToday(row: SuspectRow, today: CalendarDate): CostFinding[] {
  const { grain, a, b, status, rule } = row
  const [expected, alarmAt] = [amountOf(row.expected), amountOf(row.alarmAt)]
  const actual = parseFixed18(row.cost)
  if (expected === null || alarmAt === null || status === null || rule === null || actual < alarmAt) return []
  const [low, high] = [amountOf(row.low), amountOf(row.high)]
  const ratio = toEstimate(actual) / Math.max(toEstimate(expected), 1e-6)
  const flag = {
    rule,
    kind: 'COST_SPIKE',
    score: scoreOf({ actual, expected, high }),
    ratio,
    excess: actual - expected,
  } as const
  const judged: DayJudgement = { day: today, actual, status, expected, low, high, alarmAt, rule, flag }
  return incidentsOf([judged]).map((incident) => costFinding({ grain, a, b }, incident))
}

const amountOf = (text: string | null): Fixed18 | null => (text === null ? null : parseFixed18(text))

/** The band ends two scales above what is expected; without a band there is no score. */
function scoreOf({ actual, expected, high }: { actual: Fixed18; expected: Fixed18; high: Fixed18 | null }): number {
  if (high === null || expected <= 0n || high <= expected) return 0
  const scale = Math.log(toEstimate(high) / toEstimate(expected)) / 2
  return Math.log(toEstimate(actual) / toEstimate(expected)) / scale
}

async function structureOf(
  db: TenantSql,
  { rows, today, minExcess }: { rows: readonly SuspectRow[]; today: CalendarDate; minExcess: Fixed18 },
): Promise<Finding[]> {
  const unknown = rows.filter(({ isUnknown }) => isUnknown)
  const projects = [...new Set(unknown.filter(({ grain }) => grain === Grain.PROJECT_AGENT).map(({ a }) => a))]
  const resources = unknown.filter(({ grain }) => grain === Grain.RESOURCE).map(({ a }) => a)
  const unpriced = rows.filter(({ grain, hasUnpriced }) => grain === Grain.RESOURCE && hasUnpriced).map(({ a }) => a)
  const days = projects.slice(0, CANDIDATES_MAX).map((projectId) => ({ projectId, day: today }))
  return [
    ...(await findFanouts(db, days)),
    ...(resources.length === 0
      ? []
      : await findNewResources(db, { day: today, minExcess, among: resources.slice(0, CANDIDATES_MAX) })),
    ...(unpriced.length === 0
      ? []
      : await findUnpriced(db, { from: today, through: today, among: unpriced.slice(0, CANDIDATES_MAX) })),
  ]
}

/** Those that are not told yet, or have grown since they were told. */
async function withNews(watch: Watch, findings: readonly Finding[]): Promise<Finding[]> {
  if (findings.length === 0) return []
  const from = addDays(watch.today, -NEAR_DAYS)
  const series = findings.map((finding) => finding.series)
  const known = await readAlertsOfSeries(watch, series, from)
  return findings.filter((finding) => {
    const open = (known.get(finding.series) ?? []).find(isOpen)
    return open === undefined || isNews(watch, finding, open)
  })
}

function isNews(watch: Watch, finding: Finding, alert: AlertRow): boolean {
  if (alert.lastDay < finding.lastDay) return true
  const isStale = watch.nowMs - Date.parse(alert.updatedAt) >= SAY_AGAIN_MS
  if (!isCost(finding)) return isStale
  const { peak } = finding.incident
  const told = flaggedDays(alert.evidence).find(({ day }) => day === peak.day)
  if (told === undefined) return true
  if (told.actual === peak.actual) return false
  const impact = (alert.impact ?? 0n) + peak.actual - told.actual
  const { toldImpact, snoozedUntil } = alert
  const isSnoozed = snoozedUntil !== null && Date.parse(snoozedUntil) > watch.nowMs
  return isStale || (!isSnoozed && toldImpact !== null && toldImpact > 0n && impact >= 2n * toldImpact)
}
