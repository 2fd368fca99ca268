import {
  addDays,
  addMonths,
  daysBetween,
  firstOfMonth,
  isCalendarDate,
  type CalendarDate,
  type DateRange,
} from './calendar-date.ts'

/** The periods that people ask for by name. */
export const PRESET_IDS = ['today', '7d', 'mtd', 'last-month', '30d', '60d', '90d'] as const
export type PresetId = (typeof PRESET_IDS)[number]

/** A period as an address asks for it. `to` is the last day that is in it, as a date field shows it. */
export interface AskedPeriod {
  period: string | null
  from: string | null
  to: string | null
}

/** The longest range by dates: a bar per day stays readable by week and month, and the answer stays small. */
const DAYS_MAX = 731

const ROLLING_DAYS: Partial<Record<PresetId, number>> = { '7d': 7, '30d': 30, '60d': 60, '90d': 90 }

/**
 * The days that an address asks for, in a tenant's calendar; pages and exports read it alike. Dates need `period=custom`. What cannot be
 * read falls back to the month to date, days after today are left out, and of more than two years the last two are taken.
 *
 *     askedRange({ period: '7d', from: null, to: null }, '2026-11-23') // { preset: '7d', range: 17 to before 24 November }
 */
export function askedRange(asked: AskedPeriod, today: CalendarDate): { preset: PresetId | 'custom'; range: DateRange } {
  const custom = asked.period === 'custom' ? customRange(asked, today) : null
  if (custom !== null) return { preset: 'custom', range: custom }
  const preset = PRESET_IDS.find((id) => id === asked.period) ?? 'mtd'
  return { preset, range: presetRange(preset, today) }
}

function presetRange(preset: PresetId, today: CalendarDate): DateRange {
  const tomorrow = addDays(today, 1)
  const rolling = ROLLING_DAYS[preset]
  if (rolling !== undefined) return { from: addDays(tomorrow, -rolling), to: tomorrow }
  if (preset === 'today') return { from: today, to: tomorrow }
  const month = firstOfMonth(today)
  return preset === 'last-month' ? { from: addMonths(month, -1), to: month } : { from: month, to: tomorrow }
}

function customRange({ from, to: last }: AskedPeriod, today: CalendarDate): DateRange | null {
  if (from === null || last === null || !isCalendarDate(from) || !isCalendarDate(last) || last < from) return null
  const to = addDays(last > today ? today : last, 1)
  if (to <= from) return null
  return { from: daysBetween(from, to) > DAYS_MAX ? addDays(to, -DAYS_MAX) : from, to }
}
