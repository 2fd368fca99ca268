import { pixelsOf } from '../../lib/format.ts'
import { axisTicks, placeLabels } from './scatter-layout.ts'

export interface ScatterPoint {
  id: string
  name: string
  /** Shares as decimal ratios: 0.25 is a quarter. */
  x: string
  y: string
  /** Stands out: in the colour of a warning, and named. */
  isFlagged: boolean
  /** Both values in words, for the pointer. */
  title: string
}

interface ScatterChartProps {
  label: string
  points: readonly ScatterPoint[]
  xName: string
  yName: string
  /** Lines through the origin with these slopes, and what lies above the last of them. */
  guides: readonly { slope: number; name: string; isDashed?: boolean }[]
}

const HEIGHT = 280
/** Points named beside the flagged ones: the largest. */
const NAMED = 5

/** Two shares of each against each other, on one scale from zero for both axes. */
export function ScatterChart({ label, points, xName, yName, guides }: ScatterChartProps) {
  const most = Math.max(...points.flatMap(({ x, y }) => [pixelsOf(x), pixelsOf(y)]), 0.01)
  const { max, ticks } = axisTicks(most)
  const placed = points.map((point) => ({
    ...point,
    left: Math.max(0, pixelsOf(point.x) / max),
    top: 1 - Math.max(0, pixelsOf(point.y) / max),
  }))
  const bySize = [...placed].sort((a, b) => pixelsOf(b.y) + pixelsOf(b.x) - pixelsOf(a.y) - pixelsOf(a.x))
  const named = placeLabels(
    [...bySize.filter((point) => point.isFlagged), ...bySize.filter((point) => !point.isFlagged).slice(0, NAMED)],
    HEIGHT,
  )
  return (
    <div role="img" aria-label={label} className="px-3.5 pt-3 pb-4 sm:px-5">
      <p className="mb-1 text-axis text-ink-3">↑ {yName}</p>
      <div className="relative ml-9" style={{ height: HEIGHT }}>
        <svg
          aria-hidden
          viewBox="0 0 1000 1000"
          preserveAspectRatio="none"
          className="absolute inset-0 size-full overflow-hidden"
        >
          {ticks.map((tick) => (
            <path
              key={tick}
              d={`M0 ${1000 - (tick / max) * 1000}H1000M${(tick / max) * 1000} 0V1000`}
              stroke="var(--grid)"
              fill="none"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {guides.map(({ slope, isDashed }) => (
            <path
              key={slope}
              d={`M0 1000L${1000 / Math.max(1, slope)} ${1000 - 1000 * Math.min(1, slope)}`}
              stroke="var(--line-2)"
              strokeDasharray={isDashed ? '3 3' : undefined}
              fill="none"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <path d="M0 0V1000H1000" stroke="var(--line-2)" fill="none" vectorEffect="non-scaling-stroke" />
        </svg>
        {ticks.map((tick) => (
          <span
            key={tick}
            aria-hidden
            className="num absolute right-full mr-2 -translate-y-1/2 text-axis text-ink-3"
            style={{ top: `${(1 - tick / max) * 100}%` }}
          >
            {percent(tick)}
          </span>
        ))}
        {guides.map(({ slope, name }) => (
          <span
            key={slope}
            aria-hidden
            className="absolute -translate-x-full pr-6 text-axis whitespace-nowrap text-ink-3 max-sm:hidden"
            style={{
              left: `${100 / Math.max(1, slope)}%`,
              top: `${(1 - Math.min(1, slope)) * 100}%`,
            }}
          >
            {name}
          </span>
        ))}
        {placed.map(({ id, name, title, left, top, isFlagged }) => (
          <span
            key={id}
            data-point
            title={`${name}: ${title}`}
            className="absolute flex size-4 -translate-1/2 items-center justify-center"
            style={{ left: `${left * 100}%`, top: `${top * 100}%` }}
          >
            <span
              className={`block size-2.5 border border-surface ${isFlagged ? 'rotate-45 bg-warn' : 'rounded-full bg-accent'}`}
            />
          </span>
        ))}
        {named.map(({ id, name, isFlagged, left, top, isLeft }) => (
          <span
            key={id}
            aria-hidden
            className={`pointer-events-none absolute max-w-[45%] -translate-y-1/2 truncate text-caption ${isFlagged ? 'font-[550] text-warn' : 'text-ink-2'} ${isLeft ? '-translate-x-full pr-2.5' : 'pl-2.5'}`}
            style={{ left: `${left * 100}%`, top: `${top * 100}%` }}
          >
            {name}
          </span>
        ))}
      </div>
      <div aria-hidden className="num relative mt-1 ml-9 h-4 text-axis text-ink-3">
        {ticks.map((tick) => (
          <span key={tick} className="absolute -translate-x-1/2" style={{ left: `${(tick / max) * 100}%` }}>
            {percent(tick)}
          </span>
        ))}
      </div>
      <p className="text-right text-axis text-ink-3">{xName} →</p>
    </div>
  )
}

function percent(tick: number): string {
  return `${Number((tick * 100).toPrecision(3))}\u00a0%`
}
