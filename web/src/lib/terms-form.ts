import type {
  BillingModel,
  BillingTermsInput,
  BillingUnit,
  EngagementInput,
  RevenueSource,
  TierMode,
} from '../generated/graphql.ts'
import { readAmountInput } from './amount-input.ts'
import { isDate } from './calendar.ts'
import { percentOfRatio, ratioOfPercent } from './pool-form.ts'
import { reading, text, Unreadable, type Read } from './read-form.ts'
import { BASIS_WORDS, MODEL_NAMES, REVENUE_SOURCES, UNIT_NAMES, type TermsFacts } from './terms-text.ts'

/** A price of a rate card as its inputs hold it. */
export interface PriceFields {
  unit: BillingUnit
  mode: TierMode
  steps: readonly { above: string; price: string; per: string }[]
}

/** What the form of terms begins with. The names of its inputs are the paths of the API's input: `terms.markup`. */
export interface TermsFields {
  model: BillingModel
  prices: readonly PriceFields[]
  /** By the name of the input; an absent one is empty. */
  values: Readonly<Record<string, string>>
  isProrated: boolean
  revenueSource: RevenueSource
}

const NO_STEP = { above: '0', price: '', per: '1' }

/** A price that nothing is written in yet. */
export function newPrice(unit: BillingUnit): PriceFields {
  return { unit, mode: 'GRADUATED', steps: [NO_STEP] }
}

/** Fields that hold terms as they are; of none, those of a fee per task. */
export function fieldsOfTerms(facts: (TermsFacts & { revenueSource: RevenueSource }) | null): TermsFields {
  if (facts === null)
    return { model: 'PER_TASK', prices: [newPrice('TASKS')], values: {}, isProrated: true, revenueSource: 'CHARGES' }
  const { model, terms } = facts
  const percents = { markup: terms.markup, discount: isNothing(terms.discount) ? null : terms.discount }
  const plain = {
    ...{ basis: terms.basis, markupFloor: terms.markupFloor, markupCap: terms.markupCap, price: terms.price },
    ...{ unit: terms.unit, allowance: terms.allowance, overagePrice: terms.overagePrice },
    ...{ carryOverMonths: terms.carryOverMonths, carryOverMax: terms.carryOverMax, reversalDays: terms.reversalDays },
    ...{
      incrementMinutes: terms.incrementMinutes,
      minimum: terms.minimum,
      cap: terms.cap,
      credit: isNothing(terms.credit) ? null : terms.credit,
    },
  }
  const entries = [
    ...Object.entries(percents).map(([name, ratio]) => [name, ratio == null ? '' : percentOfRatio(ratio)]),
    ...Object.entries(plain).map(([name, value]) => [name, value == null ? '' : String(value)]),
  ]
  return {
    model,
    prices: terms.prices.length === 0 ? [newPrice('TASKS')] : terms.prices,
    values: Object.fromEntries(entries.map(([name, value]) => [`terms.${name}`, value])) as Record<string, string>,
    isProrated: terms.isProrated !== false,
    revenueSource: facts.revenueSource,
  }
}

function isNothing(value: string | null | undefined): boolean {
  return value == null || /^0(\.0*)?$/.test(value)
}

/** What the form says; what the model does not have is not read. The server judges the amounts. */
export function readTermsForm(
  form: FormData,
  place: Pick<EngagementInput, 'clientKey' | 'projectKey'>,
): Read<EngagementInput> {
  return reading(() => {
    const model = text(form, 'terms.model')
    if (!isOneOf(MODEL_NAMES, model)) throw new Unreadable('terms.model', 'Choose how it is charged.')
    return {
      ...place,
      effectiveFrom: dayOf(form, 'effectiveFrom') ?? missing('effectiveFrom', 'Choose the first day.'),
      effectiveTo: dayOf(form, 'effectiveTo'),
      terms: {
        ...modelPart(form, model),
        model,
        discount: percentOf(form, 'terms.discount'),
        minimum: amountOf(form, 'terms.minimum'),
        cap: amountOf(form, 'terms.cap'),
        credit: amountOf(form, 'terms.credit'),
      },
      revenueSource: sourceOf(form),
      note: text(form, 'note') || null,
    }
  })
}

function sourceOf(form: FormData): RevenueSource {
  const source = text(form, 'revenueSource')
  return isOneOf(REVENUE_SOURCES, source) ? source : missing('revenueSource', 'Choose what counts as revenue.')
}

function modelPart(form: FormData, model: BillingModel): Omit<BillingTermsInput, 'model'> {
  const basis = text(form, 'terms.basis')
  const costs = { basis: isOneOf(BASIS_WORDS, basis) ? basis : null }
  const price = () => amountOf(form, 'terms.price') ?? missing('terms.price', 'Write the price like 50 or 1,250.00.')
  switch (model) {
    case 'PASS_THROUGH':
      return costs
    case 'COST_PLUS':
      return {
        ...costs,
        markup: percentOf(form, 'terms.markup') ?? missing('terms.markup', 'Write the markup in percent, like 15.'),
        markupFloor: amountOf(form, 'terms.markupFloor'),
        markupCap: amountOf(form, 'terms.markupCap'),
      }
    case 'RATE_CARD':
      return { prices: pricesOf(form) }
    case 'PER_TASK':
      return { price: price() }
    case 'RETAINER':
      return {
        price: price(),
        unit: unitOf(form, 'terms.unit'),
        allowance: amountOf(form, 'terms.allowance') ?? missing('terms.allowance', 'Write how many the fee pays for.'),
        overagePrice: unitPriceOf(form, 'terms.overagePrice'),
        carryOverMonths: wholeOf(form, 'terms.carryOverMonths'),
        carryOverMax: amountOf(form, 'terms.carryOverMax'),
      }
    case 'PER_AGENT':
      return { price: price(), isProrated: form.get('terms.isProrated') !== null }
    case 'OUTCOME':
      return { price: price(), reversalDays: wholeOf(form, 'terms.reversalDays') }
    case 'TIME':
      return { price: price(), incrementMinutes: wholeOf(form, 'terms.incrementMinutes') }
    default:
      return model satisfies never
  }
}

function pricesOf(form: FormData): NonNullable<BillingTermsInput['prices']> {
  const prices: NonNullable<BillingTermsInput['prices']> = []
  for (let i = 0; form.has(`terms.prices.${i}.unit`); i += 1) {
    const at = `terms.prices.${i}`
    const steps: (typeof prices)[number]['steps'] = []
    for (let j = 0; form.has(`${at}.steps.${j}.price`); j += 1) {
      const step = `${at}.steps.${j}`
      steps.push({
        above: amountOf(form, `${step}.above`) ?? '0',
        price: unitPriceOf(form, `${step}.price`),
        per: amountOf(form, `${step}.per`) ?? '1',
      })
    }
    const mode = text(form, `${at}.mode`) === 'VOLUME' ? 'VOLUME' : 'GRADUATED'
    prices.push({ unit: unitOf(form, `${at}.unit`), mode, steps })
  }
  return prices
}

function unitOf(form: FormData, name: string): BillingUnit {
  const unit = text(form, name)
  return isOneOf(UNIT_NAMES, unit) ? unit : missing(name, 'Choose what is counted.')
}

function dayOf(form: FormData, name: string): string | null {
  const day = text(form, name)
  if (day !== '' && !isDate(day)) throw new Unreadable(name, 'Choose a day.')
  return day === '' ? null : day
}

function amountOf(form: FormData, name: string): string | null {
  const written = text(form, name)
  if (written === '') return null
  return readAmountInput(written) ?? missing(name, 'Write it like 640 or 5,600.00.')
}

/** A price of one unit may be far below a penny. */
function unitPriceOf(form: FormData, name: string): string {
  return readAmountInput(text(form, name), 12) ?? missing(name, 'Write the price like 80 or 0.000003.')
}

function percentOf(form: FormData, name: string): string | null {
  const written = text(form, name)
  if (written === '') return null
  return ratioOfPercent(written) ?? missing(name, 'Write it in percent, like 15 or 12.5.')
}

function wholeOf(form: FormData, name: string): number | null {
  const written = text(form, name)
  if (written === '') return null
  if (!/^\d{1,6}$/.test(written)) throw new Unreadable(name, 'Write a whole number.')
  return Number(written)
}

function missing(field: string, message: string): never {
  throw new Unreadable(field, message)
}

function isOneOf<Name extends string>(names: Readonly<Record<Name, unknown>>, value: string): value is Name {
  return Object.hasOwn(names, value)
}

/** The field of a refusal as the form names it: `['input', 'terms', 'markup']` is `terms.markup`. */
export function fieldOfRefusal(field: readonly string[] | null | undefined): string {
  return (field ?? []).slice(1).join('.')
}
