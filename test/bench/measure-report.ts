import { setTimeout as sleep } from 'node:timers/promises'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { TenantClient } from '../support/tenant-client.ts'
import { loadHistory } from './load-history.ts'
import { family, measured, peakMemoryOf, type Usage } from './processes.ts'
import { table } from './text-table.ts'
import type { World } from './world.ts'
import type { BenchResult } from './main.ts'

/** A finance pack of one month, made by the worker as it is asked for: the document, and all its files. */
export interface ReportMeasurement {
  /** Of the month. */
  events: number
  runs: ReportRunTime[]
  /** Of the worker, before the first run and the most by the end of the last. */
  workerBefore: number | null
  workerPeak: number | null
}

export interface ReportRunTime {
  /** From the first look to the commit, as the run itself tells it. */
  seconds: number
  /** Milliseconds from the first step to each, as they were seen to begin. */
  steps: { step: string; atMs: number }[]
  usage: Usage
  files: { format: string; bytes: number }[]
}

export interface PackResult extends Pick<BenchResult, 'machine' | 'startedAt'> {
  /** null until it has been measured. */
  pack: ReportMeasurement | null
  minutes: number
}

/** What a pack is held to. */
const AIMS = { seconds: 10, bytes: 400_000_000 } as const

const HOUR_MS = 3_600_000
const RUN_MS_MAX = 300_000
const LOOK_MS = 20

/** Has the pack of the last whole month made `runs` times by the real server and worker, in a tenant of its own. */
export async function measureReport(
  world: World,
  { events, runs, nowMs, until }: { events: number; runs: number; nowMs: number; until: number },
): Promise<ReportMeasurement> {
  const bench = await world.addTenant('bench-reports')
  const month = addMonths(firstOfMonth(new Date(nowMs).toISOString().slice(0, 10)), -1)
  const [startMs, endMs] = [Date.parse(month), Date.parse(addMonths(month, 1))]
  // An hour in from either end: the month is London's.
  const traffic = { name: 'r', events, startMs: startMs + HOUR_MS, spanMs: endMs - startMs - 3 * HOUR_MS }
  const load = await loadHistory(world, { tenantId: bench.id, traffic, until })
  await world.owner.query('VACUUM ANALYZE')
  const [server, worker] = await Promise.all([world.startServer(), world.startWorker()])
  try {
    const tenant = new TenantClient(() => server.url, 'bench-reports', bench.apiKey)
    const result: ReportMeasurement = {
      events: load.events,
      runs: [],
      workerBefore: peakMemoryOf(worker.pid),
      workerPeak: null,
    }
    const parts = { ...world.parts, server: () => family(server.pid), worker: () => family(worker.pid) }
    for (let run = 0; run < runs; run += 1) {
      const { result: made, usage } = await measured(parts, () => makePack(world, tenant, { month, nth: run + 1 }))
      result.runs.push({ ...made, usage })
    }
    result.workerPeak = peakMemoryOf(worker.pid)
    return result
  } finally {
    await Promise.all([server.stop(), worker.stop()])
  }
}

/** Asks for the pack, and follows its run until it is done. */
async function makePack(
  world: World,
  tenant: TenantClient,
  { month, nth }: { month: string; nth: number },
): Promise<Omit<ReportRunTime, 'usage'>> {
  const { requestReport } = await tenant.gql<{ requestReport: { userErrors: { message: string }[] } }>(
    'mutation ($input: RequestReportInput!) { requestReport(input: $input) { userErrors { message } } }',
    { input: { kind: 'FINANCE_PACK', range: { from: month, to: addMonths(month, 1) } } },
  )
  const [refusal] = requestReport.userErrors
  if (refusal !== undefined) throw new Error(refusal.message)
  const steps: { step: string; seenMs: number }[] = []
  const giveUpMs = Date.now() + RUN_MS_MAX
  for (;;) {
    const { rows } = await world.owner.query<{
      state: string
      step: string | null
      error: string | null
      seconds: number | null
    }>(
      `SELECT state, step, error, extract(epoch FROM done_at - started_at)::float8 AS seconds FROM report_run
       ORDER BY requested_at DESC, id DESC LIMIT 1`,
    )
    const [run] = rows
    const step = run?.state === 'DONE' ? 'DONE' : (run?.step ?? null)
    if (step !== null && steps.at(-1)?.step !== step) steps.push({ step, seenMs: performance.now() })
    if (run?.state === 'FAILED') throw new Error(`The pack was not made: ${run.error}`)
    if (run?.state === 'DONE') {
      const first = steps[0]?.seenMs ?? 0
      return {
        seconds: run.seconds ?? 0,
        steps: steps.map((one) => ({ step: one.step, atMs: one.seenMs - first })),
        files: await filesOf(world, nth),
      }
    }
    if (Date.now() > giveUpMs) throw new Error(`The pack is ${run?.state} after ${RUN_MS_MAX / 1_000} s.`)
    await sleep(LOOK_MS)
  }
}

async function filesOf({ owner }: World, edition: number): Promise<ReportRunTime['files']> {
  const { rows } = await owner.query<{ format: string; bytes: number }>(
    `SELECT f.format, f.bytes::int AS bytes FROM report_file f JOIN report_edition e ON e.tenant_id = f.tenant_id AND e.id = f.edition_id
     WHERE e.number = $1 ORDER BY f.format`,
    [edition],
  )
  return rows
}

/** The result as a person reads it, and what misses an aim. */
export function packReport({ machine, startedAt, pack, minutes }: PackResult): string {
  return [
    '',
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, PostgreSQL ${machine.postgres}, ${startedAt}`,
    '',
    ...(pack === null ? ['Nothing was measured.'] : linesOf(pack)),
    '',
    `The whole run took ${minutes.toFixed(1)} minutes.`,
  ].join('\n')
}

function linesOf({ events, runs, workerBefore, workerPeak }: ReportMeasurement): string[] {
  const rows = runs.map(({ seconds, steps, usage, files }, index) => [
    `run ${index + 1}`,
    seconds.toFixed(1),
    ...['worker', 'postgres'].map((part) => ((usage.cores[part] ?? NaN) * usage.seconds).toFixed(1)),
    usage.otherCores === null ? '' : usage.otherCores.toFixed(2),
    steps.map(({ step, atMs }) => `${step} ${(atMs / 1_000).toFixed(1)} s`).join(', '),
    files.map(({ format, bytes }) => `${format} ${(bytes / 1_000).toFixed(0)} kB`).join(', '),
  ])
  const slowest = Math.max(...runs.map(({ seconds }) => seconds))
  const misses = [
    ...(slowest > AIMS.seconds ? [`${slowest.toFixed(1)} s of at most ${AIMS.seconds} s`] : []),
    ...(workerPeak !== null && workerPeak > AIMS.bytes
      ? [`${megabytes(workerPeak)} of at most ${megabytes(AIMS.bytes)}`]
      : []),
  ]
  return [
    `A finance pack of a month of ${events.toLocaleString('en-GB')} invocations, with all its files`,
    ...table(['', 'seconds', 'worker cpu', 'postgres cpu', 'others', 'steps', 'files'], rows),
    'seconds: from the first look to the commit. cpu: seconds of processor time. others: cores that other programs kept busy.',
    `Memory of the worker: ${megabytes(workerBefore)} before, ${megabytes(workerPeak)} at most.`,
    misses.length === 0 ? 'It meets its aims.' : `Missed: ${misses.join('; ')}.`,
  ]
}

function megabytes(bytes: number | null): string {
  return bytes === null ? 'not told' : `${(bytes / 1_000_000).toFixed(0)} MB`
}
