import { decimalText, pixelsOf } from '../../lib/format.ts'
import { axisLabel, labelledBins, valueAxis } from '@outlay/domain/chart/axis'
import { Legend, LegendItem } from '../chart/cumulative-chart.tsx'

export interface Day {
  id: string
  label: string
  actual: string
  low: string | null
  high: string | null
  isFlagged: boolean
  isPartial: boolean
}

const HEIGHT = 208

/** Cost per day as bars, each before the band its weekday usually keeps to; days that were flagged are red. */
export function DaysChart({ label, days }: { label: string; days: readonly Day[] }) {
  const most = Math.max(...days.map((day) => Math.max(pixelsOf(day.actual), pixelsOf(day.high ?? '0'))), 0)
  const { y, ticks } = valueAxis(most, 4)
  const hasBand = days.some((day) => day.high !== null)
  const labelled = labelledBins(days.length, 4)
  const pixels = (from: number, to: number) => ({
    bottom: `${(1 - y(from)) * 100}%`,
    height: `${(y(from) - y(to)) * 100}%`,
  })
  return (
    <figure aria-label={label} className="pt-3">
      {hasBand || days.some((day) => day.isFlagged) ? (
        <Legend>
          {hasBand ? (
            <LegendItem name="expected band" mark={<span className="h-2.5 w-4 rounded-bar bg-line-2" />} />
          ) : null}
          <LegendItem name="out of it" mark={<span className="size-2.5 rounded-bar bg-bad" />} />
        </Legend>
      ) : null}
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
          {days.map((day) => (
            <span key={day.id} title={dayTitle(day)} className="relative h-full flex-1">
              {day.low === null || day.high === null ? null : (
                <span
                  className="absolute inset-x-[6%] bg-line-2"
                  style={{ ...pixels(pixelsOf(day.low), pixelsOf(day.high)), minHeight: 1 }}
                />
              )}
              <span
                className={`absolute inset-x-[18%] rounded-t-bar ${day.isFlagged ? 'bg-bad' : day.isPartial ? 'hatch' : 'bg-[var(--chart-1)]'}`}
                style={{ ...pixels(0, pixelsOf(day.actual)), minHeight: pixelsOf(day.actual) > 0 ? 1 : 0 }}
              />
            </span>
          ))}
        </div>
      </div>
      <div aria-hidden className="relative mt-1.5 ml-10 h-4 text-axis text-ink-3">
        {days.map((day, index) => {
          const isLast = index === days.length - 1
          if (!isLast && (!labelled.has(index) || index > days.length - 5)) return null
          return (
            <span
              key={day.id}
              className={`num absolute ${isLast ? 'right-0 font-[550] text-ink' : index === 0 ? 'left-0' : '-translate-x-1/2'}`}
              style={isLast || index === 0 ? {} : { left: `${((index + 0.5) / days.length) * 100}%` }}
            >
              {day.label}
            </span>
          )
        })}
      </div>
    </figure>
  )
}

function dayTitle({ label, actual, low, high, isPartial }: Day): string {
  const band = low === null || high === null ? '' : `, expected ${decimalText(low, 2)} to ${decimalText(high, 2)}`
  return `${label}: ${decimalText(actual, 2)}${isPartial ? ' so far' : ''}${band}`
}
