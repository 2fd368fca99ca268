import type { BenchResult } from '../main.ts'
import { percentile } from '../percentile.ts'
import type { Usage } from '../processes.ts'
import { table } from '../text-table.ts'
import type { Opening } from './open-page.ts'
import type { ServerSeries } from './read-document.ts'

/** What the portal is held to, at p95 where it varies. */
const AIMS = { serverMs: 150, lcpMs: 1_000, cls: 0.02, sharedBytes: 130_000, routeBytes: 60_000 } as const

/** With more cores taken by other programs a time says little. */
const OTHERS_MAX = 0.2

export interface PageMeasurement extends ServerSeries {
  route: string
  address: string
  /** While the documents were read, the warm-up included. */
  usage: Usage
  /** With the bytes of the scripts that the sign-in page does not bring, as sent. */
  openings: (Omit<Opening, 'scripts'> & { scriptBytes: number })[]
  /** Visits that ended with an error, in its words; they are in no figure. */
  failures: string[]
}

export interface PortalSeries {
  /** Whose pages they are. */
  name: string
  /** That count, of each page and each way of measuring. */
  visits: number
  /** Bytes of the scripts that the sign-in page brings too, of every visit. */
  shared: number[]
  pages: PageMeasurement[]
}

export interface PortalResult extends Pick<BenchResult, 'machine' | 'startedAt'> {
  series: PortalSeries[]
  minutes: number
}

/** The result as a person reads it: a table for each tenant, and under it what misses an aim and what limits it. */
export function portalReport({ machine, startedAt, series, minutes }: PortalResult): string {
  return [
    '',
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, PostgreSQL ${machine.postgres}, ${startedAt}`,
    '',
    ...series.flatMap((one) => [...siteReport(one), '']),
    `The whole run took ${minutes.toFixed(1)} minutes.`,
  ].join('\n')
}

function siteReport({ name, visits, shared, pages }: PortalSeries): string[] {
  const measured = pages.filter(({ openings }) => openings.length > 0)
  const sharedMax = Math.max(0, ...shared)
  const failures = pages.flatMap((page) => page.failures.map((failure) => `${page.address} failed: ${failure}`))
  const misses = measured.flatMap((page) => missesOf(page).map((miss) => `${page.address}: ${miss}`))
  return [
    `The portal on ${name}, ${visits} visits of each page with an empty cache, 1280 × 900`,
    ...table(
      [
        '',
        'server p50',
        'p95',
        'first byte',
        'operations',
        'their ms',
        'cpu',
        'LCP p50',
        'p95',
        'CLS',
        'route js',
        'nodes',
        '',
      ],
      measured.map(row),
    ),
    'server: the document read without a browser, to its last byte, ms. operations: of GraphQL, their ms added up though they overlap.',
    'cpu: milliseconds of processor time of the server and Postgres a document. LCP, CLS (p95) and nodes: in Chromium.',
    `Scripts that every route brings: ${kilobytes(sharedMax)} as sent${sharedMax > AIMS.sharedBytes ? `, over ${kilobytes(AIMS.sharedBytes)}` : ''}.`,
    ...(misses.length === 0 ? ['Every page meets every aim.'] : ['Missed, and what limits it:', ...misses]),
    ...failures,
    ...noise(measured),
  ]
}

function row(page: PageMeasurement): string[] {
  const { address, firstByteMs, lastByteMs, operations, operationsMs, openings, usage } = page
  const of = (read: (opening: PageMeasurement['openings'][number]) => number) => openings.map(read)
  const busy = ['server', 'postgres'].reduce((sum, part) => sum + (usage.cores[part] ?? NaN), 0) * usage.seconds
  return [
    address,
    ms(percentile(lastByteMs, 0.5)),
    ms(percentile(lastByteMs, 0.95)),
    ms(percentile(firstByteMs, 0.5)),
    operations.toFixed(0),
    ms(operationsMs),
    ms((busy * 1_000) / (lastByteMs.length + 1)),
    ms(
      percentile(
        of(({ lcpMs }) => lcpMs),
        0.5,
      ),
    ),
    ms(
      percentile(
        of(({ lcpMs }) => lcpMs),
        0.95,
      ),
    ),
    percentile(
      of(({ cls }) => cls),
      0.95,
    ).toFixed(3),
    kilobytes(Math.max(...of(({ scriptBytes }) => scriptBytes))),
    percentile(
      of(({ nodes }) => nodes),
      0.5,
    ).toFixed(0),
    missesOf(page).length === 0 ? '' : 'missed',
  ]
}

function missesOf({ firstByteMs, lastByteMs, operations, operationsMs, openings }: PageMeasurement): string[] {
  const p95 = (values: readonly number[]) => percentile(values, 0.95)
  const server = p95(lastByteMs)
  const lcp = p95(openings.map(({ lcpMs }) => lcpMs))
  const cls = p95(openings.map((opening) => opening.cls))
  const scripts = Math.max(...openings.map(({ scriptBytes }) => scriptBytes))
  const misses: string[] = []
  if (server > AIMS.serverMs) {
    const untilFirst = percentile(firstByteMs, 0.5)
    const whole = percentile(lastByteMs, 0.5)
    misses.push(
      `server ${ms(server)} of ${AIMS.serverMs} ms: ${ms(untilFirst)} ms to the first byte and ${ms(whole)} ms to the last at the median, with ${operations.toFixed(0)} operations of ${ms(operationsMs)} ms`,
    )
  }
  if (lcp > AIMS.lcpMs) {
    const first = p95(openings.map((opening) => opening.firstByteMs))
    misses.push(
      `LCP ${ms(lcp)} of ${AIMS.lcpMs} ms: the first byte takes ${ms(first)} of it (p95), the rest is the document on its way, scripts and drawing`,
    )
  }
  if (cls > AIMS.cls) {
    const worst = openings.reduce((most, opening) => (opening.cls > most.cls ? opening : most))
    misses.push(`CLS ${cls.toFixed(3)} of ${AIMS.cls}: ${worst.moved.slice(0, 3).join('; ')}`)
  }
  if (scripts > AIMS.routeBytes) misses.push(`scripts ${kilobytes(scripts)} of ${kilobytes(AIMS.routeBytes)}`)
  return misses
}

function noise(pages: readonly PageMeasurement[]): string[] {
  const others = pages.map(({ usage }) => usage.otherCores ?? 0)
  if (percentile(others, 0.5) <= OTHERS_MAX) return []
  return [
    `Other programs kept ${percentile(others, 0.5).toFixed(2)} cores busy at the median: the times above are longer than they need be. Repeat it on a quiet machine.`,
  ]
}

const ms = (value: number) => value.toFixed(0)
const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`
