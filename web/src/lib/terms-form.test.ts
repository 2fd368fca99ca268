import { describe, expect, it } from '@jest/globals'
import { fieldOfRefusal, fieldsOfTerms, readTermsForm } from './terms-form.ts'

function formOf(values: Record<string, string>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.append(name, value)
  return form
}

const NOTHING = { discount: null, minimum: null, cap: null, credit: null }
const FROM = { effectiveFrom: '2026-11-01', effectiveTo: '', revenueSource: 'CHARGES', note: '' }
const read = (values: Record<string, string>) => readTermsForm(formOf({ ...FROM, ...values }), { clientKey: 'halden' })

describe('the form of terms', () => {
  it('says what its fields say, percents as fractions, and what is empty as nothing', () => {
    expect(
      read({
        ...{
          'terms.model': 'COST_PLUS',
          'terms.basis': 'DIRECT',
          'terms.markup': '15 %',
          'terms.markupFloor': '1,200',
        },
        ...{ 'terms.discount': '12.5', 'terms.cap': '5000.00', 'terms.price': '7', note: ' By letter ' },
      }),
    ).toEqual({
      kind: 'read',
      value: {
        ...{ clientKey: 'halden', effectiveFrom: '2026-11-01', effectiveTo: null, note: 'By letter' },
        revenueSource: 'CHARGES',
        terms: {
          ...NOTHING,
          ...{ model: 'COST_PLUS', basis: 'DIRECT', markup: '0.15', markupFloor: '1200', markupCap: null },
          ...{ discount: '0.125', cap: '5000.00' },
        },
      },
    })
  })

  it('reads every price with its steps', () => {
    const said = read({
      ...{ 'terms.model': 'RATE_CARD', 'terms.prices.0.unit': 'TOKENS', 'terms.prices.0.mode': 'VOLUME' },
      ...{ 'terms.prices.0.steps.0.above': '0', 'terms.prices.0.steps.0.price': '3' },
      ...{ 'terms.prices.0.steps.0.per': '1,000,000', 'terms.prices.0.steps.1.above': '5000000' },
      ...{ 'terms.prices.0.steps.1.price': '0.000002', 'terms.prices.0.steps.1.per': '' },
      ...{ 'terms.prices.1.unit': 'TASKS', 'terms.prices.1.mode': 'GRADUATED' },
      ...{ 'terms.prices.1.steps.0.above': '', 'terms.prices.1.steps.0.price': '5', 'terms.prices.1.steps.0.per': '1' },
    })
    expect(said.kind === 'read' ? said.value.terms.prices : said).toEqual([
      {
        ...{ unit: 'TOKENS', mode: 'VOLUME' },
        steps: [
          { above: '0', price: '3', per: '1000000' },
          { above: '5000000', price: '0.000002', per: '1' },
        ],
      },
      { unit: 'TASKS', mode: 'GRADUATED', steps: [{ above: '0', price: '5', per: '1' }] },
    ])
  })

  it.each([
    ['the first day', { effectiveFrom: '' }, 'effectiveFrom'],
    ['a day that is none', { effectiveTo: '2026-02-30' }, 'effectiveTo'],
    ['a price', { 'terms.price': '' }, 'terms.price'],
    ['an amount', { 'terms.minimum': 'lots' }, 'terms.minimum'],
    ['a percentage', { 'terms.discount': '-5' }, 'terms.discount'],
    ['days', { 'terms.model': 'OUTCOME', 'terms.reversalDays': '2.5' }, 'terms.reversalDays'],
    ['what counts as revenue', { revenueSource: 'BOTH' }, 'revenueSource'],
    ['minutes', { 'terms.model': 'TIME', 'terms.incrementMinutes': 'six' }, 'terms.incrementMinutes'],
    ['a unit', { 'terms.model': 'RETAINER', 'terms.unit': 'HOURS' }, 'terms.unit'],
    [
      'a price of a unit',
      { 'terms.model': 'RETAINER', 'terms.unit': 'TASKS', 'terms.allowance': '1' },
      'terms.overagePrice',
    ],
  ])('names the field that lacks %s', (_what, change, field) => {
    expect(read({ 'terms.model': 'PER_TASK', 'terms.price': '5', ...change })).toMatchObject({ kind: 'refused', field })
  })

  it('begins with the terms that are there, and reads them as they were', () => {
    const facts: Parameters<typeof fieldsOfTerms>[0] = {
      ...{ model: 'RETAINER', currency: 'GBP', revenueSource: 'BILLED' },
      terms: {
        ...{ price: '1000', unit: 'TASKS', allowance: '10', overagePrice: '80', carryOverMonths: 2, discount: '0.1' },
        ...{ prices: [], credit: '0' },
      },
    }
    const fields = fieldsOfTerms(facts)
    const { revenueSource } = fields
    const said = read({ ...fields.values, 'terms.model': fields.model, revenueSource })
    expect(said).toMatchObject({ value: { revenueSource: 'BILLED' } })
    expect(said.kind === 'read' ? said.value.terms : said).toEqual({
      ...NOTHING,
      ...{ model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '10', overagePrice: '80' },
      ...{ carryOverMonths: 2, carryOverMax: null, discount: '0.1' },
    })
  })

  it('reads terms by the hour as they were', () => {
    const terms = { price: '90', incrementMinutes: 6, prices: [] }
    const fields = fieldsOfTerms({ model: 'TIME', currency: 'GBP', revenueSource: 'CHARGES', terms })
    const { revenueSource } = fields
    const said = read({ ...fields.values, 'terms.model': fields.model, revenueSource })
    expect(said.kind === 'read' ? said.value.terms : said).toEqual({
      ...NOTHING,
      ...{ model: 'TIME', price: '90', incrementMinutes: 6 },
    })
  })

  it('finds the field that the server refuses', () => {
    expect(fieldOfRefusal(['input', 'terms', 'prices', '0', 'steps', '1', 'above'])).toBe(
      'terms.prices.0.steps.1.above',
    )
    expect(fieldOfRefusal(null)).toBe('')
  })
})
