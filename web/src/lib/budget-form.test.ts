import { describe, expect, it } from '@jest/globals'
import { fieldsOfBudget, newBudget, readBudgetForm, type BudgetFields } from './budget-form.ts'

function formOf(fields: Partial<BudgetFields>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...newBudget('GBP'), ...fields }))
    if (typeof value === 'string') form.set(name, value)
    else if (value) form.set(name, 'on')
  return form
}

describe('the form of a budget', () => {
  it('becomes the input, and leaves to the server what is left out', () => {
    expect(readBudgetForm(formOf({ amount: '5,600.00' }))).toEqual({
      kind: 'read',
      value: {
        scope: 'FLEET',
        key: null,
        window: 'MONTH',
        amount: { amount: '5600.00', currency: 'GBP' },
        thresholds: null,
        forecastThresholds: null,
        period: null,
        startsOn: null,
        learn: false,
        note: null,
      },
    })
  })

  it('takes thresholds in percent, and the last day of a period as included', () => {
    const read = readBudgetForm(
      formOf({
        scope: 'CLIENT',
        key: 'northwind',
        window: 'CUSTOM',
        from: '2026-10-01',
        last: '2026-12-31',
        amount: '640',
        thresholds: '80 %, 90, 112.5',
        forecastThresholds: '100',
      }),
    )
    expect(read).toMatchObject({
      value: {
        key: 'northwind',
        period: { from: '2026-10-01', to: '2027-01-01' },
        thresholds: ['0.8', '0.9', '1.125'],
        forecastThresholds: ['1'],
      },
    })
  })

  it('learns only the daily cost of an agent', () => {
    const fields = { key: 'research', amount: '50', learn: true } as const
    expect(readBudgetForm(formOf({ ...fields, scope: 'AGENT', window: 'DAY' }))).toMatchObject({
      value: { learn: true },
    })
    expect(readBudgetForm(formOf({ ...fields, scope: 'AGENT', window: 'MONTH' }))).toMatchObject({
      value: { learn: false },
    })
  })

  it.each([
    ['key', { scope: 'AGENT', amount: '1' }],
    ['amount', { amount: '-5' }],
    ['amount', { amount: '' }],
    ['thresholds', { amount: '5', thresholds: '80, many' }],
    ['from', { amount: '5', window: 'CUSTOM' }],
    ['last', { amount: '5', window: 'CUSTOM', from: '2026-10-02', last: '2026-10-01' }],
    ['startsOn', { amount: '5', window: 'TOTAL', startsOn: '2026-02-30' }],
  ] as const)('says that %s cannot be read', (field, fields) => {
    expect(readBudgetForm(formOf(fields))).toMatchObject({ kind: 'refused', field })
  })

  it('holds a budget as it is, so that reading it back changes nothing', () => {
    const stored = {
      scope: 'PROJECT',
      key: 'emea',
      window: 'CUSTOM',
      givenAmount: { amount: '640.00', currency: 'EUR' },
      thresholds: ['0.8', '1'],
      forecastThresholds: [],
      isLearned: false,
      note: 'agreed on 1 Oct',
    } as const
    expect(readBudgetForm(formOf(fieldsOfBudget(stored, '2026-10-01', '2026-11-01')))).toMatchObject({
      value: {
        scope: 'PROJECT',
        key: 'emea',
        window: 'CUSTOM',
        amount: { amount: '640.00', currency: 'EUR' },
        thresholds: ['0.8', '1'],
        period: { from: '2026-10-01', to: '2026-11-01' },
        note: 'agreed on 1 Oct',
      },
    })
  })
})
