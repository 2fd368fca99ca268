import type { Quantity6 } from '../usage/quantity.ts'
import type { NewRate, Rate, RateSource } from './rate.ts'

/**
 * A graduated price: the rates of one key that differ in `aboveMonthlyQuantity`, as they are in force at one time. Its counter is the
 * quantity that the tenant's local month has used of it, and belongs to the key: new versions of the steps go on counting.
 */
export interface Ladder {
  id: string
  /** The lowest first; at least one. */
  steps: readonly LadderStep[]
}

/** The price of what the month uses beyond `above`, up to the next step. */
export interface LadderStep {
  above: Quantity6
  rate: Rate
}

/** A part of a quantity with the price of its step; null where it lies below the first step. */
export interface LadderPart<Price = Rate> {
  quantity: Quantity6
  rate: Price | null
}

/**
 * Divides a quantity over the steps of a ladder. `position` is what the month has used of it before. The parts add up to the quantity;
 * each lies within one step, and a step begins with the unit after `above`.
 *
 *     splitOverSteps({ position: 900, quantity: 300, steps: [0 → a, 1,000 → b] }) // 100 at a, 200 at b
 *     splitOverSteps({ position: 900, quantity: 100, steps: [0 → a, 1,000 → b] }) // 100 at a
 *     splitOverSteps({ position: 0, quantity: 300, steps: [200 → b] })            // 200 at no step, 100 at b
 */
export function splitOverSteps<Price = Rate>(use: {
  position: Quantity6
  quantity: Quantity6
  steps: readonly { above: Quantity6; rate: Price }[]
}): LadderPart<Price>[] {
  const end = use.position + use.quantity
  const parts: LadderPart<Price>[] = []
  let from = use.position
  let rate: Price | null = null
  for (const step of use.steps) {
    if (step.above >= end) break
    if (step.above > from) {
      parts.push({ quantity: step.above - from, rate })
      from = step.above
    }
    rate = step.rate
  }
  if (end > from) parts.push({ quantity: end - from, rate })
  return parts
}

/** What makes rates steps of one ladder, as canonical text: everything but the period, the price and the step itself. */
export function ladderKey(rate: NewRate & { source: RateSource }): string {
  const qualifiers = Object.entries(rate.qualifiers).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([rate.source, rate.provider.toLowerCase(), rate.resource, rate.meter, qualifiers])
}

/** The ladders among a tenant's rates, in all their versions. */
export interface LadderIndex {
  isEmpty: boolean
  /** The ladder that a rate is a step of. */
  idOf(rate: Rate): string | null
  /** Where a step begins in any version, zero left out; in no order. */
  boundariesOf(ladder: string): readonly Quantity6[]
}

/** `idOfKey` names a ladder by its key; the key itself serves where nothing is stored. */
export function indexLadders(rates: readonly Rate[], idOfKey: (key: string) => string = (key) => key): LadderIndex {
  const ids = new Map<string, string>()
  const boundaries = new Map<string, Set<Quantity6>>()
  for (const rate of rates) {
    if (rate.aboveMonthlyQuantity === null) continue
    const id = idOfKey(ladderKey(rate))
    ids.set(rate.id, id)
    const known = boundaries.get(id) ?? new Set()
    boundaries.set(id, known)
    if (rate.aboveMonthlyQuantity > 0n) known.add(rate.aboveMonthlyQuantity)
  }
  const lists = new Map([...boundaries].map(([id, quantities]) => [id, [...quantities]]))
  return {
    isEmpty: ids.size === 0,
    idOf: (rate) => ids.get(rate.id) ?? null,
    boundariesOf: (ladder) => lists.get(ladder) ?? [],
  }
}
