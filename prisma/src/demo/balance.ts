import type { Draft } from './draft.ts'
import type { PriceBook, Ticks } from './prices.ts'

/** The cost of a draft's usage in ticks. */
export function costOfDraft(draft: Draft, price: PriceBook): Ticks {
  const { provider, resource } = draft
  if (provider === null || resource === null) return 0n
  return draft.usage.reduce((sum, { meter, quantity }) => sum + price({ provider, resource, meter }) * quantity, 0n)
}

/**
 * Scales the elastic calls of one agent's month so that, with the fixed ones, they come as near below `target` as whole tokens allow,
 * and returns what is still missing.
 *
 * Every elastic count is multiplied by (target − fixed) ÷ elastic and cut to a whole token, so the sum is never above the target and
 * at most one unit price a line below it. The rest is a number of ticks, and an embedding token costs exactly one tick: a single
 * balancing call of `missing` embedding tokens makes the month exact, whatever the prices of the other meters divide into.
 */
export function scaleToTarget(
  drafts: readonly Draft[],
  { target, price }: { target: Ticks; price: PriceBook },
): { drafts: Draft[]; missing: Ticks } {
  const sum = (pricing: Draft['pricing']) =>
    drafts.reduce((total, draft) => (draft.pricing === pricing ? total + costOfDraft(draft, price) : total), 0n)
  const fixed = sum('FIXED')
  const elastic = sum('ELASTIC')
  if (fixed > target) throw new RangeError(`The fixed calls alone cost ${fixed} ticks; the target is ${target}.`)
  const scaled = drafts.map((draft) =>
    draft.pricing === 'ELASTIC' ? { ...draft, usage: scaleUsage(draft, target - fixed, elastic) } : draft,
  )
  const reached = scaled.reduce(
    (total, draft) => (draft.pricing === 'NONE' ? total : total + costOfDraft(draft, price)),
    0n,
  )
  return { drafts: scaled, missing: target - reached }
}

function scaleUsage(draft: Draft, numerator: bigint, denominator: bigint): Draft['usage'] {
  return draft.usage.map(({ meter, quantity }) => ({ meter, quantity: (quantity * numerator) / denominator }))
}
