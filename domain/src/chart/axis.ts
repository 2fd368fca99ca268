/** A value axis: where a value stands as a share of the plot's height from its top (0 top, 1 bottom), and the round numbers on it. */
export interface ValueAxis {
  y: (value: number) => number
  ticks: number[]
}

/**
 * An axis from zero (or from below it, where there is something below) up to a round number. For drawing only: places of pixels, no amounts.
 *
 *     valueAxis(870, 4).ticks // [0, 200, 400, 600, 800, 1000]
 */
export function valueAxis(max: number, count: number, min = 0): ValueAxis {
  const lowest = Math.min(min, 0)
  const highest = max > 0 ? max : lowest < 0 ? 0 : 1
  const steps = stepsPerUnit(lowest, highest, count)
  const bottom = Math.floor(times(lowest, steps))
  const top = Math.ceil(times(highest, steps))
  const ticks = Array.from({ length: top - bottom + 1 }, (_, i) => over(bottom + i, steps))
  const [first, last] = [over(bottom, steps), over(top, steps)]
  return { y: (value) => 1 - (value - first) / (last - first), ticks }
}

/** A step of 1, 2 or 5 times a power of ten: below one as its reciprocal, which is whole, so that 3 × 0.1 is written 0.3. */
interface Steps {
  whole: number
  isReciprocal: boolean
}

function stepsPerUnit(lowest: number, highest: number, count: number): Steps {
  const rough = (highest - lowest) / count
  const power = Math.floor(Math.log10(rough))
  const lead = rough / 10 ** power
  const factor = lead >= Math.sqrt(50) ? 10 : lead >= Math.sqrt(10) ? 5 : lead >= Math.sqrt(2) ? 2 : 1
  return power < 0
    ? { whole: 10 ** -power / factor, isReciprocal: true }
    : { whole: 10 ** power * factor, isReciprocal: false }
}

function times(value: number, { whole, isReciprocal }: Steps): number {
  return isReciprocal ? value * whole : value / whole
}

function over(steps: number, { whole, isReciprocal }: Steps): number {
  return isReciprocal ? steps / whole : steps * whole
}

/** An axis label: 1500 is `1.5k`, 0.002 is `0.002`. */
export function axisLabel(value: number): string {
  const tidy = (one: number): string => String(Number(one.toPrecision(6)))
  const magnitude = Math.abs(value)
  if (magnitude >= 1_000_000) return `${tidy(value / 1_000_000)}M`
  if (magnitude >= 1_000) return `${tidy(value / 1_000)}k`
  return tidy(value)
}

/** Which of `count` bins get a label so that about `most` fit: always the first, then evenly. */
export function labelledBins(count: number, most: number): Set<number> {
  const step = Math.max(1, Math.ceil(count / most))
  return new Set(Array.from({ length: count }, (_, index) => index).filter((index) => index % step === 0))
}
