import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { formatInstant, parseInstant } from '@outlay/domain/periods/instant'
import { planPublication } from '@outlay/domain/rating/overlap'
import type { NewRate } from '@outlay/domain/rating/rate'
import { isMeterName } from '@outlay/domain/usage/meter'
import { formatQuantity, parseQuantity, type Quantity6 } from '@outlay/domain/usage/quantity'
import { formatUnitPrice, parseUnitPrice } from '@outlay/domain/usage/unit-price'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { loadTenantRates } from './load-rates.ts'
import { bumpConfig, lockTenant } from './tenant-lock.ts'
import type { UserError } from './user-error.ts'

/** Most rates of one call. */
export const MAX_RATES = 2_000

export interface RateInput {
  provider: string
  /** Exact name, or a pattern with `*`. */
  resource: string
  meter: string
  /** Price of `per` units. */
  price: { amount: string; currency: string }
  per?: string | null
  /** RFC 3339. */
  effectiveFrom: string
  effectiveTo?: string | null
  abovePromptTokens?: string | null
  /** A step of a graduated price: for what the month uses beyond this quantity; 0 for the first. */
  aboveMonthlyQuantity?: string | null
  qualifiers?: Record<string, unknown> | null
}

/**
 * Publishes rates as a new version of their provider's card, all or none. A rate that begins while an open-ended one of the same key runs
 * closes that one at its start; any other overlap is refused and named. What is rated already keeps its rate (law L12).
 */
export async function publishRates(
  deps: { pool: Pool },
  tenantId: string,
  inputs: readonly RateInput[],
): Promise<{ rateIds: string[]; userErrors: UserError[] }> {
  if (inputs.length > MAX_RATES) {
    const message = `${inputs.length} rates in one call; the most is ${MAX_RATES}.`
    return { rateIds: [], userErrors: [{ code: 'TOO_MANY_ITEMS', message, field: ['input', 'rates'] }] }
  }
  const { rates, userErrors } = parseAll(inputs)
  if (userErrors.length > 0 || rates.length === 0) return { rateIds: [], userErrors }
  return tenantTransaction(deps.pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const plan = planPublication(await loadTenantRates(client, tenantId), rates)
    if (plan.errors.length > 0) {
      const errors = plan.errors.map(({ index, code, message, field }) => userError(index, { code, message, field }))
      return { rateIds: [], userErrors: errors }
    }
    for (const { rateId, effectiveToMicros } of plan.closes) {
      await client.query(
        'UPDATE rate SET effective_to = $3::timestamptz WHERE tenant_id = $1::uuid AND id = $2::uuid',
        [tenantId, rateId, formatInstant(effectiveToMicros)],
      )
    }
    const rateIds = await insertRates(
      client,
      tenantId,
      plan.inserts.map((insert) => insert.rate),
    )
    await bumpConfig(client, tenantId)
    return { rateIds, userErrors: [] }
  })
}

function parseAll(inputs: readonly RateInput[]): { rates: NewRate[]; userErrors: UserError[] } {
  const rates: NewRate[] = []
  const userErrors: UserError[] = []
  for (const [index, input] of inputs.entries()) {
    try {
      rates.push(parseRate(input))
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      userErrors.push(userError(index, error))
    }
  }
  return { rates, userErrors }
}

function userError(index: number, error: { code: string; message: string; field?: string | undefined }): UserError {
  const path = error.field === undefined ? [] : error.field.split('.')
  return { code: error.code, message: error.message, field: ['input', 'rates', String(index), ...path] }
}

function parseRate(input: RateInput): NewRate {
  checkKey(input.provider, 'provider')
  checkKey(input.resource, 'resource')
  if (!isMeterName(input.meter)) {
    throw new DomainError(
      'INVALID_FIELD',
      `${quoted(input.meter)} is not a meter name; write it like input_tokens.`,
      'meter',
    )
  }
  const { amount, currency } = input.price
  if (!isCurrencyCode(currency)) {
    throw new DomainError('INVALID_FIELD', `${quoted(currency)} is not an ISO 4217 code.`, 'price.currency')
  }
  const per = input.per ?? '1'
  const effectiveFromMicros = instant(input.effectiveFrom, 'effectiveFrom')
  const to = input.effectiveTo ?? null
  const effectiveToMicros = to === null ? null : instant(to, 'effectiveTo')
  if (effectiveToMicros !== null && effectiveToMicros <= effectiveFromMicros) {
    throw new DomainError(
      'INVALID_FIELD',
      `effectiveTo ${to} is not after effectiveFrom ${input.effectiveFrom}.`,
      'effectiveTo',
    )
  }
  return {
    provider: input.provider,
    resource: input.resource,
    meter: input.meter,
    unitPrice: parseUnitPrice({ price: amount, per }),
    priceText: amount,
    perText: per,
    currency,
    effectiveFromMicros,
    effectiveToMicros,
    abovePromptTokens: threshold(input.abovePromptTokens),
    aboveMonthlyQuantity: monthlyQuantity(input),
    qualifiers: qualifiers(input.qualifiers),
  }
}

function instant(text: string, field: string): number {
  try {
    return parseInstant(text)
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(error.code, error.message, field) : error
  }
}

function threshold(text: string | null | undefined): bigint | null {
  if (text === undefined || text === null) return null
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new DomainError('INVALID_FIELD', `${quoted(text)} is not a number of tokens.`, 'abovePromptTokens')
  }
  return BigInt(text)
}

function monthlyQuantity({ aboveMonthlyQuantity, abovePromptTokens }: RateInput): Quantity6 | null {
  const text = aboveMonthlyQuantity ?? null
  if (text === null) return null
  const field = 'aboveMonthlyQuantity'
  if ((abovePromptTokens ?? null) !== null) {
    throw new DomainError('INVALID_FIELD', 'A rate has abovePromptTokens or aboveMonthlyQuantity, not both.', field)
  }
  try {
    return parseQuantity(text)
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(error.code, error.message, field) : error
  }
}

function qualifiers(value: RateInput['qualifiers']): Record<string, string> {
  const entries = Object.entries(value ?? {}).map(([name, entry]): [string, string] => {
    checkKey(name, 'The name of a qualifier')
    if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean') {
      throw new DomainError(
        'INVALID_FIELD',
        `The qualifier ${quoted(name)} must be a string, a number or a boolean.`,
        'qualifiers',
      )
    }
    return [name, String(entry)]
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const NEXT_CARD = `
INSERT INTO rate_card (tenant_id, id, provider, version, published_at)
SELECT $1::uuid, $2::uuid, $3, coalesce(max(version), 0) + 1, now() FROM rate_card WHERE tenant_id = $1::uuid AND provider = $3`

const INSERT_RATE = `
INSERT INTO rate (tenant_id, id, card_id, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to,
  above_prompt_tokens, above_monthly_quantity, qualifiers, qualifiers_key)
VALUES ($1, $2, $3, $4, $5, $6, $7::numeric, $8::numeric, $9::numeric, $10, $11::timestamptz, $12::timestamptz, $13::bigint, $14::numeric,
  $15::jsonb, $16)`

async function insertRates(client: PoolClient, tenantId: string, rates: readonly NewRate[]): Promise<string[]> {
  const cards = new Map<string, string>()
  for (const provider of new Set(rates.map((rate) => rate.provider))) {
    const cardId = uuidv7()
    await client.query(NEXT_CARD, [tenantId, cardId, provider])
    cards.set(provider, cardId)
  }
  const ids: string[] = []
  for (const rate of rates) {
    const id = uuidv7()
    ids.push(id)
    const stated = Object.keys(rate.qualifiers).length > 0 ? JSON.stringify(rate.qualifiers) : null
    await client.query(INSERT_RATE, [
      tenantId,
      id,
      cards.get(rate.provider),
      rate.provider,
      rate.resource,
      rate.meter,
      rate.priceText,
      rate.perText,
      formatUnitPrice(rate.unitPrice),
      rate.currency,
      formatInstant(rate.effectiveFromMicros ?? 0),
      rate.effectiveToMicros === null ? null : formatInstant(rate.effectiveToMicros),
      rate.abovePromptTokens?.toString() ?? null,
      rate.aboveMonthlyQuantity === null ? null : formatQuantity(rate.aboveMonthlyQuantity),
      stated,
      stated ?? '',
    ])
  }
  return ids
}
