import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { parseInstant } from '@outlay/domain/periods/instant'
import type { NewRate } from '@outlay/domain/rating/rate'
import { isMeterName } from '@outlay/domain/usage/meter'
import { parseQuantity, type Quantity6 } from '@outlay/domain/usage/quantity'
import { parseUnitPrice } from '@outlay/domain/usage/unit-price'
import type { UserError } from './user-error.ts'

/** Most rates of one call, and of one card. */
const MAX_RATES = 2_000

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
  /** A step of a graduated price; not together with `abovePromptTokens`. */
  aboveMonthlyQuantity?: string | null
  qualifiers?: Record<string, unknown> | null
}

/** Reads the rates of `input.rates`; what is wrong with them comes back as userErrors, and then no rates. `provider`: the only one they may have. */
export function parseRates(
  inputs: readonly RateInput[],
  { provider = null }: { provider?: string | null } = {},
): { rates: NewRate[]; userErrors: UserError[] } {
  if (inputs.length > MAX_RATES) {
    const message = `${inputs.length} rates in one call; the most is ${MAX_RATES}.`
    return { rates: [], userErrors: [{ code: 'TOO_MANY_ITEMS', message, field: ['input', 'rates'] }] }
  }
  const rates: NewRate[] = []
  const userErrors: UserError[] = []
  for (const [index, input] of inputs.entries()) {
    try {
      const rate = parseRate(input)
      if (provider !== null) checkProvider(rate, provider)
      rates.push(rate)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      userErrors.push(rateError(index, error))
    }
  }
  return { rates: userErrors.length > 0 ? [] : rates, userErrors }
}

/** What is wrong with the rate at a position of `input.rates`. */
export function rateError(
  index: number,
  error: { code: string; message: string; field?: string | undefined },
): UserError {
  const path = error.field === undefined ? [] : error.field.split('.')
  return { code: error.code, message: error.message, field: ['input', 'rates', String(index), ...path] }
}

function checkProvider(rate: NewRate, provider: string): void {
  if (rate.provider === provider) return
  throw new DomainError(
    'INVALID_FIELD',
    `The card is of ${quoted(provider)}, the rate of ${quoted(rate.provider)}; a card has one provider.`,
    'provider',
  )
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
  const abovePromptTokens = threshold(input.abovePromptTokens)
  const aboveMonthlyQuantity = monthlyStep(input.aboveMonthlyQuantity)
  if (abovePromptTokens !== null && aboveMonthlyQuantity !== null) {
    throw new DomainError(
      'INVALID_FIELD',
      'A price depends on the size of the prompt or on the quantity of the month, not on both.',
      'aboveMonthlyQuantity',
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
    abovePromptTokens,
    aboveMonthlyQuantity,
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

function monthlyStep(text: string | null | undefined): Quantity6 | null {
  if (text === undefined || text === null) return null
  try {
    return parseQuantity(text)
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(error.code, error.message, 'aboveMonthlyQuantity') : error
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
