import { MONTHS_SHORT } from './calendar.ts'
import { compareDecimals } from './format.ts'
import { conditionText } from './rate-text.ts'

/** The geometry of the timeline of prices: rows of (provider, resource, meter), a lane per variant, a bar per version. */

export interface TimelineRate {
  id: string
  provider: string
  resource: string
  meter: string
  source: 'CONTRACT' | 'MANUAL' | 'CATALOGUE'
  state: 'DRAFT' | 'ACTIVE' | 'WITHDRAWN'
  effectiveFrom?: string | null
  effectiveTo?: string | null
  abovePromptTokens?: string | null
  aboveMonthlyQuantity?: string | null
  qualifiers?: Record<string, unknown> | null
}

/** A version as shares of the axis, 0…1. Geometry only. */
export interface TimelineBar<Rate> {
  rate: Rate
  left: number
  width: number
  /** It began before the axis does. */
  isOpenStart: boolean
  /** It has no end, or one beyond the axis. */
  isOpenEnd: boolean
}

export interface TimelineLane<Rate> {
  id: string
  source: TimelineRate['source']
  /** What the lane applies to beyond the meter; null for plain prices. */
  condition: string | null
  bars: TimelineBar<Rate>[]
}

export interface TimelineRow<Rate> {
  id: string
  provider: string
  resource: string
  meter: string
  hasOwn: boolean
  lanes: TimelineLane<Rate>[]
}

export interface Timeline<Rate> {
  startMs: number
  endMs: number
  /** Where now is on the axis. */
  nowAt: number
  ticks: { at: number; text: string }[]
  rows: TimelineRow<Rate>[]
}

const DAY_MS = 86_400_000
/** At least this much is shown before and after now, and never more than this before. */
const LEAST_BACK_MS = 60 * DAY_MS
const MOST_BACK_MS = 730 * DAY_MS
/** An end further away than this does not stretch the axis; a start does. */
const MOST_AHEAD_OF_ENDS_MS = 120 * DAY_MS
const LEAST_AHEAD_SHARE = 0.12
const MOST_TICKS = 8

const PRECEDENCE = { CONTRACT: 0, MANUAL: 1, CATALOGUE: 2 } as const

function startOf(rate: TimelineRate): number {
  return rate.effectiveFrom == null ? -Infinity : Date.parse(rate.effectiveFrom)
}

function endOf(rate: TimelineRate): number {
  return rate.effectiveTo == null ? Infinity : Date.parse(rate.effectiveTo)
}

/**
 * From the earliest start of the last two years to a little beyond now, or beyond what is planned. A price that is older begins at the
 * edge and says so.
 */
function axisOf(rates: readonly TimelineRate[], nowMs: number): { startMs: number; endMs: number } {
  const starts = rates.map(startOf)
  const ends = rates
    .map(endOf)
    .filter((ms) => ms < Infinity)
    .map((ms) => Math.min(ms, nowMs + MOST_AHEAD_OF_ENDS_MS))
  const bounds = [...starts, ...ends].filter((ms) => ms > -Infinity)
  const startMs = Math.max(Math.min(nowMs - LEAST_BACK_MS, ...bounds), nowMs - MOST_BACK_MS)
  const planned = Math.min(Math.max(nowMs, ...bounds), nowMs + MOST_BACK_MS)
  const least = nowMs + (nowMs - startMs) * LEAST_AHEAD_SHARE
  return { startMs, endMs: planned > nowMs ? Math.max(least, planned + (planned - startMs) * 0.08) : least }
}

/** Months at equal steps, at most eight; the year stands at the first of them and at each January. */
function ticksOf(startMs: number, endMs: number): { at: number; text: string }[] {
  const start = new Date(startMs)
  const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1)
  const monthAfter = (ms: number, months: number): number => {
    const date = new Date(ms)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  }
  const months: number[] = []
  for (let ms = first; ms < endMs; ms = monthAfter(ms, 1)) months.push(ms)
  const step = [1, 2, 3, 6, 12].find((one) => Math.ceil(months.length / one) <= MOST_TICKS) ?? 12
  const chosen = months.filter((ms) => new Date(ms).getUTCMonth() % step === 0)
  return chosen.map((ms, index) => {
    const date = new Date(ms)
    const month = MONTHS_SHORT[date.getUTCMonth()] ?? ''
    const hasYear = index === 0 || date.getUTCMonth() === 0
    return { at: (ms - startMs) / (endMs - startMs), text: hasYear ? `${month} ${date.getUTCFullYear()}` : month }
  })
}

/** How lanes follow each other: contract, manual, catalogue; published before draft; plain first, then lower thresholds before higher. */
function compareLanes(a: TimelineRate, b: TimelineRate): number {
  const draft = (rate: TimelineRate): number => (rate.state === 'DRAFT' ? 1 : 0)
  const threshold = (rate: TimelineRate): string => rate.aboveMonthlyQuantity ?? rate.abovePromptTokens ?? '-1'
  return (
    PRECEDENCE[a.source] - PRECEDENCE[b.source] ||
    draft(a) - draft(b) ||
    compareDecimals(threshold(a), threshold(b)) ||
    (conditionText(a) ?? '').localeCompare(conditionText(b) ?? '', 'en', { numeric: true })
  )
}

/** The variants of one row, each with its versions in the order of time. */
function lanesOf<Rate extends TimelineRate>(
  rates: readonly Rate[],
  bar: (rate: Rate) => TimelineBar<Rate> | null,
): TimelineLane<Rate>[] {
  const lanes = new Map<string, TimelineLane<Rate>>()
  for (const rate of [...rates].sort(compareLanes)) {
    const drawn = bar(rate)
    if (drawn === null) continue
    const condition = conditionText(rate)
    const id = [rate.source, rate.state === 'DRAFT' ? 'draft' : null, condition].filter(Boolean).join(' ')
    const lane = lanes.get(id)
    if (lane === undefined) lanes.set(id, { id, source: rate.source, condition, bars: [drawn] })
    else lane.bars.push(drawn)
  }
  for (const lane of lanes.values()) lane.bars.sort((a, b) => a.left - b.left)
  return [...lanes.values()]
}

/**
 * Rates as a timeline around `nowMs`. Withdrawn rates price nothing and are not drawn; a version that ended before the axis begins is not
 * drawn either. Rows with own prices come first, then by name.
 */
export function rateTimeline<Rate extends TimelineRate>(rates: readonly Rate[], nowMs: number): Timeline<Rate> {
  const drawn = rates.filter((rate) => rate.state !== 'WITHDRAWN')
  const { startMs, endMs } = axisOf(drawn, nowMs)
  const length = endMs - startMs
  const bar = (rate: Rate): TimelineBar<Rate> | null => {
    const from = startOf(rate)
    const to = endOf(rate)
    if (to <= startMs || from >= endMs || to <= from) return null
    const left = (Math.max(from, startMs) - startMs) / length
    const right = (Math.min(to, endMs) - startMs) / length
    return { rate, left, width: right - left, isOpenStart: from < startMs, isOpenEnd: to > endMs }
  }
  const groups = new Map<string, Rate[]>()
  for (const rate of drawn) {
    const id = `${rate.provider}\n${rate.resource}\n${rate.meter}`
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [rate])
    else group.push(rate)
  }
  const rows = [...groups].flatMap(([id, group]): TimelineRow<Rate>[] => {
    const [first] = group
    const lanes = lanesOf(group, bar)
    if (first === undefined || lanes.length === 0) return []
    const hasOwn = group.some((rate) => rate.source !== 'CATALOGUE')
    return [{ id, provider: first.provider, resource: first.resource, meter: first.meter, hasOwn, lanes }]
  })
  rows.sort((a, b) => (a.hasOwn === b.hasOwn ? a.id.localeCompare(b.id, 'en', { numeric: true }) : a.hasOwn ? -1 : 1))
  return { startMs, endMs, nowAt: (nowMs - startMs) / length, ticks: ticksOf(startMs, endMs), rows }
}
