import { formatInstant, type EpochMicros } from '../periods/instant.ts'
import type { NewRate, Rate } from './rate.ts'

/** What publishing does: rates to store, rates to end, and what is wrong with the rest. Nothing may be stored while there are errors. */
export interface PublicationPlan {
  inserts: { index: number; rate: NewRate }[]
  closes: { rateId: string; effectiveToMicros: EpochMicros }[]
  errors: PublicationError[]
}

export interface PublicationError {
  /** Position in `incoming`. */
  index: number
  code: 'RATE_OVERLAP' | 'RATE_PERIOD_EMPTY'
  message: string
  field: string
}

/**
 * Plans the publication of rates beside a tenant's existing ones, so that versions of the same rate never overlap (law L11). The same
 * rate is: provider (capitals aside), resource, meter, prompt threshold and qualifiers. A version without an end that began before a
 * new one ends where the new one begins, whether it is stored already or published with it; any other overlap is an error. The order
 * of the incoming rates does not matter.
 *
 *     existing [2026-01-01, ∞), incoming [2026-03-01, ∞)          // closes the existing one at 2026-03-01, inserts the new one
 *     existing [2026-01-01, 2026-04-01), incoming [2026-03-01, ∞) // RATE_OVERLAP: "… already covers 2026-03-01T00:00:00Z; it ends …"
 */
export function planPublication(existing: readonly Rate[], incoming: readonly NewRate[]): PublicationPlan {
  const plan: PublicationPlan = { inserts: [], closes: [], errors: [] }
  const versions = new Map<string, Version[]>()
  for (const rate of existing) versionsOf(versions, rate).push(version(rate, { rateId: rate.id }))
  const order = incoming
    .map((rate, index) => ({ rate, index }))
    .sort((a, b) => from(a.rate) - from(b.rate) || a.index - b.index)
  for (const { rate, index } of order) publish(plan, versionsOf(versions, rate), { rate, index })
  plan.inserts.sort((a, b) => a.index - b.index)
  plan.errors.sort((a, b) => a.index - b.index)
  return plan
}

interface Version {
  from: number
  to: number
  stored: { rateId: string } | { insert: PublicationPlan['inserts'][number] }
}

function publish(plan: PublicationPlan, versions: Version[], { rate, index }: { rate: NewRate; index: number }): void {
  const added = { from: from(rate), to: to(rate) }
  if (added.from >= added.to) {
    const message = `The rate ${nameOf(rate)} ends ${textOf(added.to)}, which is not after its start ${textOf(added.from)}.`
    plan.errors.push({ index, code: 'RATE_PERIOD_EMPTY', message, field: 'effectiveTo' })
    return
  }
  const inTheWay = versions.filter((other) => other.from < added.to && added.from < other.to)
  const clash = inTheWay.find((other) => !(other.to === Infinity && other.from < added.from))
  if (clash !== undefined) {
    const covered = textOf(Math.max(clash.from, added.from))
    const message = `Rate ${nameOf(rate)} already covers ${covered}; it ${clash.to === Infinity ? 'has no end' : `ends ${textOf(clash.to)}`}.`
    plan.errors.push({ index, code: 'RATE_OVERLAP', message, field: 'effectiveFrom' })
    return
  }
  for (const superseded of inTheWay) close(plan, superseded, added.from)
  const insert = { index, rate }
  plan.inserts.push(insert)
  versions.push(version(rate, { insert }))
}

function close(plan: PublicationPlan, superseded: Version, at: EpochMicros): void {
  superseded.to = at
  if ('rateId' in superseded.stored) plan.closes.push({ rateId: superseded.stored.rateId, effectiveToMicros: at })
  else superseded.stored.insert.rate = { ...superseded.stored.insert.rate, effectiveToMicros: at }
}

function version(rate: NewRate, stored: Version['stored']): Version {
  return { from: from(rate), to: to(rate), stored }
}

function versionsOf(versions: Map<string, Version[]>, rate: NewRate): Version[] {
  const key = rateKey(rate)
  const list = versions.get(key) ?? []
  versions.set(key, list)
  return list
}

/** What versions of one rate have in common. */
export function rateKey({ provider, resource, meter, abovePromptTokens, qualifiers }: NewRate): string {
  const sorted = Object.entries(qualifiers).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([provider.toLowerCase(), resource, meter, abovePromptTokens?.toString() ?? null, sorted])
}

/** `anthropic/opus input_tokens`, with what tells it from its siblings. */
function nameOf({ provider, resource, meter, abovePromptTokens, qualifiers }: NewRate): string {
  const threshold = abovePromptTokens === null ? '' : ` above ${abovePromptTokens} prompt tokens`
  const conditions = Object.entries(qualifiers).map(([name, value]) => `${name}=${value}`)
  return `${provider}/${resource} ${meter}${threshold}${conditions.length === 0 ? '' : ` (${conditions.join(', ')})`}`
}

function from(rate: NewRate): number {
  return rate.effectiveFromMicros ?? -Infinity
}

function to(rate: NewRate): number {
  return rate.effectiveToMicros ?? Infinity
}

function textOf(micros: number): string {
  return Number.isFinite(micros) ? formatInstant(micros) : 'all time'
}
