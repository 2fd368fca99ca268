import type { BillingModel, BillingUnit, CostBasis, RevenueSource, TierMode } from '../generated/graphql.ts'
import { exactDecimalText, exactText, isZero, moneyText, percentText } from './format.ts'
import { plural } from './plural.ts'

/** How the models are called where one is chosen. */
export const MODEL_NAMES: Readonly<Record<BillingModel, string>> = {
  PASS_THROUGH: 'Cost as it is',
  COST_PLUS: 'Cost and a markup',
  RATE_CARD: 'Prices of units',
  PER_TASK: 'A fee per completed task',
  RETAINER: 'Retainer with an allowance',
  PER_AGENT: 'Subscription per agent',
  OUTCOME: 'Price per outcome',
  TIME: 'Price per hour of work',
}

export const UNIT_NAMES: Readonly<Record<BillingUnit, string>> = {
  TASKS: 'completed tasks',
  TOKENS: 'tokens',
  INVOCATIONS: 'invocations',
}

export const BASIS_WORDS: Readonly<Record<CostBasis, string>> = {
  FULLY_LOADED: 'direct, shared and allocated',
  ATTRIBUTED: 'direct and shared',
  DIRECT: 'direct only',
}

/** What counts as revenue of the work under terms. */
export const REVENUE_SOURCES: Readonly<Record<RevenueSource, string>> = {
  CHARGES: 'what these terms charge',
  BILLED: 'what completed tasks were billed at',
  NONE: 'nothing',
}

interface Step {
  above: string
  price: string
  per: string
}

/** Terms as the API answers them. */
export interface TermsFacts {
  model: BillingModel
  currency: string
  terms: {
    basis?: CostBasis | null
    markup?: string | null
    markupFloor?: string | null
    markupCap?: string | null
    prices: readonly { unit: BillingUnit; mode: TierMode; steps: readonly Step[] }[]
    price?: string | null
    unit?: BillingUnit | null
    allowance?: string | null
    overagePrice?: string | null
    carryOverMonths?: number | null
    carryOverMax?: string | null
    isProrated?: boolean | null
    reversalDays?: number | null
    incrementMinutes?: number | null
    discount?: string | null
    minimum?: string | null
    cap?: string | null
    credit?: string | null
  }
}

/**
 * What was agreed, in one sentence made from the terms.
 *
 *     termsSentence({ model: 'COST_PLUS', currency: 'GBP', terms: { markup: '0.15', markupFloor: '200', … } })
 *     // 'What the work costs (direct, shared and allocated) and 15 % on it, the markup of a month at least £200.00.'
 */
export function termsSentence(facts: TermsFacts): string {
  return `${modelWords(facts)}${adjustmentWords(facts)}.`
}

function modelWords(facts: TermsFacts): string {
  const { model, terms } = facts
  const price = priceText(facts, terms.price)
  const cost = `What the work costs (${BASIS_WORDS[terms.basis ?? 'FULLY_LOADED']})`
  switch (model) {
    case 'PASS_THROUGH':
      return cost
    case 'COST_PLUS': {
      const bounds = boundWords(facts, { least: terms.markupFloor, most: terms.markupCap })
      return `${cost} and ${percent(terms.markup)} on it${bounds === '' ? '' : `, the markup of a month ${bounds}`}`
    }
    case 'RATE_CARD':
      return terms.prices.map((one) => ladderWords(facts, one)).join('; ')
    case 'PER_TASK':
      return `${price} for each completed task`
    case 'RETAINER':
      return retainerWords(facts)
    case 'PER_AGENT':
      return `${price} a month for each active agent${terms.isProrated === false ? '' : ', from its first day on'}`
    case 'OUTCOME': {
      const days = terms.reversalDays
      const when = days == null ? 'however late' : days === 0 ? 'on the same day' : `within ${plural(days, 'day')}`
      return `${price} for each outcome, a completed task; it may be taken back ${when}`
    }
    case 'TIME': {
      const steps = plural(terms.incrementMinutes ?? 1, 'minute')
      return `${price} for each hour that a task was worked on, in a month rounded up to steps of ${steps}`
    }
    default:
      return model satisfies never
  }
}

function ladderWords(facts: TermsFacts, { unit, mode, steps }: TermsFacts['terms']['prices'][number]): string {
  const [first, ...beyond] = steps
  const priceOf = ({ price, per }: Step) =>
    per === '1'
      ? `${priceText(facts, price)} for each ${UNIT_NAMES[unit].slice(0, -1)}`
      : `${priceText(facts, price)} for ${exactDecimalText(per)} ${UNIT_NAMES[unit]}`
  const words = [
    ...(first === undefined ? [] : [priceOf(first)]),
    ...beyond.map((step) => `${priceOf(step)} beyond ${exactDecimalText(step.above)}`),
  ].join(', ')
  return mode === 'VOLUME' && beyond.length > 0 ? `${words} (all at the price that the month reaches)` : words
}

function retainerWords(facts: TermsFacts): string {
  const { price, unit, allowance, overagePrice, carryOverMonths, carryOverMax } = facts.terms
  const units = UNIT_NAMES[unit ?? 'TASKS']
  const months = carryOverMonths ?? 0
  const most = carryOverMax == null ? '' : `, at most ${exactDecimalText(carryOverMax)}`
  const kept = months === 0 ? '' : `; what is left over may be used for ${plural(months, 'month')} more${most}`
  const paid = `${priceText(facts, price)} a month for ${exactDecimalText(allowance ?? '0')} ${units}`
  return `${paid}, ${priceText(facts, overagePrice)} for each one beyond${kept}`
}

function adjustmentWords(facts: TermsFacts): string {
  const { discount, minimum, cap, credit } = facts.terms
  const isNone = (value: string | null | undefined) => value == null || isZero(value)
  const bounds = boundWords(facts, { least: minimum, most: cap })
  const parts = [
    ...(isNone(discount) ? [] : [`less ${percent(discount)}`]),
    ...(bounds === '' ? [] : [`${bounds} a month`]),
    ...(isNone(credit) ? [] : [`a credit of ${priceText(facts, credit)} is used up first`]),
  ]
  return parts.length === 0 ? '' : `; ${parts.join('; ')}`
}

function boundWords(
  facts: TermsFacts,
  of: { least: string | null | undefined; most: string | null | undefined },
): string {
  return [
    ...(of.least == null ? [] : [`at least ${priceText(facts, of.least)}`]),
    ...(of.most == null ? [] : [`at most ${priceText(facts, of.most)}`]),
  ].join(' and ')
}

/** A price with all its decimals, and never fewer than its currency has: `£50.00`, `£0.0125`. */
function priceText({ currency }: TermsFacts, amount: string | null | undefined): string {
  const money = { amount: amount ?? '0', currency }
  const [, decimals = ''] = money.amount.split('.')
  return decimals.replace(/0+$/, '').length > 2 ? exactText(money) : moneyText(money)
}

function percent(ratio: string | null | undefined): string {
  const [, decimals = ''] = (ratio ?? '0').split('.')
  return percentText(ratio ?? '0', Math.max(0, decimals.replace(/0+$/, '').length - 2))
}
