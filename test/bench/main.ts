/**
 * `npm run bench`: what this machine does, in one run. The rows, the table and the database are the same for every way of writing, so
 * that the ratios mean something; absolute numbers belong to the machine they were measured on.
 */
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { runAnomalyBench } from './anomaly/run.ts'
import { CapturingPool } from './captured-statements.ts'
import { loadHistory, type LoadMeasurement } from './load-history.ts'
import { measureAllocation, type AllocationMeasurement } from './measure-allocation.ts'
import { measureAlertLatency, type LatencyMeasurement } from './measure-alert-latency.ts'
import { measureCopy, type CopyMeasurement } from './measure-copy.ts'
import { exportsReport, measureExports, type ExportAsked, type ExportsResult } from './measure-exports.ts'
import { measureHttp, type HttpMeasurement } from './measure-http.ts'
import { measureQueries, type QueryMeasurement } from './measure-queries.ts'
import { measureRerating, type ReratingPhase } from './measure-rerating.ts'
import { measureStatement, type StatementMeasurement } from './measure-statement.ts'
import {
  readAnomalyOptions,
  readExportsOptions,
  readOptions,
  readPortalOptions,
  readReportOptions,
  usage,
  type BenchOptions,
} from './options.ts'
import { measureReport, packReport, type PackResult } from './measure-report.ts'
import { measurePortal } from './portal/measure-portal.ts'
import { portalReport, type PortalResult } from './portal/portal-report.ts'
import { family, memoryOf, peakMemoryOf } from './processes.ts'
import type { QueryWorld } from './queries.ts'
import { report } from './report.ts'
import { tableSizes, type TableSize } from './sizes.ts'
import { EVENTS_PER_TASK, items, taskKey, traceId, type Traffic } from './traffic.ts'
import { createWorld, type BenchTenant, type World } from './world.ts'

const DAY_MS = 86_400_000
const HISTORY_DAYS = 90
const LIVE_DAYS = 7
/** As many of the latest events are rated again. */
const RERATED_EVENTS_MAX = 1_000_000

const EXPORTS: Readonly<Record<'focus' | 'exports', readonly ExportAsked[]>> = {
  focus: [
    { kind: 'focus', format: 'CSV' },
    { kind: 'focus', format: 'PARQUET' },
  ],
  exports: [
    { kind: 'invocations', format: 'CSV' },
    { kind: 'invocations', format: 'XLSX' },
  ],
}

export interface SizeResult {
  events: number
  load: LoadMeasurement
  queries: QueryMeasurement[]
  sizes: TableSize[]
  memory: { server: number | null; serverPeak: number | null; postgres: number | null }
}

export interface WriteResult {
  copy: CopyMeasurement
  statements: StatementMeasurement[]
  http: HttpMeasurement[]
}

export interface BenchResult {
  machine: { cpu: string; cores: number; memoryBytes: number; node: string; postgres: string }
  startedAt: string
  sizes: SizeResult[]
  /** Null until it has been measured. */
  writing: WriteResult | null
  /** Empty until it has been measured. */
  rerating: ReratingPhase[]
  /** Null until it has been measured. */
  allocation: AllocationMeasurement | null
  /** Null until it has been measured. */
  latency: LatencyMeasurement | null
  minutes: number
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(usage)
    return
  }
  const anomalyOptions = readAnomalyOptions(process.argv.slice(2))
  if (anomalyOptions !== null) {
    runAnomalyBench(anomalyOptions)
    return
  }
  const portalOptions = readPortalOptions(process.argv.slice(2))
  const reportOptions = readReportOptions(process.argv.slice(2))
  const exportsOptions = readExportsOptions(process.argv.slice(2))
  const isOfOnePart = portalOptions !== null || reportOptions !== null || exportsOptions !== null
  const options = isOfOnePart ? null : readOptions(process.argv.slice(2))
  const began = Date.now()
  const creating = createWorld()
  // Ctrl-C must not leave a Postgres behind.
  let stopping: Promise<void> | null = null
  const stop = () => (stopping ??= creating.then((made) => made.stop()))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void stop().finally(() => process.exit(130)))
  }
  const world = await creating
  try {
    const lost = world.postgres.exited.then(() => {
      throw new Error('Postgres ended in the middle of the measurement.')
    })
    if (portalOptions !== null) {
      const portal: PortalResult = { ...(await heading(world, began)), series: [], minutes: 0 }
      await reporting(portal, { began, jsonFile: portalOptions.jsonFile, text: portalReport }, () =>
        Promise.race([measurePortal(world, portalOptions, began, portal.series), lost]),
      )
    }
    if (reportOptions !== null) {
      const { events, runs, loadMinutesMax, jsonFile } = reportOptions
      const pack: PackResult = { ...(await heading(world, began)), pack: null, minutes: 0 }
      await reporting(pack, { began, jsonFile, text: packReport }, async () => {
        const until = began + loadMinutesMax * 60_000
        pack.pack = await Promise.race([measureReport(world, { events, runs, nowMs: began, until }), lost])
      })
    }
    if (exportsOptions !== null) {
      const { of, events, loadMinutesMax, jsonFile } = exportsOptions
      const files: ExportsResult = { ...(await heading(world, began)), exports: null, minutes: 0 }
      await reporting(files, { began, jsonFile, text: exportsReport }, async () => {
        const until = began + loadMinutesMax * 60_000
        const ask = { asked: EXPORTS[of], events, withKill: of === 'focus', nowMs: began, until }
        files.exports = await Promise.race([measureExports(world, ask), lost])
      })
    }
    if (options !== null) {
      const result = await emptyResult(world, began)
      await reporting(result, { began, jsonFile: options.jsonFile, text: report }, () =>
        Promise.race([run(world, options, began, result), lost]),
      )
    }
  } catch (error) {
    if (stopping === null) throw error
  } finally {
    await stop()
  }
}

/** Fills a result by work, and tells it: a failure in the middle does not take back what was measured before it. */
async function reporting<T extends { minutes: number }>(
  result: T,
  { began, jsonFile, text }: { began: number; jsonFile: string | null; text: (result: T) => string },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } finally {
    result.minutes = (Date.now() - began) / 60_000
    console.log(text(result))
    if (jsonFile !== null) writeFileSync(jsonFile, `${JSON.stringify(result, null, 2)}\n`)
  }
}

async function heading(world: World, began: number): Promise<Pick<BenchResult, 'machine' | 'startedAt'>> {
  const { rows } = await world.owner.query<{ server_version: string }>('SHOW server_version')
  return {
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.cpus().length,
      memoryBytes: os.totalmem(),
      node: process.versions.node,
      postgres: rows[0]?.server_version ?? '',
    },
    startedAt: new Date(began).toISOString(),
  }
}

async function emptyResult(world: World, began: number): Promise<BenchResult> {
  return {
    ...(await heading(world, began)),
    sizes: [],
    writing: null,
    rerating: [],
    allocation: null,
    latency: null,
    minutes: 0,
  }
}

async function run(world: World, options: BenchOptions, began: number, result: BenchResult): Promise<void> {
  if (options.isLatencyOnly) {
    result.latency = await latencyPhase(world, options, began)
    return
  }
  const tenant = await world.addTenant('bench')
  // The history ends at midnight yesterday, so that no event is of the future and every day is whole.
  const endMs = Math.floor(began / DAY_MS) * DAY_MS - DAY_MS
  let loaded = 0
  for (const size of options.sizes) {
    say(`Loading ${size - loaded} events of ${HISTORY_DAYS} days …`)
    const traffic = {
      name: `h${loaded}`,
      startMs: endMs - HISTORY_DAYS * DAY_MS,
      spanMs: HISTORY_DAYS * DAY_MS,
      events: size - loaded,
    }
    const load = await loadHistory(world, {
      tenantId: tenant.id,
      traffic,
      until: Date.now() + options.loadMinutesMax * 60_000,
    })
    loaded += load.events
    const sizesNow = await tableSizes(world.owner)
    // Statistics and visibility as autovacuum would leave them a minute later.
    await world.owner.query('VACUUM ANALYZE')
    result.sizes.push(
      await readPhase(world, { tenant, traffic, endMs, rounds: options.rounds, events: loaded, load, sizes: sizesNow }),
    )
    // Written once, at the first size: the table has its indexes and a history by then.
    result.writing ??= await writePhase(world, options.ingestEvents, endMs)
    if (load.isCutShort) break
  }
  result.latency = await latencyPhase(world, options, began)
  // Last, because it rewrites what the queries above are measured on.
  result.rerating = await reratingPhase(world, { tenant, events: loaded, endMs })
  say(`Loading a month of ${options.allocationEvents} events and allocating 20 pools over it …`)
  const until = Date.now() + options.loadMinutesMax * 60_000
  result.allocation = await measureAllocation(world, { events: options.allocationEvents, nowMs: began, until })
}

async function readPhase(
  world: World,
  phase: {
    tenant: BenchTenant
    traffic: Traffic
    endMs: number
    rounds: number
    events: number
    load: LoadMeasurement
    sizes: TableSize[]
  },
): Promise<SizeResult> {
  const { tenant, traffic, endMs, rounds, events, load, sizes } = phase
  say(`Asking every query at ${events} events …`)
  const server = await world.startServer()
  try {
    const parts = { ...world.parts, server: () => family(server.pid) }
    const target = { url: server.url, key: tenant.apiKey }
    const queries = await measureQueries(target, queryWorld(traffic, endMs), { rounds, parts })
    const memory = {
      server: memoryOf(family(server.pid)),
      serverPeak: peakMemoryOf(server.pid),
      postgres: memoryOf(family(world.postgres.pid)),
    }
    return { events, load, queries, sizes, memory }
  } finally {
    await server.stop()
  }
}

function latencyPhase(world: World, { crossings }: BenchOptions, nowMs: number): Promise<LatencyMeasurement> {
  say(`Crossing ${crossings} limits beside a thousand events a second …`)
  return measureAlertLatency(world, { crossings, nowMs })
}

async function reratingPhase(
  world: World,
  { tenant, events, endMs }: { tenant: BenchTenant; events: number; endMs: number },
): Promise<ReratingPhase[]> {
  const last = new Date(endMs).toISOString().slice(0, 10)
  const days = Math.max(1, Math.round((HISTORY_DAYS * Math.min(events, RERATED_EVENTS_MAX)) / events))
  say(`Rating the events of ${days} days again …`)
  const traffic = { name: 'h0', startMs: endMs - HISTORY_DAYS * DAY_MS, spanMs: HISTORY_DAYS * DAY_MS, events }
  // A day more: the last one ends at midnight of London.
  const range = { from: addDays(last, -days), to: addDays(last, 1) }
  return measureRerating(world, { tenant, range, queries: queryWorld(traffic, endMs) })
}

function queryWorld(traffic: Traffic, endMs: number): QueryWorld {
  const last = new Date(endMs).toISOString().slice(0, 10)
  const first = addDays(last, -HISTORY_DAYS)
  const days = Array.from({ length: HISTORY_DAYS + 1 }, (_, index) => addDays(first, index))
  const taskCount = Math.floor(traffic.events / EVENTS_PER_TASK)
  // A stride without a common factor with the count: tasks from the whole history, none twice.
  const pick = (round: number) => (round * 7_919) % taskCount
  return {
    month: { from: addDays(last, -30), to: last },
    quarter: { from: first, to: last },
    days,
    taskKey: (round) => taskKey(traffic, pick(round)),
    traceId: (round) => traceId(traffic, pick(round)),
  }
}

async function writePhase(world: World, events: number, endMs: number): Promise<WriteResult> {
  const live = (name: string, count = events): Traffic => ({
    name,
    startMs: endMs - LIVE_DAYS * DAY_MS,
    spanMs: LIVE_DAYS * DAY_MS,
    events: count,
  })
  say('Writing: the statement alone, and COPY of the same rows …')
  const source = await world.addTenant('bench-source')
  const captured = await captureStatements(world, source.id, live('s'))
  await world.owner.query('CHECKPOINT')
  const statements: StatementMeasurement[] = []
  for (const connections of [1, 3]) {
    statements.push(
      await measureStatement(world.pool, captured, { connections, eventsEach: events, parts: world.parts }),
    )
  }
  captured.length = 0
  const copy = await measureCopy(world.owner, source.id, events, world.parts)

  say('Writing: over HTTP …')
  const server = await world.startServer()
  const parts = { ...world.parts, server: () => family(server.pid) }
  const http: HttpMeasurement[] = []
  try {
    for (const [name, count, eventsPerRequest, connections] of [
      ['warm', Math.ceil(events / 10), 5_000, 3],
      ['bulk', events, 5_000, 3],
      ['tens', Math.ceil(events / 5), 10, 64],
      ['ones', Math.ceil(events / 10), 1, 64],
    ] as const) {
      const tenant = await world.addTenant(`bench-${name}`)
      await world.owner.query('CHECKPOINT')
      const format = eventsPerRequest > 1_000 ? 'ndjson' : 'json'
      const order = {
        url: server.url,
        key: tenant.apiKey,
        traffic: live(name, count),
        eventsPerRequest,
        connections,
        format,
      } as const
      const measurement = await measureHttp(order, parts)
      await proveRecorded(world, tenant.id, count)
      if (name !== 'warm') http.push(measurement)
    }
  } finally {
    await server.stop()
  }
  return { copy, statements, http }
}

/** Records a run of traffic for real, and keeps the parameters of its ingest statements. */
async function captureStatements(world: World, tenantId: string, traffic: Traffic) {
  const pool = new CapturingPool({ url: world.urls.appUrl, max: 2 })
  try {
    const ingestor = new Ingestor({ pool, configs: new TenantConfigs({ pool, catalogue: null }) })
    for (let from = 0; from < traffic.events; from += 5_000) {
      await ingestor.record({ tenantId, items: items(traffic, from, Math.min(traffic.events, from + 5_000)) })
    }
    return pool.captured
  } finally {
    await pool.end()
  }
}

/** What was acknowledged is stored, and the cells of the fleet say the same as the events. */
async function proveRecorded(world: World, tenantId: string, events: number): Promise<void> {
  const { rows } = await world.owner.query<{ stored: number; billed: number; summed: number; is_equal: boolean }>(
    `SELECT e.stored, e.billed, c.summed, e.cost = c.cost AS is_equal
     FROM (SELECT count(*)::int AS stored, (count(*) FILTER (WHERE billing IN ('DIRECT', 'SHARED', 'WRAPPER')))::int AS billed,
             coalesce(sum(cost) FILTER (WHERE billing IN ('DIRECT', 'SHARED', 'WRAPPER')), 0) AS cost FROM invocation WHERE tenant_id = $1) e,
          (SELECT coalesce(sum(invocations), 0)::int AS summed, coalesce(sum(cost_direct + cost_shared), 0) AS cost FROM rollup_day
           WHERE tenant_id = $1 AND grain = 0) c`,
    [tenantId],
  )
  const [row] = rows
  if (row?.stored !== events || row.billed !== row.summed || !row.is_equal) {
    throw new Error(`Sent ${events}; stored and summed: ${JSON.stringify(row)}`)
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

await main()
