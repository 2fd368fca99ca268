import { DomainError } from '../errors.ts'
import { minorUnits } from '../money/currency.ts'
import { FIXED18_ONE, FIXED18_SCALE, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { parseScaledDecimal, powerOfTen } from '../money/scaled-decimal.ts'
import { parseQuantity, type Quantity6 } from '../usage/quantity.ts'
import { parseUnitPrice, type UnitPrice12 } from '../usage/unit-price.ts'
import type {
  Adjustments,
  BillingModel,
  BillingTerms,
  BillingUnit,
  ClientPrice,
  CostBasis,
  ModelTerms,
  TierMode,
} from './terms.ts'

/** A step of a price as somebody asks for it: `price` of `per` units. */
export interface StepWish {
  above: string
  price: string
  per: string
}

/** Terms as somebody asks for them, and as they are stored: what a model does not need is null. */
export interface TermsWish {
  model: BillingModel
  basis: CostBasis | null
  markup: string | null
  markupFloor: string | null
  markupCap: string | null
  prices: readonly { unit: BillingUnit; mode: TierMode; steps: readonly StepWish[] }[] | null
  /** PER_TASK: of a task; RETAINER: of a month; PER_AGENT: of an agent and month; OUTCOME: of an outcome; TIME: of an hour. */
  price: string | null
  unit: BillingUnit | null
  allowance: string | null
  overagePrice: string | null
  carryOverMonths: number | null
  carryOverMax: string | null
  isProrated: boolean | null
  reversalDays: number | null
  incrementMinutes: number | null
  discount: string | null
  minimum: string | null
  cap: string | null
  credit: string | null
}

type Field = Exclude<keyof TermsWish, 'model'>

const SHARED: readonly Field[] = ['discount', 'minimum', 'cap', 'credit']

const FIELDS: Record<BillingModel, readonly Field[]> = {
  PASS_THROUGH: ['basis'],
  COST_PLUS: ['basis', 'markup', 'markupFloor', 'markupCap'],
  RATE_CARD: ['prices'],
  PER_TASK: ['price'],
  RETAINER: ['price', 'unit', 'allowance', 'overagePrice', 'carryOverMonths', 'carryOverMax'],
  PER_AGENT: ['price', 'isProrated'],
  OUTCOME: ['price', 'reversalDays'],
  TIME: ['price', 'incrementMinutes'],
}

const AMOUNT_LIMIT = parseFixed18('1000000000000')
const RATIO_DECIMALS = 6
const MARKUP_MAX = 10n * FIXED18_ONE
const STEPS_MAX = 20
const PRICES_MAX = 4
const CARRY_OVER_MONTHS_MAX = 24
const REVERSAL_DAYS_MAX = 3660
const INCREMENT_MINUTES_MAX = 1440

/**
 * Checks terms and puts them into the form that is charged by. Costs count FULLY_LOADED, an agent is prorated, time is in steps of one minute
 * and nothing is carried over unless it is said.
 *
 * Throws DomainError MISSING_FIELD or INVALID_FIELD, whose field is a path within the terms and whose message names the fact:
 * `markup is for COST_PLUS; these terms are PASS_THROUGH.`
 *
 *     checkTerms({ model: 'COST_PLUS', markup: '0.15', … }, 'GBP') // { model: 'COST_PLUS', basis: 'FULLY_LOADED', markup: 0.15, … }
 */
export function checkTerms(wish: TermsWish, currency: string): BillingTerms {
  const allowed = [...FIELDS[wish.model], ...SHARED]
  for (const field of Object.keys(wish) as (keyof TermsWish)[]) {
    if (field === 'model' || wish[field] === null || allowed.includes(field)) continue
    const models = Object.entries(FIELDS).flatMap(([model, fields]) => (fields.includes(field) ? [model] : []))
    throw invalid(field, `${field} is for ${models.join(', ')}; these terms are ${wish.model}.`)
  }
  const terms = { ...modelTerms(wish, currency), ...adjustments(wish, currency) }
  if (terms.cap !== null && terms.minimum !== null && terms.cap < terms.minimum) {
    throw invalid('cap', `The cap ${wish.cap} is below the minimum ${wish.minimum}.`)
  }
  return terms
}

function modelTerms(wish: TermsWish, currency: string): ModelTerms {
  const { model } = wish
  const price = () => amountOf(needed(wish, 'price'), 'price', currency)
  switch (model) {
    case 'PASS_THROUGH':
      return { model, basis: wish.basis ?? 'FULLY_LOADED' }
    case 'COST_PLUS':
      return costPlusTerms(wish, currency)
    case 'RATE_CARD':
      return { model, prices: pricesOf(needed(wish, 'prices')) }
    case 'PER_TASK':
      return { model, price: price() }
    case 'RETAINER':
      return {
        model,
        fee: price(),
        unit: needed(wish, 'unit'),
        allowance: quantityOf(needed(wish, 'allowance'), 'allowance'),
        overagePrice: unitPriceOf({ price: needed(wish, 'overagePrice'), per: '1' }, 'overagePrice'),
        carryOverMonths: wholeOf(wish.carryOverMonths ?? 0, 'carryOverMonths', { min: 0, max: CARRY_OVER_MONTHS_MAX }),
        carryOverMax: wish.carryOverMax === null ? null : quantityOf(wish.carryOverMax, 'carryOverMax'),
      }
    case 'PER_AGENT':
      return { model, price: price(), isProrated: wish.isProrated ?? true }
    case 'OUTCOME': {
      const days = wish.reversalDays
      const reversalDays = days === null ? null : wholeOf(days, 'reversalDays', { min: 0, max: REVERSAL_DAYS_MAX })
      return { model, price: price(), reversalDays }
    }
    case 'TIME': {
      const range = { min: 1, max: INCREMENT_MINUTES_MAX }
      return {
        model,
        hourlyRate: price(),
        incrementMinutes: wholeOf(wish.incrementMinutes ?? 1, 'incrementMinutes', range),
      }
    }
    default:
      return model satisfies never
  }
}

function costPlusTerms(wish: TermsWish, currency: string): ModelTerms {
  const markup = ratioOf(needed(wish, 'markup'), 'markup', MARKUP_MAX)
  const markupFloor = optionalAmount(wish, 'markupFloor', currency)
  const markupCap = optionalAmount(wish, 'markupCap', currency)
  if (markupFloor !== null && markupCap !== null && markupCap < markupFloor) {
    throw invalid('markupCap', `The most markup ${wish.markupCap} is below the least ${wish.markupFloor}.`)
  }
  return { model: 'COST_PLUS', basis: wish.basis ?? 'FULLY_LOADED', markup, markupFloor, markupCap }
}

function adjustments(wish: TermsWish, currency: string): Adjustments {
  return {
    discount: wish.discount === null ? 0n : ratioOf(wish.discount, 'discount', FIXED18_ONE),
    minimum: optionalAmount(wish, 'minimum', currency),
    cap: optionalAmount(wish, 'cap', currency),
    credit: optionalAmount(wish, 'credit', currency) ?? 0n,
  }
}

function pricesOf(prices: NonNullable<TermsWish['prices']>): ClientPrice[] {
  if (prices.length === 0) throw new DomainError('MISSING_FIELD', 'A rate card needs a price.', 'prices')
  if (prices.length > PRICES_MAX)
    throw invalid('prices', `A rate card has at most ${PRICES_MAX} prices; these are ${prices.length}.`)
  const units = prices.map(({ unit }) => unit)
  const twice = units.findIndex((unit, index) => units.indexOf(unit) < index)
  if (twice >= 0) throw invalid(`prices.${twice}.unit`, `There are two prices of ${units[twice]}.`)
  return prices.map(({ unit, mode, steps }, index) => ({ unit, mode, steps: stepsOf(steps, `prices.${index}.steps`) }))
}

function stepsOf(steps: readonly StepWish[], field: string): ClientPrice['steps'] {
  if (steps.length === 0) throw new DomainError('MISSING_FIELD', 'A price needs a step from 0 on.', field)
  if (steps.length > STEPS_MAX)
    throw invalid(field, `A price has at most ${STEPS_MAX} steps; these are ${steps.length}.`)
  const checked = steps.map(({ above, price, per }, index) => ({
    above: quantityOf(above, `${field}.${index}.above`),
    unitPrice: unitPriceOf({ price, per }, `${field}.${index}.price`),
  }))
  checked.forEach(({ above }, index) => {
    const before = checked[index - 1]
    const isRight = before === undefined ? above === 0n : above > before.above
    if (!isRight)
      throw invalid(`${field}.${index}.above`, 'The first step begins at 0, and each one above the one before it.')
  })
  return checked
}

function needed<Name extends Field>(wish: TermsWish, field: Name): NonNullable<TermsWish[Name]> {
  const value = wish[field]
  if (value === null || value === undefined) {
    throw new DomainError('MISSING_FIELD', `Terms of ${wish.model} need ${field}.`, field)
  }
  return value
}

function optionalAmount(
  wish: TermsWish,
  field: 'markupFloor' | 'markupCap' | 'minimum' | 'cap' | 'credit',
  currency: string,
): Fixed18 | null {
  const text = wish[field]
  return text === null ? null : amountOf(text, field, currency)
}

function amountOf(text: string, field: string, currency: string): Fixed18 {
  const amount = refusing(field, () => parseFixed18(text))
  if (amount < 0n) throw invalid(field, `${field} is 0 or more; ${text} is not.`)
  if (amount >= AMOUNT_LIMIT) throw invalid(field, `${field} is below 10^12; ${text} is not.`)
  const decimals = minorUnits(currency)
  if (amount % powerOfTen(FIXED18_SCALE - decimals) !== 0n) {
    throw invalid(field, `${field} is in whole minor units of ${currency} (${decimals} decimals); ${text} is not.`)
  }
  return amount
}

/** A fraction with at most six decimals, so that its product with an amount needs no more than 24. */
function ratioOf(text: string, field: string, max: Fixed18): Fixed18 {
  const format = { what: 'fraction', decimals: RATIO_DECIMALS, integerDigits: 3, allowNegative: false }
  const value = refusing(field, () => parseScaledDecimal(text, format)) * powerOfTen(FIXED18_SCALE - RATIO_DECIMALS)
  if (value > max) throw invalid(field, `${field} is a fraction of at most ${max / FIXED18_ONE}; ${text} is more.`)
  return value
}

function quantityOf(text: string, field: string): Quantity6 {
  return refusing(field, () => parseQuantity(text))
}

function unitPriceOf(price: { price: string; per: string }, field: string): UnitPrice12 {
  return refusing(field, () => parseUnitPrice(price))
}

function wholeOf(value: number, field: string, { min, max }: { min: number; max: number }): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(field, `${field} is a whole number from ${min} to ${max}; ${value} is not.`)
  }
  return value
}

function refusing<T>(field: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof DomainError) throw invalid(field, error.message)
    throw error
  }
}

function invalid(field: string, message: string): DomainError {
  return new DomainError('INVALID_FIELD', message, field)
}
