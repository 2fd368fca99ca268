import { askedRange, type PresetId } from '@outlay/domain/periods/asked-range'
import { addDays, daysBetween, rangeText } from './calendar.ts'
import { first, type SearchParams } from './search-params.ts'

export type Preset = PresetId | 'custom'
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
  const asked = { period: first(params.period), from: first(params.from), to: first(params.to) }
  const { preset, range } = askedRange(asked, today)
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
