import { curveMonotoneX, line } from 'd3-shape'
import type { ReactNode } from 'react'
import { decimalText, pixelsOf } from '../../lib/format.ts'
import { axisLabel, labelledBins, valueAxis } from '@outlay/domain/chart/axis'

export interface Bin {
  id: string
  label: string
  amount: string
  /** The sum up to and with this bin. */
  running: string
  isPartial: boolean
  /** The same bin of the comparison, when there is one. */
  before: string | null
  beforeRunning: string | null
}

/** Where a running total will most likely end. */
export interface Course {
  /** Bins between the last one and the end. */
  ahead: number
  /** What the end is called: "30 Nov". */
  endName: string
  p10: string
  p50: string
  p90: string
  /** What it may come to by the end; null without a budget. */
  budget: string | null
}

interface CumulativeChartProps {
  /** The whole chart in words. */
  label: string
  bins: readonly Bin[]
  /** Names of the two lines. */
  ownName: string
  beforeName: string | null
  /** Beside the last point, e.g. "3,908.23 through 14:05". */
  endLabel: string
  perBin: string
  /** Drawn on to the end, dotted, with its interval. */
  course?: Course | null
}

const LINE_HEIGHT = 236
const BARS_HEIGHT = 64

/**
 * The running total as a line, and under it each bin as a bar on its own scale. Shapes stretch with the card, text does not: the SVG holds
 * only geometry, labels are HTML at the same percentages.
 */
export function CumulativeChart(props: CumulativeChartProps) {
  const { bins, label, ownName, beforeName, course } = props
  return (
    <figure aria-label={label} className="px-3.5 pt-3 pb-4 sm:px-5">
      <Legend>
        <LegendItem name={ownName} mark={<span className="h-0.5 w-4 bg-accent" />} />
        {beforeName === null ? null : (
          <LegendItem name={beforeName} mark={<span className="w-4 border-t-2 border-dashed border-compare" />} />
        )}
        {course == null ? null : (
          <>
            <LegendItem
              name="forecast, 80 % interval"
              mark={<span className="h-2.5 w-4 border-t-2 border-dotted border-accent bg-accent-soft" />}
            />
            {course.budget === null ? null : <LegendItem name="budget" mark={<span className="h-0.5 w-3 bg-ink" />} />}
          </>
        )}
        {bins.some((bin) => bin.isPartial) ? (
          <LegendItem name="partial day" mark={<span className="hatch size-3 rounded-bar" />} />
        ) : null}
      </Legend>
      <LinePanel {...props} />
      <BarsPanel {...props} />
    </figure>
  )
}

export function Legend({ children }: { children: ReactNode }) {
  return <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-caption text-ink-2">{children}</ul>
}

export function LegendItem({ name, mark }: { name: string; mark: ReactNode }) {
  return (
    <li className="flex items-center gap-2">
      <span aria-hidden className="flex items-center">
        {mark}
      </span>
      {name}
    </li>
  )
}

function xOf(index: number, count: number): number {
  return (index + 0.5) / count
}

function LinePanel({ label, bins, endLabel, course }: CumulativeChartProps) {
  const count = countOf({ bins, course })
  const own = bins.map((bin, index) => ({ x: xOf(index, count), value: pixelsOf(bin.running) }))
  const before = bins.flatMap((bin, index) =>
    bin.beforeRunning === null ? [] : [{ x: xOf(index, count), value: pixelsOf(bin.beforeRunning) }],
  )
  const end = course == null ? null : endOf(course)
  const most = Math.max(
    ...own.map((point) => point.value),
    ...before.map((point) => point.value),
    ...(end === null ? [] : [end.high, end.budget ?? 0]),
  )
  // A tenth of room above the highest point for its label.
  const { y, ticks } = valueAxis(most * 1.1, 4)
  const path = line<{ x: number; value: number }>(
    (point) => point.x * 1000,
    (point) => y(point.value) * LINE_HEIGHT,
  ).curve(curveMonotoneX)
  const last = own.at(-1)
  return (
    <div className={`relative ml-10 ${marginOf(course)}`} style={{ height: LINE_HEIGHT }}>
      {ticks.map((tick) => (
        <AxisLabel key={tick} value={tick} top={y(tick)} />
      ))}
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 1000 ${LINE_HEIGHT}`}
        preserveAspectRatio="none"
        className="absolute inset-0 size-full overflow-visible"
      >
        {ticks.map((tick) => (
          <line
            key={tick}
            x1="0"
            x2="1000"
            y1={y(tick) * LINE_HEIGHT}
            y2={y(tick) * LINE_HEIGHT}
            stroke={tick === 0 ? 'var(--line-2)' : 'var(--chart-grid)'}
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {end === null || last === undefined ? null : (
          <>
            <path
              d={`M${last.x * 1000},${y(last.value) * LINE_HEIGHT} L${end.x * 1000},${y(end.high) * LINE_HEIGHT} L${end.x * 1000},${y(end.low) * LINE_HEIGHT} Z`}
              fill="color-mix(in srgb, var(--accent) 15%, transparent)"
            />
            <path
              d={path([last, { x: end.x, value: end.middle }]) ?? ''}
              fill="none"
              stroke="var(--accent)"
              strokeWidth="2"
              strokeDasharray="1 4"
              strokeLinecap="round"
              vectorEffect="non-scaling-stroke"
            />
          </>
        )}
        <path
          d={path(before) ?? ''}
          fill="none"
          stroke="var(--chart-compare)"
          strokeWidth="1.5"
          strokeDasharray="3 3"
          vectorEffect="non-scaling-stroke"
        />
        <path
          d={path(own) ?? ''}
          fill="none"
          stroke="var(--accent)"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      {last === undefined ? null : (
        <div className="absolute" style={{ left: `${last.x * 100}%`, top: `${y(last.value) * 100}%` }}>
          <span
            aria-hidden
            className="absolute size-2.5 -translate-1/2 rounded-full border-2 border-accent bg-surface"
          />
          <span className="num absolute right-2 bottom-2 text-axis font-[550] whitespace-nowrap">{endLabel}</span>
        </div>
      )}
      {course == null || end === null ? null : <EndLabels course={course} end={end} y={y} />}
    </div>
  )
}

/** All bins of the axis, those that are only expected included. */
function countOf({ bins, course }: Pick<CumulativeChartProps, 'bins' | 'course'>): number {
  return bins.length + (course?.ahead ?? 0)
}

/** Room for what is written right of the end. */
function marginOf(course: Course | null | undefined): string {
  return course == null ? '' : 'sm:mr-24'
}

interface End {
  x: number
  low: number
  middle: number
  high: number
  budget: number | null
}

function endOf({ p10, p50, p90, budget }: Course): End {
  return {
    x: 1,
    low: pixelsOf(p10),
    middle: pixelsOf(p50),
    high: pixelsOf(p90),
    budget: budget === null ? null : pixelsOf(budget),
  }
}

/**
 * Right of the plot: the budget as a tick at the end of the period, and where the line ends. What lies higher is written above its place and
 * the other below, so that they do not meet. On a phone the heading says it.
 */
function EndLabels({ course, end, y }: { course: Course; end: End; y: (value: number) => number }) {
  const { budget } = course
  const isBudgetAbove = end.budget !== null && end.budget >= end.middle
  return (
    <div className="text-axis whitespace-nowrap max-sm:hidden">
      {end.budget === null || budget === null ? null : (
        <div className="absolute left-full" style={{ top: `${y(end.budget) * 100}%` }}>
          <span aria-hidden className="absolute right-0 h-0.5 w-3 -translate-y-1/2 bg-ink" />
          <span className={`num absolute left-2 font-[550] ${isBudgetAbove ? '-bottom-1' : '-top-1'}`}>
            Budget {marginText(budget)}
          </span>
        </div>
      )}
      <div className="absolute left-full" style={{ top: `${y(end.middle) * 100}%` }}>
        <span
          className={`num absolute left-2 text-ink-3 ${isBudgetAbove || end.budget === null ? '-top-1' : '-bottom-1'}`}
        >
          <span className="block font-[550] text-accent-ink">Forecast {marginText(course.p50)}</span>
          <span className="block">
            {marginText(course.p10)}–{marginText(course.p90)}
          </span>
        </span>
      </div>
    </div>
  )
}

/** In whole units, and from ten millions on as the axis says it: the margin has room for no more, and the heading has every digit. */
function marginText(amount: string): string {
  const whole = decimalText(amount, 0)
  return whole.length < 10 ? whole : axisLabel(pixelsOf(amount))
}

/** The value of a tick, beside its line. */
export function AxisLabel({ value, top }: { value: number; top: number }) {
  return (
    <span
      aria-hidden
      className="num absolute right-full mr-2.5 -translate-y-1/2 text-axis text-ink-3"
      style={{ top: `${top * 100}%` }}
    >
      {axisLabel(value)}
    </span>
  )
}

function BarsPanel({ bins, perBin, course }: CumulativeChartProps) {
  const count = countOf({ bins, course })
  const max = Math.max(
    ...bins.map((bin) => Math.max(pixelsOf(bin.amount), bin.before === null ? 0 : pixelsOf(bin.before))),
  )
  const { y, ticks } = valueAxis(max, 4)
  const top = ticks.at(-1) ?? 0
  const wide = labelledBins(count, 10)
  const narrow = labelledBins(count, 5)
  return (
    <>
      <div className={`relative mt-5 ml-10 max-sm:hidden ${marginOf(course)}`} style={{ height: BARS_HEIGHT }}>
        <AxisLabel value={top} top={0} />
        <div aria-hidden className="absolute inset-x-0 top-0 border-t border-grid" />
        <div aria-hidden className="absolute inset-x-0 bottom-0 border-t border-line-2" />
        <div aria-hidden className="absolute inset-0 flex items-end">
          {bins.map((bin) => (
            <div key={bin.id} title={barTitle(bin)} className="relative flex h-full flex-1 items-end justify-center">
              <span
                className={`block w-[66%] max-w-9 rounded-t-bar ${bin.isPartial ? 'hatch' : 'bg-[var(--chart-1)]'}`}
                style={{
                  height: `${(1 - y(pixelsOf(bin.amount))) * 100}%`,
                  minHeight: pixelsOf(bin.amount) > 0 ? 1 : 0,
                }}
              />
              {bin.before === null ? null : (
                <span
                  className="absolute h-0.5 w-[84%] max-w-11 bg-compare"
                  style={{ top: `calc(${y(pixelsOf(bin.before)) * 100}% - 1px)` }}
                />
              )}
            </div>
          ))}
          {Array.from({ length: count - bins.length }, (_, index) => (
            <div key={index} className="flex-1" />
          ))}
        </div>
      </div>
      <div aria-hidden className={`relative mt-1.5 ml-10 h-4 text-axis text-ink-3 ${marginOf(course)}`}>
        {bins.map((bin, index) => {
          const isLast = index === bins.length - 1 && bin.isPartial
          if (!wide.has(index) && !isLast) return null
          if (!isLast && bins.at(-1)?.isPartial && bins.length - 1 - index < count / 14) return null
          return (
            <span
              key={bin.id}
              className={`num absolute -translate-x-1/2 ${isLast ? 'font-[550] text-ink' : ''} ${narrow.has(index) || isLast ? '' : 'max-sm:hidden'}`}
              style={{ left: `${xOf(index, count) * 100}%` }}
            >
              {bin.label}
            </span>
          )
        })}
        {course == null || course.ahead < count / 8 ? null : (
          <span className="num absolute right-0 max-sm:hidden">{course.endName}</span>
        )}
      </div>
      <figcaption className="mt-1 ml-10 text-axis text-ink-3 max-sm:hidden">{perBin}</figcaption>
    </>
  )
}

function barTitle(bin: Bin): string {
  const before = bin.before === null ? '' : `, compared with ${decimalText(bin.before, 2)}`
  return `${bin.label}: ${decimalText(bin.amount, 2)}${bin.isPartial ? ' so far' : ''}${before}`
}
