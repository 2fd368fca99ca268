import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Events in the history when the queries are timed, ascending. */
  sizes: number[]
  /** Events of each ingest measurement. */
  ingestEvents: number
  /** Events of the month that is allocated. */
  allocationEvents: number
  /** Rounds of each query. */
  rounds: number
  /** A history that is not loaded by then stays smaller, and the report says so. */
  loadMinutesMax: number
  /** Crossings whose alert is waited for. */
  crossings: number
  /** Only how long an alert takes. */
  isLatencyOnly: boolean
  jsonFile: string | null
}

export interface AnomalyOptions {
  /** Seeds of each set, the one the method was made with and the one held out. */
  seeds: number
  /** Series of each seed, kind and noise. */
  seriesPerCell: number
}

export interface PortalOptions {
  /** Events of the bench's tenant. */
  events: number
  /** Visits of each page that count. */
  visits: number
  /** Only addresses that begin with this; null: all. */
  only: string | null
  loadMinutesMax: number
  jsonFile: string | null
}

export interface ReportOptions {
  /** Events of the month that the pack is of. */
  events: number
  /** How often the pack is made. */
  runs: number
  loadMinutesMax: number
  jsonFile: string | null
}

export interface ExportsOptions {
  /** Which files: those of FOCUS, with a worker that is killed in the middle, or the events as CSV and XLSX. */
  of: 'focus' | 'exports'
  /** Events of the bench's tenant. */
  events: number
  loadMinutesMax: number
  jsonFile: string | null
}

export const usage = `npm run bench -- [options]
npm run bench -- latency [--quick]                 only the time from an event to the alert that it causes
npm run bench -- anomaly [--seeds N] [--quick]     only the evaluation of anomaly detection, without a database
npm run bench -- portal [--events N] [--visits N] [--only PATH] [--quick]
                                                   only the portal's pages in Chromium, on the demo and on N events (1,000,000)
npm run bench -- reports [--events N] [--runs N] [--quick]
                                                   only a finance pack of a month of N events (1,000,000)
npm run bench -- focus [--events N] [--quick]      only the FOCUS files of N events (400,000: a million rows)
npm run bench -- exports [--events N] [--quick]    only the invocations of N events (300,000) as CSV and XLSX

  --quick             200,000 events instead of 1 M and 5 M, and smaller measurements: about two minutes
  --events A,B        other sizes of the history, ascending
  --load-minutes N    most minutes for loading each size (default 20)
  --json FILE         the whole result as JSON as well`

export function readOptions(args: string[]): BenchOptions {
  const isLatencyOnly = args[0] === 'latency'
  const { values } = parseArgs({
    args: isLatencyOnly ? args.slice(1) : args,
    options: {
      quick: { type: 'boolean', default: false },
      events: { type: 'string' },
      'load-minutes': { type: 'string', default: '20' },
      json: { type: 'string' },
    },
  })
  const sizes = (values.events ?? (values.quick ? '200000' : '1000000,5000000')).split(',').map(positive)
  if (sizes.some((size, index) => size <= (sizes[index - 1] ?? 0))) throw new Error('--events must ascend.')
  return {
    sizes,
    allocationEvents: values.quick ? 100_000 : 1_000_000,
    ingestEvents: values.quick ? 50_000 : 200_000,
    rounds: values.quick ? 30 : 60,
    loadMinutesMax: positive(values['load-minutes']),
    crossings: values.quick ? 100 : 200,
    isLatencyOnly,
    jsonFile: values.json ?? null,
  }
}

/** Null when the bench is asked for everything else. */
export function readAnomalyOptions(args: string[]): AnomalyOptions | null {
  if (args[0] !== 'anomaly') return null
  const options = { quick: { type: 'boolean', default: false }, seeds: { type: 'string' } } as const
  const { values } = parseArgs({ args: args.slice(1), options })
  return { seeds: positive(values.seeds ?? (values.quick ? '4' : '20')), seriesPerCell: values.quick ? 5 : 20 }
}

/** Null when the bench is asked for everything else. */
export function readPortalOptions(args: string[]): PortalOptions | null {
  if (args[0] !== 'portal') return null
  const { values } = parseArgs({
    args: args.slice(1),
    options: {
      quick: { type: 'boolean', default: false },
      events: { type: 'string' },
      visits: { type: 'string' },
      only: { type: 'string' },
      'load-minutes': { type: 'string', default: '20' },
      json: { type: 'string' },
    },
  })
  return {
    events: positive(values.events ?? (values.quick ? '50000' : '1000000')),
    visits: positive(values.visits ?? (values.quick ? '5' : '20')),
    only: values.only ?? null,
    loadMinutesMax: positive(values['load-minutes']),
    jsonFile: values.json ?? null,
  }
}

/** Null when the bench is asked for everything else. */
export function readReportOptions(args: string[]): ReportOptions | null {
  if (args[0] !== 'reports') return null
  const { values } = parseArgs({
    args: args.slice(1),
    options: {
      quick: { type: 'boolean', default: false },
      events: { type: 'string' },
      runs: { type: 'string', default: '3' },
      'load-minutes': { type: 'string', default: '20' },
      json: { type: 'string' },
    },
  })
  return {
    events: positive(values.events ?? (values.quick ? '50000' : '1000000')),
    runs: positive(values.runs),
    loadMinutesMax: positive(values['load-minutes']),
    jsonFile: values.json ?? null,
  }
}

/** Null when the bench is asked for everything else. */
export function readExportsOptions(args: string[]): ExportsOptions | null {
  const [of] = args
  if (of !== 'focus' && of !== 'exports') return null
  const { values } = parseArgs({
    args: args.slice(1),
    options: {
      quick: { type: 'boolean', default: false },
      events: { type: 'string' },
      'load-minutes': { type: 'string', default: '20' },
      json: { type: 'string' },
    },
  })
  const events = of === 'focus' ? '400000' : '300000'
  return {
    of,
    events: positive(values.events ?? (values.quick ? '20000' : events)),
    loadMinutesMax: positive(values['load-minutes']),
    jsonFile: values.json ?? null,
  }
}

function positive(text: string): number {
  if (!/^\d{1,9}$/.test(text) || /^0+$/.test(text)) throw new Error(`"${text}" is not a whole number above zero.`)
  return Number.parseInt(text, 10)
}
