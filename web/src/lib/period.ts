import { addDays, daysBetween, firstOfMonth, firstOfPreviousMonth, isDate, rangeText } from './calendar.ts'
import { first, type SearchParams } from './search-params.ts'

export type Preset = 'today' | '7d' | 'mtd' | 'last-month' | '30d' | '60d' | '90d' | 'custom'
export type Bins = 'day' | 'week' | 'month'

export const PRESETS: readonly { id: Preset; label: string }[] = [
  { id: 'today', label: 'Today' },
  { id: '7d', label: '7 d' },
  { id: 'mtd', label: 'Month to date' },
  { id: 'last-month', label: 'Last month' },
  { id: '30d', label: '30 d' },
  { id: '60d', label: '60 d' },
  { id: '90d', label: '90 d' },
]

const ROLLING_DAYS: Partial<Record<Preset, number>> = { '7d': 7, '30d': 30, '60d': 60, '90d': 90 }

/** The longest custom range: a bar per day stays readable by week and month, and the answer stays small. */
const MAX_DAYS = 731

/** A half-open range of calendar dates, as the API takes it. */
export interface DateRange {
  from: string
  to: string
}

export interface Period {
  preset: Preset
  range: DateRange
  /** The range without today, which is not over; equal to `range` when today is not in it. */
  full: DateRange
  fullDays: number
  hasPartialDay: boolean
  bins: Bins
  /** What series are asked for: hours when the range is one day. */
  granularity: 'HOUR' | 'DAY' | 'WEEK' | 'MONTH'
  isComparing: boolean
  /** The full days moved back by whole weeks, so that each day meets its own weekday; null when nothing can be compared. */
  comparison: DateRange | null
  comparisonWeeks: number
}

function presetRange(preset: Preset, today: string): DateRange {
  const tomorrow = addDays(today, 1)
  const rolling = ROLLING_DAYS[preset]
  if (rolling !== undefined) return { from: addDays(tomorrow, -rolling), to: tomorrow }
  if (preset === 'today') return { from: today, to: tomorrow }
  if (preset === 'last-month') return { from: firstOfPreviousMonth(today), to: firstOfMonth(today) }
  return { from: firstOfMonth(today), to: tomorrow }
}

/** The range of a custom link; `to` in the address is the last day included, as its date field shows it. */
function customRange(params: SearchParams, today: string): DateRange | null {
  const from = first(params.from)
  const last = first(params.to)
  if (from === null || last === null || !isDate(from) || !isDate(last) || last < from) return null
  const to = addDays(last > today ? today : last, 1)
  if (to <= from) return null
  return { from: daysBetween(from, to) > MAX_DAYS ? addDays(to, -MAX_DAYS) : from, to }
}

function readPreset(params: SearchParams): Preset {
  const asked = first(params.period)
  if (asked === 'custom') return 'custom'
  return PRESETS.find((preset) => preset.id === asked)?.id ?? 'mtd'
}

function readBins(params: SearchParams, days: number): Bins {
  const asked = first(params.bins)
  if (asked === 'day' || asked === 'week' || asked === 'month') return asked
  return days > 100 ? 'week' : 'day'
}

/**
 * The period a page's address asks for, in the tenant's calendar. Anything unreadable falls back to month to date.
 *
 * Comparison moves the full days back by the fewest whole weeks that clear them: 1–22 Nov is compared with 4–25 Oct, four weeks
 * earlier, so weekends meet weekends.
 */
export function readPeriod(params: SearchParams, today: string): Period {
  const custom = readPreset(params) === 'custom' ? customRange(params, today) : null
  const asked = readPreset(params)
  const preset = asked === 'custom' && custom === null ? 'mtd' : asked
  const range = custom ?? presetRange(preset, today)
  const hasPartialDay = range.to > today
  const full = hasPartialDay ? { from: range.from, to: today } : range
  const fullDays = Math.max(0, daysBetween(full.from, full.to))
  const isComparing = first(params.compare) !== 'off'
  const weeks = Math.ceil(fullDays / 7)
  const days = daysBetween(range.from, range.to)
  const bins = readBins(params, days)
  return {
    preset,
    range,
    full,
    fullDays,
    hasPartialDay,
    bins,
    granularity: days === 1 ? 'HOUR' : bins === 'day' ? 'DAY' : bins === 'week' ? 'WEEK' : 'MONTH',
    isComparing,
    comparison:
      isComparing && weeks > 0 ? { from: addDays(full.from, -7 * weeks), to: addDays(full.to, -7 * weeks) } : null,
    comparisonWeeks: weeks,
  }
}

/** `1–23 Nov 2026`. */
export function periodText(period: Period): string {
  return rangeText(period.range.from, period.range.to)
}

/** `4–25 Oct`, the days compared with. */
export function comparisonText(period: Period): string | null {
  return period.comparison === null ? null : rangeText(period.comparison.from, period.comparison.to, { year: false })
}

/** How the period is named inside a sentence: `month to date`, `in October`, `1–23 Nov`. */
export function periodPhrase(period: Period): string {
  const label = PRESETS.find((preset) => preset.id === period.preset)?.label.toLowerCase()
  return label ?? rangeText(period.range.from, period.range.to, { year: false })
}
