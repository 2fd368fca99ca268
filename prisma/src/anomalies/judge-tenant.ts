import type { Pool, PoolClient } from 'pg'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { moneyOf } from '../allocation/run-job.ts'
import { openWatch, together, type Watch, type Watched } from '../alerts/evaluate-limits.ts'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { forecastBudgets } from '../budgets/forecast-budgets.ts'
import { learnBudgets } from '../budgets/learn-budgets.ts'
import { isPassing } from '../ingest/sql-state.ts'
import { PAST_DAYS } from '../sql/read-alert-course.ts'
import { clientSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { countShapes, findChains, storeShapes } from './chain-shapes.ts'
import { forgetExpectations, storeExpectations, storeKnownAgents } from './expectations.ts'
import { findFanouts, projectsWithNewcomers } from './find-fanout.ts'
import { findNewResources, findUnpriced } from './find-resources.ts'
import type { CostFinding, Finding } from './finding.ts'
import { isWatched } from './is-watched.ts'
import { JUDGED_DAYS, judgePast, type SeriesExpectation } from './judge-past.ts'
import { endJudgement, takeUpJudgement, type JudgementRef } from './judgement-run.ts'
import { loadHindsight } from './load-hindsight.ts'
import { loadSeries, WATCHED_GRAINS } from './load-series.ts'
import { readDetector, type Detector } from './read-detector.ts'
import { followUnpriced, resolveQuiet } from './resolve-quiet.ts'
import { inStoringOrder, isCost, storeFindings } from './store-findings.ts'

/** Where the work on a run is; each is told when it begins. */
export type JudgementStep =
  'START' | 'JUDGE' | 'CHAINS' | 'EXPECT' | 'STORE' | 'PORTION' | 'RESOLVE' | 'BUDGETS' | 'END'

export interface JudgementControl {
  /** Aborted: the work ends before its next step with the reason; begun again, it does the same. */
  signal: AbortSignal
  nowMs: number
  /** Told after each portion is committed: what to publish and what to send. */
  told: (watched: Watched) => void
  /** Asked before each step, and waited for. */
  onStep?: (step: JudgementStep) => Promise<void> | void
}

/** Findings of one transaction: the watch over limits waits for it. */
const PORTION = 8
/** Expectations of one statement. */
const EXPECTATIONS_PORTION = 5_000

/**
 * Judges a tenant's last complete days by the past of each series and of its structure: raises, changes and ends incidents, and says what
 * is expected of today and tomorrow. Load, decide, store: what is read is one snapshot, and what is written goes by portions under the
 * alert lock. Everything it does it finds done when it is begun again, so killed anywhere and begun again it comes to the same.
 */
export async function judgeTenant(
  { pool }: { pool: Pool },
  ref: JudgementRef,
  control: JudgementControl,
): Promise<void> {
  try {
    await workOn(pool, ref, control)
  } catch (error) {
    if (!control.signal.aborted && !isPassing(error)) {
      const sentence = error instanceof Error ? error.message.slice(0, 500) : 'The past could not be judged.'
      await tenantTransaction(pool, ref.tenantId, (client) =>
        endJudgement(client, ref, { state: 'FAILED', error: sentence }),
      )
    }
    throw error
  }
}

async function workOn(pool: Pool, ref: JudgementRef, control: JudgementControl): Promise<void> {
  const { tenantId, day } = ref
  const step = async (name: JudgementStep) => {
    control.signal.throwIfAborted()
    await control.onStep?.(name)
  }
  const underLock = async (work: (watch: Watch) => Promise<Watched>): Promise<void> => {
    const watched = await tenantTransaction(pool, tenantId, async (client) => {
      await lockAlerts(client, tenantId)
      return work(await openWatch(client, tenantId, control.nowMs))
    })
    if (watched.alertIds.length > 0 || watched.deliveryIds.length > 0) control.told(watched)
  }
  await step('START')
  if (!(await tenantTransaction(pool, tenantId, (client) => takeUpJudgement(client, ref)))) return
  const judgedThrough = addDays(day, -1)
  await step('JUDGE')
  const found = await readOnly(pool, tenantId, (client) => findAll(client, ref))
  await step('CHAINS')
  const chains = await findChainsOf(pool, ref, { control, timeZone: found.timeZone })
  await step('EXPECT')
  for (let from = 0; from < found.expectations.length; from += EXPECTATIONS_PORTION) {
    const portion = found.expectations.slice(from, from + EXPECTATIONS_PORTION)
    await tenantTransaction(pool, tenantId, (client) => storeExpectations(client, tenantId, portion))
  }
  await tenantTransaction(pool, tenantId, async (client) => {
    await storeKnownAgents(client, tenantId, day)
    await forgetExpectations(client, tenantId, day)
    await takeUpJudgement(client, ref)
  })
  await step('STORE')
  const { detector } = found
  const told = [...found.findings, ...chains].filter((finding) => isWatched(finding, detector))
  const findings = inStoringOrder(told)
  const agents = findings.filter((finding): finding is CostFinding => isCost(finding) && finding.suspect === 'AGENT')
  const { minExcess } = detector.settings
  const keepsDay = (one: string) => one > judgedThrough
  for (let from = 0; from < findings.length; from += PORTION) {
    await step('PORTION')
    const portion = findings.slice(from, from + PORTION)
    await underLock((watch) => storeFindings(watch, { findings: portion, judgedThrough, keepsDay, minExcess, agents }))
  }
  await step('RESOLVE')
  const flagged = new Set(findings.map(({ series }) => series))
  await underLock(async (watch) =>
    together([await resolveQuiet(watch, { judgedThrough, flagged }), await followUnpriced(watch)]),
  )
  await step('BUDGETS')
  await underLock(async (watch) => {
    await learnBudgets(watch, day)
    return forecastBudgets(watch)
  })
  await step('END')
  const series = found.expectations.length / 2
  await tenantTransaction(pool, tenantId, (client) =>
    endJudgement(client, ref, { state: 'DONE', series, flagged: findings.length }),
  )
}

/** One snapshot of everything that is read. */
function readOnly<T>(pool: Pool, tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return tenantTransaction(pool, tenantId, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return work(client)
  })
}

interface FoundAll {
  findings: Finding[]
  expectations: SeriesExpectation[]
  detector: Detector
  timeZone: string
}

/** Grain by grain, so that no more than one grain's past is in memory. */
async function findAll(client: PoolClient, { tenantId, day }: JudgementRef): Promise<FoundAll> {
  const db = clientSql(client, tenantId)
  const from = addDays(day, -JUDGED_DAYS)
  const judgedThrough = addDays(day, -1)
  const past = addDays(day, -PAST_DAYS)
  const detector = await readDetector(db)
  const hindsight = await loadHindsight(db, { settings: detector.settings, from: past, day })
  const findings: Finding[] = []
  const expectations: SeriesExpectation[] = []
  for (const grain of WATCHED_GRAINS) {
    const judged = judgePast(await loadSeries(db, { from: past, to: day, grains: [grain] }), day, hindsight)
    findings.push(...judged.findings)
    expectations.push(...judged.expectations)
  }
  const { minExcess } = detector.settings
  findings.push(...(await findFanouts(db, await projectsWithNewcomers(db, { from, to: day }))))
  findings.push(...(await findNewResources(db, { day: judgedThrough, minExcess, among: null })))
  findings.push(...(await findUnpriced(db, { from, through: judgedThrough, among: null })))
  const { timeZone } = await moneyOf(client, tenantId)
  return { findings, expectations, detector, timeZone }
}

async function findChainsOf(
  pool: Pool,
  { tenantId, day }: JudgementRef,
  { control, timeZone }: { control: JudgementControl; timeZone: string },
): Promise<Finding[]> {
  const yesterday = addDays(day, -1)
  const { signal } = control
  const shapes = await readOnly(pool, tenantId, (client) =>
    countShapes(client, tenantId, { day: yesterday, timeZone, signal }),
  )
  return tenantTransaction(pool, tenantId, async (client) => {
    await storeShapes(client, tenantId, { day: yesterday, shapes })
    return findChains(client, tenantId, { day: yesterday, shapes })
  })
}
