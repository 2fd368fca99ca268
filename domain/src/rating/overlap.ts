import { formatInstant, type EpochMicros } from '../periods/instant.ts'
import { formatQuantity } from '../usage/quantity.ts'
import type { NewRate, OwnRateSource, Rate } from './rate.ts'

/** What publishing does: rates to store, rates to end, and what is wrong with the rest. Nothing may be stored while there are errors. */
export interface PublicationPlan {
  inserts: { index: number; rate: NewRate }[]
  closes: { rateId: string; effectiveToMicros: EpochMicros }[]
  errors: PublicationError[]
}

export interface PublicationError {
  /** Position in `incoming`. */
  index: number
  code: 'RATE_OVERLAP' | 'RATE_PERIOD_EMPTY' | 'RATE_STEPS_INCOMPLETE'
  message: string
  field: string
}

/**
 * Plans the publication of rates of one source beside a tenant's existing ones, so that versions of the same rate never overlap (law
 * L11). The same rate is: source, provider (capitals aside), resource, meter, prompt threshold, monthly step and qualifiers; so a
 * contract rate and one entered by hand may run side by side. A version without an end that began before a new one ends where the new
 * one begins, whether it is stored already or published with it; any other overlap is an error. The order of the incoming rates does
 * not matter. The steps of a graduated price are one price: those that begin together take the place of all steps before them, also of
 * such that are not named again, so they are published together and begin at 0 (RATE_STEPS_INCOMPLETE).
 *
 *     existing [2026-01-01, ∞), incoming [2026-03-01, ∞)          // closes the existing one at 2026-03-01, inserts the new one
 *     existing [2026-01-01, 2026-04-01), incoming [2026-03-01, ∞) // RATE_OVERLAP: "… already covers 2026-03-01T00:00:00Z; it ends …"
 */
export function planPublication(
  existing: readonly Rate[],
  { source, rates: incoming }: { source: OwnRateSource; rates: readonly NewRate[] },
): PublicationPlan {
  const plan: PublicationPlan = { inserts: [], closes: [], errors: [] }
  const versions = new Versions()
  for (const rate of existing) {
    if (rate.source === source) versions.add(rate, { rateId: rate.id })
  }
  const firstSteps = new Set(
    incoming.flatMap((rate) => (rate.aboveMonthlyQuantity === 0n ? [`${from(rate)} ${stepsKey(rate)}`] : [])),
  )
  const order = incoming
    .map((rate, index) => ({ rate, index }))
    .sort((a, b) => from(a.rate) - from(b.rate) || a.index - b.index)
  for (const { rate, index } of order) {
    const hasFirstStep = firstSteps.has(`${from(rate)} ${stepsKey(rate)}`)
    publish(plan, versions, { rate, index, hasFirstStep })
  }
  plan.inserts.sort((a, b) => a.index - b.index)
  plan.errors.sort((a, b) => a.index - b.index)
  return plan
}

interface Version {
  from: number
  to: number
  stored: { rateId: string } | { insert: PublicationPlan['inserts'][number] }
}

class Versions {
  readonly #ofRate = new Map<string, Version[]>()
  readonly #ofSteps = new Map<string, Version[]>()

  add(rate: NewRate, stored: Version['stored']): void {
    const added = version(rate, stored)
    this.of(rate).push(added)
    if (rate.aboveMonthlyQuantity !== null) listed(this.#ofSteps, stepsKey(rate)).push(added)
  }

  of(rate: NewRate): Version[] {
    return listed(this.#ofRate, rateKey(rate))
  }

  /** The other steps of a graduated price; of a price without steps none. */
  besides(rate: NewRate): Version[] {
    if (rate.aboveMonthlyQuantity === null) return []
    const same = this.of(rate)
    return listed(this.#ofSteps, stepsKey(rate)).filter((other) => !same.includes(other))
  }
}

function publish(
  plan: PublicationPlan,
  versions: Versions,
  { rate, index, hasFirstStep }: { rate: NewRate; index: number; hasFirstStep: boolean },
): void {
  const added = { from: from(rate), to: to(rate) }
  if (added.from >= added.to) {
    const message = `The rate ${nameOf(rate)} ends ${textOf(added.to)}, which is not after its start ${textOf(added.from)}.`
    plan.errors.push({ index, code: 'RATE_PERIOD_EMPTY', message, field: 'effectiveTo' })
    return
  }
  const isInTheWay = (other: Version) => other.from < added.to && added.from < other.to
  const steps = versions.besides(rate).filter((other) => isInTheWay(other) && other.from !== added.from)
  const inTheWay = [...versions.of(rate).filter(isInTheWay), ...steps]
  const clash = inTheWay.find((other) => !(other.to === Infinity && other.from < added.from))
  if (clash !== undefined) {
    const covered = textOf(Math.max(clash.from, added.from))
    const message = `Rate ${nameOf(rate)} already covers ${covered}; it ${clash.to === Infinity ? 'has no end' : `ends ${textOf(clash.to)}`}.`
    plan.errors.push({ index, code: 'RATE_OVERLAP', message, field: 'effectiveFrom' })
    return
  }
  if (steps.length > 0 && !hasFirstStep) {
    const message = `The steps of ${nameOf({ ...rate, aboveMonthlyQuantity: null })} from ${textOf(added.from)} on take the place of those before them: publish all of them together, beginning with the one above 0.`
    plan.errors.push({ index, code: 'RATE_STEPS_INCOMPLETE', message, field: 'aboveMonthlyQuantity' })
    return
  }
  for (const superseded of inTheWay) close(plan, superseded, added.from)
  const insert = { index, rate }
  plan.inserts.push(insert)
  versions.add(rate, { insert })
}

function close(plan: PublicationPlan, superseded: Version, at: EpochMicros): void {
  superseded.to = at
  if ('rateId' in superseded.stored) plan.closes.push({ rateId: superseded.stored.rateId, effectiveToMicros: at })
  else superseded.stored.insert.rate = { ...superseded.stored.insert.rate, effectiveToMicros: at }
}

function version(rate: NewRate, stored: Version['stored']): Version {
  return { from: from(rate), to: to(rate), stored }
}

function listed(versions: Map<string, Version[]>, key: string): Version[] {
  const list = versions.get(key) ?? []
  versions.set(key, list)
  return list
}

/** What versions of one rate have in common, beside their source. */
export function rateKey(rate: NewRate): string {
  const tiers = [rate.abovePromptTokens, rate.aboveMonthlyQuantity].map((tier) => tier?.toString() ?? null)
  const qualifiers = Object.entries(rate.qualifiers).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([rate.provider.toLowerCase(), rate.resource, rate.meter, ...tiers, qualifiers])
}

/** What the steps of one graduated price have in common. */
function stepsKey(rate: NewRate): string {
  return rateKey({ ...rate, aboveMonthlyQuantity: null })
}

/** `anthropic/opus input_tokens`, with what tells it from its siblings. */
function nameOf({ provider, resource, meter, abovePromptTokens, aboveMonthlyQuantity, qualifiers }: NewRate): string {
  const threshold = abovePromptTokens === null ? '' : ` above ${abovePromptTokens} prompt tokens`
  const step = aboveMonthlyQuantity === null ? '' : ` above ${formatQuantity(aboveMonthlyQuantity)} a month`
  const conditions = Object.entries(qualifiers).map(([name, value]) => `${name}=${value}`)
  return `${provider}/${resource} ${meter}${threshold}${step}${conditions.length === 0 ? '' : ` (${conditions.join(', ')})`}`
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
