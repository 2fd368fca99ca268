import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18 } from '../money/fixed18.ts'
import { FOCUS_COLUMNS, SERVICE_CATEGORIES } from './columns.ts'
import { fileFaults, FOCUS_RULES, headingFaults, rowFaults, splitFaults, type FocusRow } from './conformance.ts'
import { SERVICE_OF_KIND, SERVICE_OF_POOL } from './services.ts'

/** The columns that are mandatory in version 1.3, as its list of columns has them. */
const MANDATORY = [
  ...[
    'BilledCost',
    'BillingAccountId',
    'BillingAccountName',
    'BillingCurrency',
    'BillingPeriodEnd',
    'BillingPeriodStart',
  ],
  ...['ChargeCategory', 'ChargeClass', 'ChargeDescription', 'ChargePeriodEnd', 'ChargePeriodStart', 'ContractedCost'],
  ...['EffectiveCost', 'HostProviderName', 'InvoiceIssuerName', 'ListCost', 'PricingQuantity', 'PricingUnit'],
  ...['ProviderName', 'PublisherName', 'ServiceCategory', 'ServiceName', 'ServiceProviderName'],
]

const EMPTY: FocusRow = Object.fromEntries(FOCUS_COLUMNS.map(({ id }) => [id, null]))

const costs = (amount: string) => ({
  BilledCost: amount,
  ContractedCost: amount,
  EffectiveCost: amount,
  ListCost: amount,
})

const USAGE: FocusRow = {
  ...EMPTY,
  ...costs('0.0125'),
  ...{ BillingAccountId: 'acme', BillingAccountName: 'Acme', BillingCurrency: 'GBP' },
  ...{ BillingPeriodStart: '2026-10-01T00:00:00Z', BillingPeriodEnd: '2026-11-01T00:00:00Z' },
  ...{ ChargePeriodStart: '2026-10-04T09:00:00Z', ChargePeriodEnd: '2026-10-04T10:00:00Z' },
  ...{ ChargeCategory: 'Usage', ChargeDescription: 'gpt-4o, input tokens', ChargeFrequency: 'Usage-Based' },
  ...{ ConsumedQuantity: '5000', ConsumedUnit: 'Tokens', PricingQuantity: '5000', PricingUnit: 'Tokens' },
  ...{ HostProviderName: 'openai', InvoiceIssuerName: 'openai', ProviderName: 'openai', PublisherName: 'openai' },
  ...{ ServiceProviderName: 'openai', ServiceName: 'openai inference' },
  ...{ ServiceCategory: 'AI and Machine Learning', ServiceSubcategory: 'Generative AI' },
  ...{ ResourceId: 'openai/gpt-4o', ResourceName: 'gpt-4o', ResourceType: 'Model' },
  ...{ SkuId: 'openai/gpt-4o/input_tokens', SkuMeter: 'input_tokens', SkuPriceId: 'openai/gpt-4o/input_tokens' },
  ...{ Tags: '{"agent": "research"}', x_OriginChargeId: 'e1#1', x_UnitPrice: '0.0000025', x_UnitPriceCurrency: 'USD' },
}

const POOL: FocusRow = {
  ...USAGE,
  ...costs('100'),
  ...{ ChargePeriodStart: '2026-10-01T00:00:00Z', ChargePeriodEnd: '2026-11-01T00:00:00Z' },
  ...{ ChargeCategory: 'Purchase', ChargeFrequency: 'Recurring', ConsumedQuantity: null, ConsumedUnit: null },
  ...{ PricingQuantity: '1', PricingUnit: 'Months', Tags: null, x_OriginChargeId: 'pool/1/2026-10' },
}

const share = (amount: string, ratio: string, agent: string | null): FocusRow => ({
  ...POOL,
  ...costs(amount),
  PricingQuantity: ratio,
  AllocatedMethodId: 'EQUAL',
  AllocatedMethodDetails: `{"Elements":[{"AllocatedRatio":${ratio}}]}`,
  AllocatedResourceId: agent === null ? null : `agent=${agent}`,
  AllocatedResourceName: agent,
  AllocatedTags: agent === null ? null : `{"agent": "${agent}"}`,
})

const SHARES = [share('60', '0.6', 'coding'), share('30', '0.3', 'research'), share('10', '0.1', null)]

/** A change of a row that breaks the rule, by the words of it. */
const BROKEN: Readonly<Record<string, FocusRow>> = {
  'BillingPeriodEnd: is after BillingPeriodStart': { BillingPeriodEnd: '2026-09-01T00:00:00Z' },
  'ChargePeriodEnd: is after ChargePeriodStart': { ChargePeriodEnd: '2026-10-04T09:00:00Z' },
  'ChargePeriodStart: is within the billing period': { ChargePeriodStart: '2026-09-30T23:00:00Z' },
  'ChargeFrequency: is not Usage-Based for a purchase': { ChargeCategory: 'Purchase' },
  'ConsumedQuantity: is null unless for usage': { ChargeCategory: 'Tax' },
  'ConsumedQuantity: is not null for usage that corrects nothing': { ConsumedQuantity: null, ConsumedUnit: null },
  'ConsumedUnit: is null if and only if ConsumedQuantity is': { ConsumedUnit: null },
  'PricingUnit: is null if and only if PricingQuantity is': { PricingUnit: null },
  'PricingQuantity: is not null for usage and purchases that correct nothing': {
    PricingQuantity: null,
    PricingUnit: null,
  },
  'SkuId: is not null for usage and purchases that correct nothing': { SkuId: null, SkuMeter: null, SkuPriceId: null },
  'SkuPriceId: is not null for usage and purchases that correct nothing': { SkuPriceId: null },
  'SkuMeter: is null when SkuId is': { SkuId: null },
  'SkuPriceId: is null when SkuId is': { SkuId: null },
  'ResourceName: is null when ResourceId is': { ResourceId: null, ResourceType: null },
  'ResourceType: is null when ResourceId is': { ResourceId: null, ResourceName: null },
  'AllocatedResourceName: is null if and only if AllocatedResourceId is': { AllocatedResourceName: 'coding' },
  'AllocatedMethodDetails: is null when AllocatedMethodId is': {
    AllocatedMethodDetails: '{"Elements":[{"AllocatedRatio":1}]}',
  },
  'AllocatedResourceId: is null when AllocatedMethodId is': { AllocatedResourceId: 'a', AllocatedResourceName: 'a' },
  'AllocatedTags: is null when AllocatedMethodId is': { AllocatedTags: '{"task": "t"}' },
  'AllocatedMethodDetails: has Elements, each with its AllocatedRatio': { AllocatedMethodDetails: '{"Elements":[{}]}' },
  'Tags: holds texts by their keys': { Tags: '{"agent": {"key": "research"}}' },
  'AllocatedTags: holds texts by their keys': { AllocatedMethodId: 'EQUAL', AllocatedTags: '{"task": [1]}' },
  'AllocatedTags: holds no key of Tags': { AllocatedMethodId: 'EQUAL', AllocatedTags: '{"agent": "coding"}' },
  'ServiceSubcategory: belongs to its ServiceCategory': { ServiceSubcategory: 'Search' },
  'EffectiveCost: equals BilledCost': { EffectiveCost: '1' },
  'ListCost: equals BilledCost': { ListCost: '1' },
  'ContractedCost: equals ListCost': { ContractedCost: '1' },
}

/** The same for the rules that each column has by its data. */
function changeFor(rule: string): FocusRow {
  const known = BROKEN[rule]
  if (known !== undefined) return known
  const [id = '', says = ''] = rule.split(': ')
  const { [id]: _gone, ...without } = USAGE
  if (says === 'is there') return without
  if (says === 'is not null') return { [id]: null }
  if (says.startsWith('is of type STRING')) return { [id]: '' }
  return { [id]: says.startsWith('is of type') ? '1e3' : 'no such value' }
}

describe('the columns of the file', () => {
  it('are those of FOCUS by name, then ours, with every mandatory one', () => {
    const ids = FOCUS_COLUMNS.map(({ id }) => id as string)
    const own = ids.filter((id) => id.startsWith('x_'))
    expect(ids).toEqual([...ids.filter((id) => !id.startsWith('x_')).sort(), ...[...own].sort()])
    expect(FOCUS_COLUMNS.filter(({ level }) => level === 'MANDATORY').map(({ id }) => id)).toEqual(MANDATORY)
    expect(headingFaults(ids)).toEqual([])
    expect(headingFaults([...ids.slice(1), 'Extra', 'x_More'])).toEqual([
      'AllocatedMethodDetails: has no heading',
      ...['Extra: is no column', 'x_More: is no column', 'Extra: is after ours'],
    ])
  })

  it('have a category and a subcategory for every kind of invocation and of pool', () => {
    for (const { category, subcategory } of [...Object.values(SERVICE_OF_KIND), ...Object.values(SERVICE_OF_POOL)]) {
      expect(SERVICE_CATEGORIES[category]).toContain(subcategory)
    }
  })
})

describe('the rules of a row', () => {
  it('are all kept by usage, a purchase and its parts', () => {
    expect([USAGE, POOL, ...SHARES].map(rowFaults)).toEqual([[], [], [], [], []])
  })

  it.each(FOCUS_RULES)('find what breaks “%s”', (rule) => {
    const change = changeFor(rule)
    const row = Object.keys(change).length > 10 ? change : { ...USAGE, ...change }
    expect(rowFaults(row)).toContain(rule)
  })

  it('take a decimal, and an allowed value, only as it is written', () => {
    const cells = fc.oneof(fc.string(), fc.constantFrom('12', '-0.5', '1e3', '+1', '.5', '1.', '£1', 'Usage', 'usage'))
    const columns = FOCUS_COLUMNS.filter(({ type, values }) => type === 'DECIMAL' || values !== undefined)
    fc.assert(
      fc.property(fc.constantFrom(...columns), cells, ({ id, type, values }, cell) => {
        const isFine = values === undefined ? /^-?\d+(\.\d+)?$/.test(cell) : values.includes(cell)
        const rule = `${id}: ${values === undefined ? `is of type ${type}` : 'is one of the allowed values'}`
        expect(rowFaults({ ...USAGE, [id]: cell }).includes(rule)).toBe(!isFine)
      }),
    )
  })
})

describe('charges and their parts', () => {
  it('add up, whatever is split and into however many parts', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 24n }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(amounts, (sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0n)
        const origin = { ...POOL, ...costs(formatFixed18(total)) }
        // As the export cuts them: differences of neighbouring shares with 18 decimals.
        const upTo = (count: number) =>
          (sizes.slice(0, count).reduce((sum, size) => sum + size, 0n) * 10n ** 18n + total / 2n) / total
        const parts = sizes.map((size, at) =>
          share(formatFixed18(size), formatFixed18(upTo(at + 1) - upTo(at)), `agent ${at}`),
        )
        expect(splitFaults([origin], parts)).toEqual([])
        expect(parts.flatMap(rowFaults)).toEqual([])
        const more = { ...parts[0]!, ...costs(formatFixed18(sizes[0]! + 1n)) }
        expect(splitFaults([origin], [more, ...parts.slice(1)])).toContain(
          'pool/1/2026-10: EffectiveCost does not add up',
        )
      }),
    )
  })

  it('are told apart where something is amiss', () => {
    expect(splitFaults([POOL, USAGE], [...SHARES, USAGE])).toEqual([])
    expect(splitFaults([POOL], [...SHARES, { ...USAGE, x_OriginChargeId: 'e9#1' }])).toEqual([
      'e9#1: is a part of no charge',
    ])
    expect(splitFaults([POOL], [])[0]).toBe('pool/1/2026-10: has no parts')
    const [first, ...rest] = SHARES
    expect(splitFaults([POOL], [{ ...first!, ServiceName: 'other' }, ...rest])).toEqual([
      'pool/1/2026-10: ServiceName differs',
    ])
    expect(
      splitFaults([POOL], [{ ...first!, AllocatedMethodDetails: '{"Elements":[{"AllocatedRatio":0.5}]}' }, ...rest]),
    ).toEqual(['pool/1/2026-10: ratios do not add up to 1'])
  })

  it('have one parent each, over all rows', () => {
    expect(fileFaults([USAGE, POOL])).toEqual([])
    expect(fileFaults([USAGE, { ...USAGE, SkuId: 'other' }])).toEqual([
      'SkuPriceId: openai/gpt-4o/input_tokens has more than one SkuId',
    ])
  })
})
