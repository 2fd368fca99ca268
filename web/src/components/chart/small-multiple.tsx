import { area, curveMonotoneX, line } from 'd3-shape'
import { pixelsOf } from '../../lib/format.ts'

interface SmallMultipleProps {
  name: string
  figure: string
  values: readonly (string | null)[]
  colour: string
  from: string
  to: string
  note: string
}

const HEIGHT = 64

/** One series from zero, on its own scale, with its ends named. */
export function SmallMultiple({ name, figure, values, colour, from, to, note }: SmallMultipleProps) {
  const points = values.flatMap((value, index) =>
    value === null
      ? []
      : [{ x: values.length < 2 ? 500 : (index / (values.length - 1)) * 1000, value: pixelsOf(value) }],
  )
  const max = Math.max(...points.map((point) => point.value), 0) || 1
  const y = (value: number): number => HEIGHT - (value / (max * 1.15)) * HEIGHT
  const last = points.at(-1)
  return (
    <figure className="min-w-0">
      <figcaption className="flex justify-between gap-2">
        <span className="truncate">{name}</span>
        <span className="num font-[550]">{figure}</span>
      </figcaption>
      <div className="relative mt-1.5 border-y border-t-grid border-b-line-2" style={{ height: HEIGHT + 2 }}>
        <svg
          aria-hidden
          viewBox={`0 0 1000 ${HEIGHT}`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full overflow-visible"
        >
          <path
            d={
              area<{ x: number; value: number }>(
                (point) => point.x,
                HEIGHT,
                (point) => y(point.value),
              ).curve(curveMonotoneX)(points) ?? ''
            }
            fill={colour}
            fillOpacity="0.1"
          />
          <path
            d={
              line<{ x: number; value: number }>(
                (point) => point.x,
                (point) => y(point.value),
              ).curve(curveMonotoneX)(points) ?? ''
            }
            fill="none"
            stroke={colour}
            strokeWidth="1.6"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        {last === undefined ? null : (
          <span
            aria-hidden
            className="absolute size-1.5 -translate-1/2 rounded-full"
            style={{ left: `${last.x / 10}%`, top: y(last.value), background: colour }}
          />
        )}
      </div>
      <p className="mt-1 flex justify-between text-axis text-ink-3">
        <span>{from}</span>
        <span>{to}</span>
      </p>
      <p className="num text-axis text-ink-2">{note}</p>
    </figure>
  )
}
