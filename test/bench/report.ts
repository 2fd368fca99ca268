import type { BenchResult, SizeResult, WriteResult } from './main.ts'
import type { LatencyMeasurement } from './measure-alert-latency.ts'
import type { AllocationMeasurement } from './measure-allocation.ts'
import type { ReratingPhase } from './measure-rerating.ts'
import { WARM_UP_ROUNDS } from './measure-queries.ts'
import type { Usage } from './processes.ts'
import { table } from './text-table.ts'

const DASHBOARD_MS_MAX = 50
/** With more cores taken by other programs a rate says little. */
const OTHERS_MAX = 0.2

/** The result as a person reads it. */
export function report(result: BenchResult): string {
  const { machine, writing: written } = result
  return [
    '',
    `${machine.cpu}, ${machine.cores} cores, ${gigabytes(machine.memoryBytes)}, Node.js ${machine.node}, PostgreSQL ${machine.postgres}, ${result.startedAt}`,
    '',
    ...(written === null ? [] : [...writing(written), '']),
    ...result.sizes.flatMap((size) => [...reading(size), '']),
    ...(result.rerating.length === 0 ? [] : [...rerating(result.rerating), '']),
    ...(result.allocation === null ? [] : [...allocation(result.allocation), '']),
    ...(result.latency === null ? [] : [...alertLatency(result.latency), '']),
    ...(written === null ? [] : [...limits(written, machine), '']),
    `The whole run took ${result.minutes.toFixed(1)} minutes.`,
  ].join('\n')
}

function writing({ copy, statements, http }: WriteResult): string[] {
  const copyRate = copy.rows / copy.usage.seconds
  const alone = statements[0]
  const aloneRate = alone === undefined ? NaN : alone.events / alone.usage.seconds
  const row = (label: string, events: number, usage: Usage, extra = '') => [
    label,
    perSecond(events / usage.seconds),
    ratio(events / usage.seconds / aloneRate),
    ratio(events / usage.seconds / copyRate),
    ...['postgres', 'server', 'sender'].map((part) => microseconds(usage, events, part)),
    usage.otherCores === null ? '' : usage.otherCores.toFixed(2),
    extra,
  ]
  return [
    'Writing (durable, row-level security on; the table holds the first history)',
    ...table(
      ['', 'events/s', '÷ statements', '÷ COPY', 'postgres', 'server', 'sender', 'others', 'request p50 / p95'],
      [
        row('COPY binary, server-side file, owner, no keys or sums', copy.rows, copy.usage),
        ...statements.map(({ connections, events, usage }) =>
          row(
            `ingest statements alone, 5,000 a batch, ${connections} connection${connections > 1 ? 's' : ''}`,
            events,
            usage,
          ),
        ),
        ...http.map(({ events, eventsPerRequest, connections, usage, p50Ms, p95Ms }) =>
          row(
            `POST /v1/invocations, ${count(eventsPerRequest)} a request, ${connections} connections`,
            events,
            usage,
            `${ms(p50Ms)} / ${ms(p95Ms)}`,
          ),
        ),
      ],
    ),
    'postgres, server, sender: microseconds of processor time an event. others: cores that other programs kept busy meanwhile.',
  ]
}

function microseconds({ cores: used, seconds }: Usage, events: number, part: string): string {
  const value = used[part]
  return value === undefined ? '' : ((value * seconds * 1e6) / events).toFixed(0)
}

function milliseconds({ cores: used, seconds }: Usage, requests: number, part: string): string {
  const value = used[part]
  return value === undefined ? '' : ((value * seconds * 1e3) / requests).toFixed(1)
}

function reading({ events, load, queries, sizes, memory }: SizeResult): string[] {
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const parts = sizes.map(({ part, bytes }) => `${part} ${(bytes / events).toFixed(0)}`).join(', ')
  return [
    `Reading at ${count(events)} events of one tenant, 90 days, 50 agents, 40 clients (GraphQL over HTTP, one request at a time)`,
    ...table(
      ['', 'p50', 'p95', 'postgres', 'server', 'others', 'answer', ''],
      queries.map(({ name, isDashboard, rounds, p50Ms, p95Ms, answerBytes, usage }) => [
        name,
        ms(p50Ms),
        ms(p95Ms),
        ...['postgres', 'server'].map((part) => milliseconds(usage, rounds + WARM_UP_ROUNDS, part)),
        usage.otherCores === null ? '' : usage.otherCores.toFixed(2),
        `${(answerBytes / 1_000).toFixed(1)} kB`,
        isDashboard ? (p95Ms <= DASHBOARD_MS_MAX ? 'dashboard' : `dashboard, over ${DASHBOARD_MS_MAX} ms`) : '',
      ]),
    ),
    'postgres, server: milliseconds of processor time a request. others: as above.',
    `Loaded in process at ${perSecond(load.events / load.usage.seconds)} events/s (${cores(load.usage)}${load.isCutShort ? '; stopped by --load-minutes' : ''}).`,
    `${(total / events).toFixed(0)} bytes an event, indexes and sums included: ${parts}.`,
    `Memory: server ${megabytes(memory.server)} (peak ${megabytes(memory.serverPeak)}), Postgres ${megabytes(memory.postgres)} with its shared buffers.`,
  ]
}

function rerating(phases: readonly ReratingPhase[]): string[] {
  const row = ({ usage, name, events, changed, seconds, workerMicros, workerPeak, ...rest }: ReratingPhase) => [
    name,
    count(events),
    count(changed),
    perSecond(events / seconds),
    workerMicros === 0 ? '' : `${workerMicros.toFixed(1)} µs`,
    ...['postgres', 'server'].map((part) => (usage.cores[part] ?? NaN).toFixed(2)),
    usage.otherCores === null ? '' : usage.otherCores.toFixed(2),
    megabytes(workerPeak),
    rest.dashboardP95Ms === null ? '' : `${ms(rest.dashboardP95Ms)} of ${rest.dashboards}`,
  ]
  return [
    'Rating again, in a worker process, while somebody asks the dashboards without a pause',
    ...table(
      ['', 'events', 'changed', 'events/s', 'worker', 'postgres', 'server', 'others', 'worker peak', 'dashboards p95'],
      phases.map(row),
    ),
    'worker: processor time of an event, its start included. postgres, server, others: cores kept busy.',
  ]
}

const STEP_NAMES: Record<string, string> = {
  START: 'snapshot',
  READ: 'reading the month',
  ALLOCATE: 'splitting over agents',
  STORE: 'splitting to tasks and writing, first half',
  SHARES: 'splitting to tasks and writing, second half',
  SWITCH: 'letting it hold and adding up',
  COMMIT: 'commit',
}

function allocation({
  events,
  agents,
  pools,
  places,
  seconds,
  steps,
  usage,
  workerPeak,
}: AllocationMeasurement): string[] {
  const postgres = (usage.cores['postgres'] ?? NaN) * usage.seconds
  return [
    `Allocation: ${pools} pools over a month of ${count(events)} events and ${agents} agents, down to ${count(places)} places, in a worker process`,
    ...table(
      ['', 'clock', 'worker'],
      steps.map(({ step, wallMs, cpuMs }) => [STEP_NAMES[step] ?? step, ms(wallMs), ms(cpuMs)]),
    ),
    `All of it: ${seconds.toFixed(1)} s, postgres ${postgres.toFixed(1)} s of processor time, worker peak ${megabytes(workerPeak)}, others ${usage.otherCores === null ? 'not told' : `${usage.otherCores.toFixed(2)} cores`}.`,
  ]
}

function alertLatency(measurement: LatencyMeasurement): string[] {
  const { crossings, eventsPerSecond, budgets, untilCommit, untilFrame, usage } = measurement
  const row = (label: string, { p50Ms, p95Ms, maxMs }: LatencyMeasurement['untilFrame']) => [
    label,
    ms(p50Ms),
    ms(p95Ms),
    ms(maxMs),
  ]
  const others = usage.otherCores === null ? 'not told' : `${usage.otherCores.toFixed(2)} cores`
  return [
    `Alerts: ${crossings} limits of ${count(budgets)} crossed one after the other, beside ${perSecond(eventsPerSecond)} events/s of the same tenant`,
    ...table(
      ['', 'p50', 'p95', 'most'],
      [
        row('from the POST to its answer, that is commit', untilCommit),
        row('from the POST to the frame on the subscription', untilFrame),
      ],
    ),
    `Meanwhile kept busy: ${cores(usage)}; others ${others}.`,
  ]
}

/** Where the time of the bulk path goes: a part that keeps a whole core busy is the limit. */
function limits({ http }: WriteResult, machine: BenchResult['machine']): string[] {
  const bulk = http[0]
  const busiest = Object.entries(bulk?.usage.cores ?? {}).sort(([, a], [, b]) => b - a)[0]
  if (bulk === undefined || busiest === undefined) return ['What limits bulk ingest: this system does not tell.']
  const [part, share] = busiest
  const { cores: used, otherCores } = bulk.usage
  const own = Object.values(used).reduce((sum, value) => sum + value, 0)
  const others = otherCores ?? 0
  const facts = `What limits bulk ingest: ${cores(bulk.usage)}, others ${others.toFixed(2)} of ${machine.cores} cores.`
  if (others > OTHERS_MAX)
    return [
      facts,
      'Other programs took a good part of this machine: the rates above are lower than it can do. Repeat it on a quiet one.',
    ]
  if (own > machine.cores * 0.9) return [facts, `All cores are busy; ${part} takes most.`]
  if (share > 0.9) return [facts, `${part} works on one core, and that core is busy.`]
  return [
    facts,
    `Nobody is busy all the time: the parts wait for one another (one batch of a tenant at a time), ${part} least.`,
  ]
}

function cores({ cores: used }: Usage): string {
  const parts = Object.entries(used).map(([part, value]) => `${part} ${value.toFixed(2)}`)
  return parts.length === 0 ? 'not told' : parts.join(', ')
}

const perSecond = (value: number) => count(Math.round(value))
const count = (value: number) => value.toLocaleString('en-GB')
const ratio = (value: number) => value.toFixed(2)
const ms = (value: number) => `${value.toFixed(1)} ms`
const megabytes = (bytes: number | null) => (bytes === null ? 'not told' : `${Math.round(bytes / 1e6)} MB`)
const gigabytes = (bytes: number) => `${Math.round(bytes / 2 ** 30)} GiB`
