import { scaleLinear, type ScaleLinear } from 'd3-scale'

/** A value axis from zero up to a round number, as a share of the plot's height measured from its top (0 top, 1 bottom). */
export function valueAxis(max: number, count: number): { y: ScaleLinear<number, number>; ticks: number[] } {
  const y = scaleLinear()
    .domain([0, max > 0 ? max : 1])
    .range([1, 0])
    .nice(count)
  return { y, ticks: y.ticks(count) }
}

/** An axis label: 1500 is `1.5k`, 0.002 is `0.002`. */
export function axisLabel(value: number): string {
  const tidy = (one: number): string => String(Number.parseFloat(one.toPrecision(6)))
  if (value >= 1_000_000) return `${tidy(value / 1_000_000)}M`
  if (value >= 1_000) return `${tidy(value / 1_000)}k`
  return tidy(value)
}

/** Which of `count` bins get a label so that about `most` fit: always the first, then evenly. */
export function labelledBins(count: number, most: number): Set<number> {
  const step = Math.max(1, Math.ceil(count / most))
  return new Set(Array.from({ length: count }, (_, index) => index).filter((index) => index % step === 0))
}
