import { DomainError } from '../errors.ts'

/** Below it every product, quotient and remainder of integers held as `number` is exact. */
const EXACT_MAX = 2n ** 52n

/**
 * Weights that many wholes are split by, prepared once: the arithmetic of `apportion` (law L8: largest remainder; ties: larger weight,
 * then the earlier position) for hundreds of thousands of places. The weights come in the order in which ties are broken.
 *
 * Weights are divided by their greatest common divisor, which changes no proportion. While whole × largest weight then stays below 2^52
 * the integers are held as `number`, where they are exact; beyond that as `bigint`. Both give the same parts.
 *
 * Throws DomainError NEGATIVE_WEIGHT naming the weight.
 *
 *     const uses = new Proportions([1n, 1n, 1n])
 *     uses.split(10000n, (position, part) => …) // 0: 3334n, 1: 3333n, 2: 3333n
 *     uses.split(-1n, (position, part) => …)    // 0: -1n
 */
export class Proportions {
  /** Σ of the weights as they came. */
  readonly sum: bigint
  readonly #weights: Float64Array | readonly bigint[]
  readonly #weightSum: bigint
  readonly #largest: bigint

  constructor(weights: readonly bigint[]) {
    const { sum, divisor, largest } = measure(weights)
    this.sum = sum
    this.#weightSum = sum / divisor
    this.#largest = largest / divisor
    if (this.#weightSum < EXACT_MAX) this.#weights = Float64Array.from(weights, (weight) => Number(weight / divisor))
    else this.#weights = divisor === 1n ? weights : weights.map((weight) => weight / divisor)
  }

  /**
   * Hands out the whole, each part that is not zero once, by position. False, and nothing handed out, when every weight is zero: there is
   * no proportion to follow. A negative whole is split like its absolute value.
   */
  split(total: bigint, give: (position: number, part: bigint) => void): boolean {
    if (this.#weightSum === 0n) return false
    if (total < 0n) return this.split(-total, negated(give))
    const weights = this.#weights
    if (weights instanceof Float64Array && total * this.#largest < EXACT_MAX) {
      splitNumbers(Number(total), weights, Number(this.#weightSum), give)
    } else {
      const large = weights instanceof Float64Array ? Array.from(weights, BigInt) : weights
      splitBigInts(total, large, this.#weightSum, give)
    }
    return true
  }
}

type Give = (position: number, part: bigint) => void

/**
 * What `new Proportions(weights).split(total, give)` does, without preparing anything: for few weights and one whole.
 */
export function splitOnce(total: bigint, weights: readonly bigint[], give: Give): boolean {
  if (total < 0n) return splitOnce(-total, weights, negated(give))
  let sum = 0n
  for (const weight of weights) sum += checked(weight)
  if (sum > 0n) splitBigInts(total, weights, sum, give)
  return sum > 0n
}

function measure(weights: readonly bigint[]): { sum: bigint; divisor: bigint; largest: bigint } {
  let [sum, divisor, largest] = [0n, 0n, 0n]
  for (const weight of weights) {
    sum += checked(weight)
    if (weight > largest) largest = weight
    if (weight === 0n || divisor === 1n) continue
    if (divisor === 0n || weight % divisor !== 0n) divisor = greatestCommonDivisor(weight, divisor)
  }
  return { sum, divisor: divisor === 0n ? 1n : divisor, largest }
}

function negated(give: Give): Give {
  return (position, part) => give(position, -part)
}

function checked(weight: bigint): bigint {
  if (weight >= 0n) return weight
  throw new DomainError('NEGATIVE_WEIGHT', `A weight is ${weight}; it cannot be below zero.`)
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

function splitNumbers(total: number, weights: Float64Array, sum: number, give: Give): void {
  const parts = new Float64Array(weights.length)
  const remainders = new Float64Array(weights.length)
  let left = total
  for (let position = 0; position < weights.length; position += 1) {
    const product = total * weights[position]!
    // A quotient below the integer k is at least 1/sum below it, and rounding moves it by less than k/2^53 < 1/sum: it never reaches k.
    const floor = Math.floor(product / sum)
    parts[position] = floor
    remainders[position] = product - floor * sum
    left -= floor
  }
  for (const position of receivers(left, weights, remainders, () => remainders.slice().sort())) parts[position]! += 1
  for (let position = 0; position < parts.length; position += 1) {
    const part = parts[position]!
    if (part !== 0) give(position, BigInt(part))
  }
}

function splitBigInts(total: bigint, weights: readonly bigint[], sum: bigint, give: Give): void {
  const parts: bigint[] = []
  const remainders: bigint[] = []
  let left = total
  for (const weight of weights) {
    const product = total * weight
    const floor = product / sum
    parts.push(floor)
    remainders.push(product - floor * sum)
    left -= floor
  }
  const ascending = () => remainders.slice().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  for (const position of receivers(Number(left), weights, remainders, ascending)) parts[position]! += 1n
  for (let position = 0; position < parts.length; position += 1) {
    const part = parts[position]!
    if (part !== 0n) give(position, part)
  }
}

/** The positions that get one of the units that are left: the largest remainders, of equal ones the larger weight, then the earlier. */
function receivers<T extends number | bigint>(
  left: number,
  weights: ArrayLike<T>,
  remainders: ArrayLike<T>,
  ascending: () => ArrayLike<T>,
): number[] {
  if (left === 0) return []
  const least = ascending()[remainders.length - left]!
  const above: number[] = []
  const tied: number[] = []
  for (let position = 0; position < remainders.length; position += 1) {
    const remainder = remainders[position]!
    if (remainder > least) above.push(position)
    else if (remainder === least) tied.push(position)
  }
  // The sort is stable: of equal weights the earlier position stays in front.
  tied.sort((a, b) => (weights[a]! > weights[b]! ? -1 : weights[a]! < weights[b]! ? 1 : 0))
  return [...above, ...tied.slice(0, left - above.length)]
}
