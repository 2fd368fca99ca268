import { DomainError, invariant } from '../errors.ts'

export interface Weight {
  id: string
  weight: bigint
}

/**
 * Splits a whole into integer parts in proportion to weights, so that the parts sum to the whole (law L8). Each part is its exact
 * share rounded toward zero; what is left goes, one each, to the largest remainders (ties: larger weight, then smaller id). `total`
 * counts the smallest unit to hand out (pennies, or 10^-18); a negative total is split like its absolute value.
 *
 * Null when every weight is zero: there is no proportion to follow and the caller's policy decides (law L18). An id of weight zero
 * gets zero. Throws DomainError NEGATIVE_WEIGHT naming the id.
 *
 *     apportion({ total: 10000n, weights: [{ id: 'T1', weight: 1n }, { id: 'T2', weight: 1n }, { id: 'T3', weight: 1n }] })
 *     // T1 3334, T2 3333, T3 3333
 */
export function apportion(input: { total: bigint; weights: readonly Weight[] }): Map<string, bigint> | null {
  const sum = sumOfWeights(input.weights)
  if (sum === 0n) return null
  const sign = input.total < 0n ? -1n : 1n
  const total = input.total * sign

  const shares = input.weights.map(({ id, weight }) => {
    const product = total * weight
    const floor = product / sum
    return { id, weight, floor, remainder: product - floor * sum }
  })
  // Fewer units are left than there are remainders above zero, so a weight of zero never receives one.
  let left = total - shares.reduce((given, share) => given + share.floor, 0n)
  const extra = new Set<string>()
  for (const share of [...shares].sort(byRemainder)) {
    if (left === 0n) break
    extra.add(share.id)
    left -= 1n
  }

  const parts = new Map<string, bigint>()
  for (const { id, floor } of shares) parts.set(id, sign * (extra.has(id) ? floor + 1n : floor))
  invariant(parts.size === shares.length, 'apportion: two weights have the same id')
  return parts
}

interface Share extends Weight {
  remainder: bigint
}

function byRemainder(a: Share, b: Share): number {
  if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1
  if (a.weight !== b.weight) return a.weight > b.weight ? -1 : 1
  return a.id < b.id ? -1 : 1
}

function sumOfWeights(weights: readonly Weight[]): bigint {
  let sum = 0n
  for (const { id, weight } of weights) {
    if (weight < 0n)
      throw new DomainError('NEGATIVE_WEIGHT', `The weight of ${id} is ${weight}; a weight cannot be below zero.`)
    sum += weight
  }
  return sum
}
