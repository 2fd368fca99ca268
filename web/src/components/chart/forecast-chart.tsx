import { axisLabel, labelledBins, valueAxis } from '@outlay/domain/chart/axis'
import { Legend, LegendItem } from './cumulative-chart.tsx'
import { dateText } from '../../lib/calendar.ts'
import { decimalText, pixelsOf } from '../../lib/format.ts'

interface Day {
  day: string
  actual?: { amount: string } | null
  p10?: { amount: string } | null
  p50?: { amount: string } | null
  p90?: { amount: string } | null
}

interface ForecastChartProps {
  label: string
  days: readonly Day[]
  today: string
  /** What stands below a bin, and how it is named; a day without them. */
  binLabel?: (day: string) => string
  binName?: (day: string) => string
}

const dayOfMonth = (day: string): string => String(Number.parseInt(day.slice(8), 10))

const HEIGHT = 176

/** What each day (or month, by its first day) cost, and of those to come the interval they will most likely cost, with its middle as a line. */
export function ForecastChart({ label, days, today, binLabel = dayOfMonth, binName = dateText }: ForecastChartProps) {
  const most = Math.max(...days.map(({ actual, p90 }) => Math.max(value(actual), value(p90))), 0)
  const { y, ticks } = valueAxis(most, 4)
  const wide = labelledBins(days.length, 10)
  const narrow = labelledBins(days.length, 5)
  const span = (from: number, to: number) => ({
    bottom: `${(1 - y(from)) * 100}%`,
    height: `${(y(from) - y(to)) * 100}%`,
  })
  return (
    <figure aria-label={label} className="pt-3">
      <Legend>
        <LegendItem name="spent" mark={<span className="size-2.5 rounded-bar bg-[var(--chart-1)]" />} />
        <LegendItem name="forecast, 80 % interval" mark={<span className="h-2.5 w-4 rounded-bar bg-accent-soft" />} />
        {days.some(({ day }) => day === today) ? (
          <LegendItem name="partial day" mark={<span className="hatch size-3 rounded-bar" />} />
        ) : null}
      </Legend>
      <div role="img" aria-label={label} className="relative ml-10" style={{ height: HEIGHT }}>
        {ticks.map((tick) => (
          <span key={tick} aria-hidden>
            <span
              className="num absolute right-full mr-2.5 -translate-y-1/2 text-axis text-ink-3"
              style={{ top: `${y(tick) * 100}%` }}
            >
              {axisLabel(tick)}
            </span>
            <span
              className={`absolute inset-x-0 border-t ${tick === 0 ? 'border-line-2' : 'border-grid'}`}
              style={{ top: `${y(tick) * 100}%` }}
            />
          </span>
        ))}
        <div aria-hidden className="absolute inset-0 flex">
          {days.map((one) => (
            <span key={one.day} title={titleOf(one, binName)} className="relative h-full flex-1">
              {one.p10 == null || one.p90 == null ? null : (
                <span
                  className="absolute inset-x-[14%] rounded-bar bg-[color-mix(in_srgb,var(--accent)_22%,var(--surface))]"
                  style={{ ...span(value(one.p10), value(one.p90)), minHeight: 2 }}
                />
              )}
              {one.p50 == null ? null : (
                <span
                  className="absolute inset-x-[14%] h-0.5 bg-accent"
                  style={{ top: `calc(${y(value(one.p50)) * 100}% - 1px)` }}
                />
              )}
              {one.actual == null ? null : (
                <span
                  className={`absolute inset-x-[20%] rounded-t-bar ${one.day === today ? 'hatch' : 'bg-[var(--chart-1)]'}`}
                  style={{ ...span(0, value(one.actual)), minHeight: value(one.actual) > 0 ? 1 : 0 }}
                />
              )}
            </span>
          ))}
        </div>
      </div>
      <div aria-hidden className="relative mt-1.5 ml-10 h-4 text-axis text-ink-3">
        {days.map(({ day }, index) =>
          wide.has(index) ? (
            <span
              key={day}
              className={`num absolute -translate-x-1/2 ${narrow.has(index) ? '' : 'max-sm:hidden'}`}
              style={{ left: `${((index + 0.5) / days.length) * 100}%` }}
            >
              {binLabel(day)}
            </span>
          ) : null,
        )}
      </div>
    </figure>
  )
}

/** For geometry only. */
function value(money: { amount: string } | null | undefined): number {
  return pixelsOf(money?.amount ?? '0')
}

function titleOf({ day, actual, p10, p50, p90 }: Day, nameOf: (day: string) => string): string {
  const parts = [
    actual == null ? null : `${decimalText(actual.amount, 2)} spent`,
    p10 == null || p50 == null || p90 == null
      ? null
      : `forecast ${decimalText(p50.amount, 2)}, ${decimalText(p10.amount, 2)} to ${decimalText(p90.amount, 2)}`,
  ].filter((part) => part !== null)
  return `${nameOf(day)}: ${parts.join(', ')}`
}
