import { area, curveMonotoneX, line } from 'd3-shape'
import { pixelsOf } from '../../lib/format.ts'
import { axisLabel, valueAxis } from '@outlay/domain/chart/axis'
import { Legend, LegendItem } from '../chart/cumulative-chart.tsx'

/** The end of an hour: what was spent by then that day, and what usually is. */
export interface Hour {
  label: string
  /** 0…1 of the day. */
  at: number
  actual: string | null
  expected: string | null
  low: string | null
  high: string | null
}

interface HoursChartProps {
  label: string
  hours: readonly Hour[]
  endLabel: string
  /** Where it ends if nothing changes, as text and for the line. */
  pace: { amount: string; label: string } | null
  usualLabel: string | null
}

const HEIGHT = 208

/** A day's cumulative cost as a line against the band it usually keeps to; what is above the usual is shaded. */
export function HoursChart({ label, hours, endLabel, pace, usualLabel }: HoursChartProps) {
  const known = hours.flatMap(({ at, actual, expected }) =>
    actual === null ? [] : [{ at, value: pixelsOf(actual), usual: expected === null ? null : pixelsOf(expected) }],
  )
  const usual = hours.flatMap(({ at, expected, low, high }) =>
    expected === null
      ? []
      : [{ at, value: pixelsOf(expected), low: pixelsOf(low ?? expected), high: pixelsOf(high ?? expected) }],
  )
  const hasBand = hours.some((hour) => hour.high !== null)
  const last = known.at(-1)
  const end = usual.at(-1)
  const most = Math.max(
    ...known.map((one) => one.value),
    ...usual.map((one) => one.high),
    pixelsOf(pace?.amount ?? '0'),
  )
  const { y, ticks } = valueAxis(most * 1.08, 4)
  const px = (value: number) => y(value) * HEIGHT
  const path = line<{ at: number; value: number }>(
    (one) => one.at * 1000,
    (one) => px(one.value),
  ).curve(curveMonotoneX)
  const band = area<(typeof usual)[number]>(
    (one) => one.at * 1000,
    (one) => px(one.low),
    (one) => px(one.high),
  ).curve(curveMonotoneX)
  const above = area<(typeof known)[number]>(
    (one) => one.at * 1000,
    (one) => px(Math.min(one.value, one.usual ?? one.value)),
    (one) => px(one.value),
  ).curve(curveMonotoneX)
  const onPace = last === undefined || pace === null ? [] : [last, { at: 1, value: pixelsOf(pace.amount) }]
  return (
    <figure aria-label={label} className="pt-3">
      <Legend>
        <LegendItem name="this day" mark={<span className="h-0.5 w-4 bg-accent" />} />
        {usual.length === 0 ? null : (
          <LegendItem
            name={hasBand ? 'usual, and its band' : 'usual'}
            mark={
              hasBand ? (
                <span className="h-2.5 w-4 rounded-bar bg-line-2" />
              ) : (
                <span className="w-4 border-t-2 border-dashed border-compare" />
              )
            }
          />
        )}
        {pace === null ? null : (
          <LegendItem name="if nothing changes" mark={<span className="w-4 border-t-2 border-dotted border-bad" />} />
        )}
      </Legend>
      <div className="relative ml-10 sm:mr-24" style={{ height: HEIGHT }}>
        {ticks.map((tick) => (
          <span
            key={tick}
            aria-hidden
            className="num absolute right-full mr-2.5 -translate-y-1/2 text-axis text-ink-3"
            style={{ top: `${y(tick) * 100}%` }}
          >
            {axisLabel(tick)}
          </span>
        ))}
        <svg
          role="img"
          aria-label={label}
          viewBox={`0 0 1000 ${HEIGHT}`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full overflow-visible"
        >
          {ticks.map((tick) => (
            <line
              key={tick}
              x1="0"
              x2="1000"
              y1={px(tick)}
              y2={px(tick)}
              stroke={tick === 0 ? 'var(--line-2)' : 'var(--chart-grid)'}
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <path d={band(usual) ?? ''} fill="var(--chart-other)" fillOpacity="0.35" />
          <path d={above(known) ?? ''} fill="var(--bad)" fillOpacity="0.16" />
          <path
            d={path(usual) ?? ''}
            fill="none"
            stroke="var(--chart-compare)"
            strokeWidth="1.5"
            strokeDasharray="3 3"
            vectorEffect="non-scaling-stroke"
          />
          <path
            d={path(onPace) ?? ''}
            fill="none"
            stroke="var(--bad)"
            strokeWidth="1.5"
            strokeDasharray="1.5 3.5"
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
          <path
            d={path(known) ?? ''}
            fill="none"
            stroke="var(--accent)"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        {last === undefined ? null : (
          <div className="absolute" style={{ left: `${last.at * 100}%`, top: `${y(last.value) * 100}%` }}>
            <span
              aria-hidden
              className="absolute size-2.5 -translate-1/2 rounded-full border-2 border-accent bg-surface"
            />
            <span className={`num absolute bottom-2 text-axis font-[550] ${last.at > 0.3 ? 'right-2' : 'left-2'}`}>
              {endLabel}
            </span>
          </div>
        )}
        {pace === null ? null : <EndLabel top={y(pixelsOf(pace.amount))} className="text-bad" text={pace.label} />}
        {end === undefined || usualLabel === null ? null : (
          <EndLabel top={y(end.value)} className="text-ink-2" text={usualLabel} />
        )}
      </div>
      <div aria-hidden className="relative mt-1.5 ml-10 h-4 text-axis text-ink-3 sm:mr-24">
        {['00:00', '06:00', '12:00', '18:00', '24:00'].map((text, index) => (
          <span key={text} className="num absolute -translate-x-1/2" style={{ left: `${index * 25}%` }}>
            {text}
          </span>
        ))}
      </div>
    </figure>
  )
}

/** Right of the plot, where there is room for it. */
function EndLabel({ top, className, text }: { top: number; className: string; text: string }) {
  return (
    <span
      className={`num absolute left-full ml-2 -translate-y-1/2 text-axis font-[550] max-sm:hidden ${className}`}
      style={{ top: `${top * 100}%` }}
    >
      {text}
    </span>
  )
}
