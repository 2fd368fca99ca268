import type { AttributedCostFragment } from '../generated/graphql.ts'
import { attributedOf } from './basis.ts'
import { dateText } from './calendar.ts'
import type { Bin } from '../components/chart/cumulative-chart.tsx'
import { sumOf } from './format.ts'
import type { Period } from './period.ts'
import { dateOf, timeText } from './time.ts'

interface Point {
  start: string
  end: string
  isPartial: boolean
  cost: { total: { amount: string } }
}

/** The same series without what is allocated: two periods are compared so while the pools of one are not split. */
export function attributedSeries<Point extends { cost: AttributedCostFragment }>(
  points: readonly Point[],
): (Point & { cost: { total: { amount: string } } })[] {
  return points.map((point) => ({ ...point, cost: { ...point.cost, total: attributedOf(point.cost) } }))
}

/** `1`, `28 Oct`, `w/c 2 Nov`, `Nov`, `14:00`: how a bin is called on the axis. */
function binLabel(start: string, previous: string | undefined, period: Period, timeZone: string): string {
  if (period.granularity === 'HOUR') return timeText(start, timeZone)
  const date = dateOf(start, timeZone)
  if (period.granularity === 'MONTH') return dateText(date).split(' ')[1] ?? date
  const crossesMonth = previous !== undefined && dateOf(previous, timeZone).slice(0, 7) !== date.slice(0, 7)
  const isOneMonth = period.range.from.slice(0, 7) === dateOf(start, timeZone).slice(0, 7)
  if (period.granularity === 'DAY' && isOneMonth && !crossesMonth) return String(Number.parseInt(date.slice(8), 10))
  return dateText(date)
}

/**
 * A series as bins with running totals, each beside its bin of the comparison. Comparison bins pair by position; a partial bin has none,
 * because an unfinished day is not compared. Hours pair only for whole days.
 */
export function binsOf(points: readonly Point[], before: readonly Point[], period: Period, timeZone: string): Bin[] {
  const pairs = period.granularity === 'DAY' || (period.granularity === 'WEEK' && before.length <= points.length)
  let running = '0'
  let beforeRunning: string | null = '0'
  return points.map((point, index) => {
    running = sumOf([running, point.cost.total.amount])
    const other = pairs && !point.isPartial ? before[index] : undefined
    beforeRunning =
      other === undefined || beforeRunning === null ? null : sumOf([beforeRunning, other.cost.total.amount])
    const isToday = point.isPartial && period.granularity === 'DAY'
    return {
      id: point.start,
      label: isToday ? 'today' : binLabel(point.start, points[index - 1]?.start, period, timeZone),
      amount: point.cost.total.amount,
      running,
      isPartial: point.isPartial,
      before: other?.cost.total.amount ?? null,
      beforeRunning,
    }
  })
}
