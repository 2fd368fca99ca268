import { decimalText, pixelsOf } from '../../lib/format.ts'
import type { StackSeries } from '../../lib/spend-stack.ts'
import { AxisLabel, Legend, LegendItem } from './cumulative-chart.tsx'
import { labelledBins, valueAxis } from '@outlay/domain/chart/axis'

export interface StackBin {
  id: string
  label: string
  isPartial: boolean
  /** What the series come to in it. */
  amount: string
}

interface StackedBarsProps {
  /** The whole chart in words. */
  label: string
  bins: readonly StackBin[]
  /** Stacked from the axis up, in this order; each has an amount for each bin. */
  series: readonly StackSeries[]
}

const HEIGHT = 260

/**
 * Each bin as one bar of coloured parts, on an axis from zero. A part below zero takes no room: it is in the table, and whoever draws says
 * so. The bin that is not over is hatched.
 */
export function StackedBars({ label, bins, series }: StackedBarsProps) {
  const heights = bins.map((_, i) => series.reduce((sum, { amounts }) => sum + drawn(amounts[i]), 0))
  const { y, ticks } = valueAxis(Math.max(...heights, 0), 4)
  const wide = labelledBins(bins.length, 10)
  const narrow = labelledBins(bins.length, 5)
  return (
    <figure aria-label={label} className="px-3.5 pt-3 pb-4 sm:px-5">
      <Legend>
        {series.map(({ id, name, colour }) => (
          <LegendItem
            key={id}
            name={name}
            mark={<span className="size-3 rounded-bar" style={{ background: colour }} />}
          />
        ))}
        {bins.some(({ isPartial }) => isPartial) ? (
          <LegendItem name="hatched: not over yet" mark={<span className="hatch size-3 rounded-bar" />} />
        ) : null}
      </Legend>
      <div role="img" aria-label={label} className="relative ml-10" style={{ height: HEIGHT }}>
        {ticks.map((tick) => (
          <AxisLabel key={tick} value={tick} top={y(tick)} />
        ))}
        {ticks.map((tick) => (
          <div
            key={tick}
            aria-hidden
            className={`absolute inset-x-0 border-t ${tick === 0 ? 'border-line-2' : 'border-grid'}`}
            style={{ top: `${y(tick) * 100}%` }}
          />
        ))}
        <div aria-hidden className="absolute inset-0 flex items-end">
          {bins.map((bin, i) => (
            <div
              key={bin.id}
              title={titleOf(bin, i, series)}
              className="flex h-full flex-1 flex-col-reverse items-center"
            >
              {series.map(({ id, colour, amounts }) => {
                const share = 1 - y(drawn(amounts[i]))
                return share > 0 ? (
                  <span
                    key={id}
                    className={`block w-[72%] max-w-11 ${share > 0.012 ? 'border-t border-surface' : ''}`}
                    style={{
                      height: `${share * 100}%`,
                      background: bin.isPartial ? hatched(colour) : colour,
                    }}
                  />
                ) : null
              })}
            </div>
          ))}
        </div>
      </div>
      <div aria-hidden className="relative mt-1.5 ml-10 h-4 text-axis text-ink-3">
        {bins.map((bin, index) => {
          const isLast = index === bins.length - 1 && bin.isPartial
          if (!wide.has(index) && !isLast) return null
          if (!isLast && bins.at(-1)?.isPartial && bins.length - 1 - index < bins.length / 14) return null
          return (
            <span
              key={bin.id}
              className={`num absolute -translate-x-1/2 whitespace-nowrap ${isLast ? 'font-[550] text-ink' : ''} ${narrow.has(index) || isLast ? '' : 'max-sm:hidden'}`}
              style={{ left: `${((index + 0.5) / bins.length) * 100}%` }}
            >
              {bin.label}
            </span>
          )
        })}
      </div>
    </figure>
  )
}

function drawn(amount: string | undefined): number {
  return Math.max(0, pixelsOf(amount ?? '0'))
}

function hatched(colour: string): string {
  return `repeating-linear-gradient(135deg, ${colour} 0 2px, color-mix(in srgb, ${colour} 30%, var(--surface)) 2px 5px)`
}

function titleOf({ label, amount, isPartial }: StackBin, index: number, series: readonly StackSeries[]): string {
  const parts = series.map(({ name, amounts }) => `${name} ${decimalText(amounts[index] ?? '0', 2)}`)
  return `${label}: ${decimalText(amount, 2)}${isPartial ? ' so far' : ''}\n${parts.join('\n')}`
}
