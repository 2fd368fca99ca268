import { DomainError } from '@outlay/domain/errors'
import { parseUnitPrice } from '@outlay/domain/usage/unit-price'
import type { RateInput } from '../generated/graphql.ts'
import { readAmountInput } from './amount-input.ts'
import { instantOfLocal, localOfInstant } from './local-instant.ts'

export type Tier = 'none' | 'prompt' | 'month'

/** A rate as the fields of a form hold it: all of it text. */
export interface RateFields {
  id: string
  resource: string
  meter: string
  price: string
  per: string
  currency: string
  /** Wall clock of the tenant's time zone. */
  from: string
  to: string
  tier: Tier
  tierAbove: string
  /** `tier=batch, region=eu`. */
  qualifiers: string
  /** The instants the two fields were filled from: minutes cannot hold all of an instant, and what nobody changed stays exact. */
  kept: { from: string | null; to: string | null }
}

export interface PublishedRate {
  resource: string
  meter: string
  price: { amount: string; currency: string }
  per: string
  effectiveFrom?: string | null
  effectiveTo?: string | null
  abovePromptTokens?: string | null
  aboveMonthlyQuantity?: string | null
  qualifiers?: Record<string, unknown> | null
}

export type ReadRate = { kind: 'rate'; rate: RateInput } | { kind: 'refused'; field: keyof RateFields; message: string }

/** Fields for a rate that does not exist yet. */
export function newFields(id: string, given: Partial<RateFields>): RateFields {
  return {
    id,
    resource: '',
    meter: '',
    price: '',
    per: '1000000',
    currency: '',
    from: '',
    to: '',
    tier: 'none',
    tierAbove: '',
    qualifiers: '',
    kept: { from: null, to: null },
    ...given,
  }
}

/** Fields that hold a rate as it is, so that reading them back gives the same rate. */
export function fieldsOf(id: string, rate: PublishedRate, timeZone: string): RateFields {
  const local = (instant: string | null | undefined): string =>
    instant == null ? '' : localOfInstant(instant, timeZone)
  const tier: Tier = rate.abovePromptTokens != null ? 'prompt' : rate.aboveMonthlyQuantity != null ? 'month' : 'none'
  return {
    id,
    resource: rate.resource,
    meter: rate.meter,
    price: rate.price.amount,
    per: rate.per,
    currency: rate.price.currency,
    from: local(rate.effectiveFrom),
    to: local(rate.effectiveTo),
    tier,
    tierAbove: rate.abovePromptTokens ?? rate.aboveMonthlyQuantity ?? '',
    qualifiers: Object.entries(rate.qualifiers ?? {})
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(', '),
    kept: { from: rate.effectiveFrom ?? null, to: rate.effectiveTo ?? null },
  }
}

/** `tier=batch, region=eu` as an object; null for text that is not of this form. */
export function readQualifiers(text: string): Record<string, string> | null {
  const pairs = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const entries = pairs.map((pair) => pair.split('=').map((side) => side.trim()))
  if (entries.some((sides) => sides.length !== 2 || sides.includes(''))) return null
  return Object.fromEntries(entries)
}

function readInstant(text: string, kept: string | null, timeZone: string): string | null {
  if (kept !== null && localOfInstant(kept, timeZone) === text) return kept
  return instantOfLocal(text, timeZone)
}

/**
 * What the fields say, as the API takes it, or the first field that cannot be read and why. Price ÷ per must be exact within 12
 * decimals (law L7); the server checks all of it again.
 */
export function readFields(provider: string, fields: RateFields, timeZone: string): ReadRate {
  const refused = (field: keyof RateFields, message: string): ReadRate => ({ kind: 'refused', field, message })
  if (fields.resource.trim() === '') return refused('resource', 'Name the resource, or a pattern such as gpt-5*.')
  if (fields.meter.trim() === '') return refused('meter', 'Name the meter, such as input_tokens.')
  const price = readAmountInput(fields.price, 18)
  if (price === null) return refused('price', 'Write the price like 0.015 or 1,250.00.')
  const per = readAmountInput(fields.per)
  if (per === null) return refused('per', 'Write the units the price is for, like 1 or 1,000,000.')
  try {
    parseUnitPrice({ price, per })
  } catch (error) {
    if (error instanceof DomainError) return refused(error.field === 'per' ? 'per' : 'price', error.message)
    throw error
  }
  if (!/^[A-Za-z]{3}$/.test(fields.currency.trim())) return refused('currency', 'Write the currency like GBP.')
  const effectiveFrom = readInstant(fields.from, fields.kept.from, timeZone)
  if (effectiveFrom === null) return refused('from', 'Say from when the price applies.')
  const effectiveTo = fields.to === '' ? null : readInstant(fields.to, fields.kept.to, timeZone)
  if (fields.to !== '' && effectiveTo === null) return refused('to', 'Write the end as a date and time.')
  if (effectiveTo !== null && Date.parse(effectiveTo) <= Date.parse(effectiveFrom))
    return refused('to', 'The end is not after the start.')
  const above = fields.tier === 'none' ? null : readAmountInput(fields.tierAbove, fields.tier === 'prompt' ? 0 : 6)
  if (fields.tier !== 'none' && above === null)
    return refused(
      'tierAbove',
      fields.tier === 'prompt'
        ? 'Write the prompt tokens like 200,000.'
        : 'Write the quantity of the month like 1,000,000.',
    )
  const qualifiers = readQualifiers(fields.qualifiers)
  if (qualifiers === null) return refused('qualifiers', 'Write qualifiers like tier=batch, region=eu.')
  return {
    kind: 'rate',
    rate: {
      provider: provider.trim(),
      resource: fields.resource.trim(),
      meter: fields.meter.trim(),
      price: { amount: price, currency: fields.currency.trim().toUpperCase() },
      per,
      effectiveFrom,
      effectiveTo,
      abovePromptTokens: fields.tier === 'prompt' ? above : null,
      aboveMonthlyQuantity: fields.tier === 'month' ? above : null,
      qualifiers: Object.keys(qualifiers).length === 0 ? null : qualifiers,
    },
  }
}
