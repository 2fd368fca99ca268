import { rateKey } from './overlap.ts'
import type { Rate } from './rate.ts'

/**
 * The rates as they would be if those of a draft had been in force all along: where a draft's rate holds, the published one of the same
 * key and source steps back for exactly that time, before it and after it the published one holds as it does. Which source goes first
 * is decided as ever: a draft by hand changes nothing where a contract prices the same thing.
 *
 *     published [2026-01-01, ∞) at 1.00, draft [2026-03-01, 2026-04-01) at 0.80
 *     // [2026-01-01, 2026-03-01) at 1.00, [2026-03-01, 2026-04-01) at 0.80, [2026-04-01, ∞) at 1.00
 */
export function withDraftRates(published: readonly Rate[], draft: readonly Rate[]): Rate[] {
  const drafts = new Map<string, Rate[]>()
  for (const rate of draft) drafts.set(keyOf(rate), [...(drafts.get(keyOf(rate)) ?? []), rate])
  return [...published.flatMap((rate) => (drafts.get(keyOf(rate)) ?? []).reduce(without, [rate])), ...draft]
}

function keyOf(rate: Rate): string {
  return `${rate.source} ${rateKey(rate)}`
}

/** What is left of versions of a rate outside the time of another one: each in up to two parts. */
function without(parts: readonly Rate[], other: Rate): Rate[] {
  return parts.flatMap((part) => [
    ...between(part, fromOf(part), Math.min(toOf(part), fromOf(other))),
    ...between(part, Math.max(fromOf(part), toOf(other)), toOf(part)),
  ])
}

function between(rate: Rate, from: number, to: number): Rate[] {
  if (from >= to) return []
  const effectiveFromMicros = from === -Infinity ? null : from
  return [{ ...rate, effectiveFromMicros, effectiveToMicros: to === Infinity ? null : to }]
}

const fromOf = (rate: Rate): number => rate.effectiveFromMicros ?? -Infinity
const toOf = (rate: Rate): number => rate.effectiveToMicros ?? Infinity
