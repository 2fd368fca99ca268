import { line, curveMonotoneX } from 'd3-shape'
import { pixelsOf } from '../../lib/format.ts'

interface SparklineProps {
  /** Decimal texts; null where nothing is known. */
  values: readonly (string | null)[]
  colour?: string
  width?: number
  height?: number
  area?: boolean
  /** Fill the given space instead of a fixed width. */
  stretch?: boolean
}

/** A line of a few values, free of an axis. The numbers stand beside it, so it is silent for screen readers. */
export function Sparkline({
  values,
  colour = 'var(--ink-2)',
  width = 56,
  height = 20,
  area = false,
  stretch = false,
}: SparklineProps) {
  const known = values.map((value, index) => ({ index, value: value === null ? null : pixelsOf(value) }))
  const points = known.filter((point): point is { index: number; value: number } => point.value !== null)
  if (points.length < 2)
    return <span className="block" style={{ width: stretch ? '100%' : width, height }} aria-hidden />
  const max = Math.max(...points.map((point) => point.value))
  const min = Math.min(...points.map((point) => point.value))
  const spread = max - min || 1
  const x = (index: number): number => 2 + (index / (values.length - 1)) * (width - 6)
  const y = (value: number): number => 3 + (1 - (value - min) / spread) * (height - 6)
  const path =
    line<{ index: number; value: number }>(
      (point) => x(point.index),
      (point) => y(point.value),
    ).curve(curveMonotoneX)(points) ?? ''
  const last = points.at(-1)
  const first = points[0]
  return (
    <span aria-hidden className="relative block" style={{ width: stretch ? '100%' : width, height }}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        width="100%"
        height={height}
        className="block overflow-visible"
      >
        {area && first && last ? (
          <path d={`${path}L${x(last.index)},${height}L${x(first.index)},${height}Z`} fill={colour} fillOpacity="0.1" />
        ) : null}
        <path
          d={path}
          fill="none"
          stroke={colour}
          strokeWidth="1.4"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      {last === undefined ? null : (
        <span
          className="absolute size-1 -translate-1/2 rounded-full"
          style={{ left: `${(x(last.index) / width) * 100}%`, top: y(last.value), background: colour }}
        />
      )}
    </span>
  )
}
