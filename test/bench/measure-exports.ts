import { setTimeout as sleep } from 'node:timers/promises'
import { addDays, addMonths, firstOfMonth, type DateRange } from '@outlay/domain/periods/calendar-date'
import { TenantClient } from '../support/tenant-client.ts'
import { loadHistory } from './load-history.ts'
import type { BenchResult } from './main.ts'
import { family, forgetPeakMemory, measured, peakMemoryOf, residentMemoryOf, type Usage } from './processes.ts'
import { table } from './text-table.ts'
import type { World } from './world.ts'

/** A kind of export in a format, as `startExport` takes them. */
export interface ExportAsked {
  kind: string
  format: string
}

/** Files of one tenant, each written by a worker that has just started and done nothing else. */
export interface ExportsMeasurement {
  events: number
  files: FileTime[]
  /** Null where it was not asked for. */
  resumed: ResumedFile | null
}

export interface FileTime extends ExportAsked {
  rows: number
  bytes: number
  sha256: string
  /** From the worker's first look to the commit, as the job itself tells it. */
  seconds: number
  usage: Usage
  /** Bytes that the worker held before, and the most that it held meanwhile; null where the system does not say. */
  idle: number | null
  peak: number | null
}

/** A file whose worker was killed in the middle, and that another has written. */
export interface ResumedFile extends ExportAsked {
  /** Rows that the first worker had stored, and those of the whole file. */
  killedAtRow: number
  rows: number
  /** From the kill to the commit. */
  seconds: number
  runs: number
  /** The SHA-256 is that of the file whose worker was left alone. */
  isSame: boolean
}

export interface ExportsResult extends Pick<BenchResult, 'machine' | 'startedAt'> {
  /** null until it has been measured. */
  exports: ExportsMeasurement | null
  minutes: number
}

/** What an export may take beside what the worker takes anyway. */
const GROWTH_MAX = 100_000_000

const HOUR_MS = 3_600_000
const DAYS = 10
const LOOK_MS = 50
const SETTLE_MS = 5_000
const RUN_MS_MAX = 900_000

/**
 * Has every file written twice, of one day and of ten times as much, so that memory that grows with rows is seen to. With `withKill`, the
 * first of `asked` is written once more by a worker that is killed when half of the rows are there, and by the one that comes after it.
 */
export async function measureExports(
  world: World,
  {
    asked,
    events,
    withKill,
    nowMs,
    until,
  }: { asked: readonly ExportAsked[]; events: number; withKill: boolean; nowMs: number; until: number },
): Promise<ExportsMeasurement> {
  const bench = await world.addTenant('bench-exports')
  const first = addMonths(firstOfMonth(new Date(nowMs).toISOString().slice(0, 10)), -1)
  const startMs = Date.parse(first)
  // An hour in from either end: the days are London's.
  const traffic = { name: 'x', events, startMs: startMs + HOUR_MS, spanMs: (DAYS * 24 - 3) * HOUR_MS }
  const load = await loadHistory(world, { tenantId: bench.id, traffic, until })
  await world.owner.query('VACUUM ANALYZE')
  const server = await world.startServer()
  try {
    const tenant = new TenantClient(() => server.url, 'bench-exports', bench.apiKey)
    const [day, all] = [1, DAYS].map((days): DateRange => ({ from: first, to: addDays(first, days) }))
    const files: FileTime[] = []
    for (const one of asked) {
      for (const range of [day!, all!]) files.push(await writeFile(world, tenant, { ...one, range }))
    }
    const whole = files[1]
    const resumed = withKill && whole !== undefined ? await killAndResume(world, tenant, { whole, range: all! }) : null
    return { events: load.events, files, resumed }
  } finally {
    await server.stop()
  }
}

async function writeFile(
  world: World,
  tenant: TenantClient,
  { kind, format, range }: ExportAsked & { range: DateRange },
): Promise<FileTime> {
  const worker = await world.startWorker()
  try {
    // What a worker does when it starts is over by then.
    await sleep(SETTLE_MS)
    const idle = residentMemoryOf(worker.pid)
    forgetPeakMemory(worker.pid)
    const parts = { ...world.parts, worker: () => family(worker.pid) }
    const { result: job, usage } = await measured(parts, async () => {
      await start(tenant, { kind, format, range })
      return followed(world, ({ state }) => state === 'DONE')
    })
    const peak = peakMemoryOf(worker.pid)
    const { rows, bytes, sha256, seconds } = job
    return { kind, format, rows, bytes, sha256: sha256 ?? '', seconds: seconds ?? 0, usage, idle, peak }
  } finally {
    await worker.stop()
  }
}

async function killAndResume(
  world: World,
  tenant: TenantClient,
  { whole, range }: { whole: FileTime; range: DateRange },
): Promise<ResumedFile> {
  const { kind, format, rows, sha256 } = whole
  const first = await world.startWorker()
  await start(tenant, { kind, format, range })
  const { rows: killedAtRow } = await followed(world, (job) => job.rows > rows / 2)
  process.kill(first.pid, 'SIGKILL')
  await first.stop()
  const began = performance.now()
  const second = await world.startWorker()
  try {
    const job = await followed(world, ({ state }) => state === 'DONE')
    const seconds = (performance.now() - began) / 1_000
    return {
      ...{ kind, format, killedAtRow, rows: job.rows, seconds, runs: job.runs },
      isSame: job.sha256 === sha256 && job.rows === rows,
    }
  } finally {
    await second.stop()
  }
}

async function start(tenant: TenantClient, input: ExportAsked & { range: DateRange }): Promise<void> {
  const { startExport } = await tenant.gql<{ startExport: { userErrors: { message: string }[] } }>(
    'mutation ($input: StartExportInput!) { startExport(input: $input) { userErrors { message } } }',
    { input },
  )
  const [refusal] = startExport.userErrors
  if (refusal !== undefined) throw new Error(refusal.message)
}

interface Job {
  state: string
  error: string | null
  rows: number
  bytes: number
  runs: number
  sha256: string | null
  seconds: number | null
}

/** The latest job when it has come so far; a look every LOOK_MS. */
async function followed(world: World, isThere: (job: Job) => boolean): Promise<Job> {
  const giveUpMs = Date.now() + RUN_MS_MAX
  for (;;) {
    const { rows } = await world.owner.query<Job>(
      `SELECT state, error, rows_done::int AS rows, bytes::float8 AS bytes, run AS runs, sha256,
         extract(epoch FROM done_at - started_at)::float8 AS seconds
       FROM export_job ORDER BY requested_at DESC, id DESC LIMIT 1`,
    )
    const [job] = rows
    if (job !== undefined && isThere(job)) return job
    if (job?.state === 'FAILED' || job?.state === 'DONE') throw new Error(`The export is ${job.state}: ${job.error}`)
    if (Date.now() > giveUpMs) throw new Error(`The export is ${job?.state} after ${RUN_MS_MAX / 1_000} s.`)
    await sleep(LOOK_MS)
  }
}

/** The result as a person reads it, and what misses an aim. */
export function exportsReport({ machine, startedAt, exports, minutes }: ExportsResult): string {
  return [
    '',
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, PostgreSQL ${machine.postgres}, ${startedAt}`,
    '',
    ...(exports === null ? ['Nothing was measured.'] : linesOf(exports)),
    '',
    `The whole run took ${minutes.toFixed(1)} minutes.`,
  ].join('\n')
}

function linesOf({ events, files, resumed }: ExportsMeasurement): string[] {
  const rows = files.map(({ kind, format, rows: count, bytes, seconds, usage, idle, peak }) => [
    `${kind} ${format}`,
    count.toLocaleString('en-GB'),
    megabytes(bytes),
    seconds.toFixed(1),
    Math.round(count / seconds).toLocaleString('en-GB'),
    ...['worker', 'postgres'].map((part) => ((usage.cores[part] ?? NaN) * usage.seconds).toFixed(1)),
    usage.otherCores === null ? '' : usage.otherCores.toFixed(2),
    megabytes(idle),
    megabytes(peak),
    idle === null || peak === null ? 'not told' : megabytes(peak - idle),
  ])
  const heads = ['', 'rows', 'size', 'seconds', 'rows/s', 'worker cpu', 'postgres cpu', 'others', 'idle', 'peak']
  const misses = [
    ...files.flatMap(({ kind, format, rows: count, idle, peak }) =>
      idle !== null && peak !== null && peak - idle > GROWTH_MAX
        ? [`${kind} ${format} of ${count} rows took ${megabytes(peak - idle)} of at most ${megabytes(GROWTH_MAX)}`]
        : [],
    ),
    ...(resumed?.isSame === false ? ['the file that was begun again is another'] : []),
  ]
  return [
    `Exports of a tenant with ${events.toLocaleString('en-GB')} invocations, each by a worker that has just started`,
    ...table([...heads, 'growth'], rows),
    'seconds: from the first look to the commit. cpu: seconds of processor time. others: cores that other programs kept busy.',
    'idle: resident memory of the worker before; peak: the most of it meanwhile (VmHWM); growth: what lies between.',
    'The worker runs with the memory flags of production: garbage that waits to be collected counts as well.',
    ...(resumed === null ? [] : [resumedLine(resumed)]),
    misses.length === 0 ? 'They meet their aims.' : `Missed: ${misses.join('; ')}.`,
  ]
}

function resumedLine({ kind, format, killedAtRow, rows, seconds, runs, isSame }: ResumedFile): string {
  const [killed, all] = [killedAtRow, rows].map((count) => count.toLocaleString('en-GB'))
  const bytes = isSame ? 'the same bytes (SHA-256) as undisturbed' : 'OTHER bytes than undisturbed'
  return `${kind} ${format}, its worker killed at row ${killed} of ${all}: ${bytes} after ${runs} runs, ${seconds.toFixed(0)} s after the kill.`
}

function megabytes(bytes: number | null): string {
  return bytes === null ? 'not told' : `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`
}
