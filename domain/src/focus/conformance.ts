import { z } from 'zod'
import { isCurrencyCode } from '../money/currency.ts'
import { FIXED18_ONE, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { groupBy } from '../group-by.ts'
import { parseExactJson } from '../reconciliation/read-number.ts'
import { FOCUS_COLUMNS, SERVICE_CATEGORIES, type FocusColumn } from './columns.ts'

/** A row of a file: the text of each cell by its column; null where it is empty. */
export type FocusRow = Readonly<Record<string, string | null>>

/** What the specification asks of a row, or of rows together. */
interface Rule<Of> {
  /** `EffectiveCost: equals BilledCost`. */
  says: string
  holds: (of: Of) => boolean
}

const DECIMAL = /^-?\d+(\.\d+)?$/
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const UNIT = /^(\d+ )?[A-Z]+[A-Za-z]*(-[A-Z][A-Za-z]*)*(\/[A-Z][A-Za-z]*)?$/
const COSTS = ['BilledCost', 'ContractedCost', 'EffectiveCost', 'ListCost']
const QUANTITIES = ['ConsumedQuantity', 'PricingQuantity']
const TAGS = z.record(z.string(), z.union([z.string(), z.literal(true), z.null()]))
const DETAILS = z.object({
  Elements: z.array(z.looseObject({ AllocatedRatio: z.string().regex(DECIMAL) })).min(1),
})

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : parseExactJson(text)
  } catch {
    return undefined
  }
}

function isOfType(text: string, { type }: FocusColumn): boolean {
  if (type === 'DECIMAL') return DECIMAL.test(text)
  if (type === 'DATE_TIME') return DATE_TIME.test(text) && !Number.isNaN(Date.parse(text))
  if (type === 'JSON') {
    const value = jsonOf(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  }
  return text !== ''
}

function isOfFormat(text: string, { format }: FocusColumn): boolean {
  if (format === 'CURRENCY') return isCurrencyCode(text)
  return format === undefined || UNIT.test(text)
}

/** What each column asks of its own cells. */
function columnRules(column: FocusColumn): Rule<FocusRow>[] {
  const { id, type, allowsNull, values, format } = column
  const each = (says: string, holds: (text: string) => boolean): Rule<FocusRow> => ({
    says: `${id}: ${says}`,
    holds: (row) => row[id] === null || row[id] === undefined || holds(row[id]),
  })
  return [
    { says: `${id}: is there`, holds: (row) => row[id] !== undefined },
    ...(allowsNull ? [] : [{ says: `${id}: is not null`, holds: (row: FocusRow) => row[id] !== null }]),
    each(`is of type ${type}`, (text) => isOfType(text, column)),
    ...(values === undefined ? [] : [each('is one of the allowed values', (text) => values.includes(text))]),
    ...(format === undefined ? [] : [each(`is written as ${format}`, (text) => isOfFormat(text, column))]),
  ]
}

const isUsage = (row: FocusRow) => row['ChargeCategory'] === 'Usage'
const isPriced = (row: FocusRow) =>
  (isUsage(row) || row['ChargeCategory'] === 'Purchase') && row['ChargeClass'] !== 'Correction'

/** If and only if the one is null, the other is. */
function together(id: string, other: string): Rule<FocusRow> {
  return {
    says: `${id}: is null if and only if ${other} is`,
    holds: (row) => (row[id] === null) === (row[other] === null),
  }
}

function nullWithout(id: string, other: string): Rule<FocusRow> {
  return { says: `${id}: is null when ${other} is`, holds: (row) => row[other] !== null || row[id] === null }
}

function equals(id: string, other: string): Rule<FocusRow> {
  return { says: `${id}: equals ${other}`, holds: (row) => row[id] === row[other] }
}

function neededWhenPriced(id: string): Rule<FocusRow> {
  return {
    says: `${id}: is not null for usage and purchases that correct nothing`,
    holds: (row) => !isPriced(row) || row[id] !== null,
  }
}

const before = (start: string, end: string): Rule<FocusRow> => ({
  says: `${end}: is after ${start}`,
  holds: (row) => (row[start] ?? '') < (row[end] ?? ''),
})

const RELATIONS: readonly Rule<FocusRow>[] = [
  before('BillingPeriodStart', 'BillingPeriodEnd'),
  before('ChargePeriodStart', 'ChargePeriodEnd'),
  {
    says: 'ChargePeriodStart: is within the billing period',
    holds: (row) =>
      (row['BillingPeriodStart'] ?? '') <= (row['ChargePeriodStart'] ?? '') &&
      (row['ChargePeriodEnd'] ?? '') <= (row['BillingPeriodEnd'] ?? ''),
  },
  {
    says: 'ChargeFrequency: is not Usage-Based for a purchase',
    holds: (row) => row['ChargeCategory'] !== 'Purchase' || row['ChargeFrequency'] !== 'Usage-Based',
  },
  {
    says: 'ConsumedQuantity: is null unless for usage',
    holds: (row) => isUsage(row) || row['ConsumedQuantity'] === null,
  },
  {
    says: 'ConsumedQuantity: is not null for usage that corrects nothing',
    holds: (row) => !isUsage(row) || row['ChargeClass'] === 'Correction' || row['ConsumedQuantity'] !== null,
  },
  together('ConsumedUnit', 'ConsumedQuantity'),
  together('PricingUnit', 'PricingQuantity'),
  ...['PricingQuantity', 'SkuId', 'SkuPriceId'].map(neededWhenPriced),
  nullWithout('SkuMeter', 'SkuId'),
  nullWithout('SkuPriceId', 'SkuId'),
  nullWithout('ResourceName', 'ResourceId'),
  nullWithout('ResourceType', 'ResourceId'),
  together('AllocatedResourceName', 'AllocatedResourceId'),
  ...['AllocatedMethodDetails', 'AllocatedResourceId', 'AllocatedTags'].map((id) =>
    nullWithout(id, 'AllocatedMethodId'),
  ),
  {
    says: 'AllocatedMethodDetails: has Elements, each with its AllocatedRatio',
    holds: ({ AllocatedMethodDetails: text = null }) => text === null || DETAILS.safeParse(jsonOf(text)).success,
  },
  ...['Tags', 'AllocatedTags'].map((id) => ({
    says: `${id}: holds texts by their keys`,
    holds: (row: FocusRow) => row[id] === null || TAGS.safeParse(jsonOf(row[id] ?? null)).success,
  })),
  {
    says: 'AllocatedTags: holds no key of Tags',
    holds: ({ Tags: tags = null, AllocatedTags: allocated = null }) => {
      const keys = new Set(Object.keys(jsonOf(tags) ?? {}))
      return Object.keys(jsonOf(allocated) ?? {}).every((key) => !keys.has(key))
    },
  },
  {
    says: 'ServiceSubcategory: belongs to its ServiceCategory',
    holds: ({ ServiceCategory: category = null, ServiceSubcategory: subcategory = null }) =>
      SERVICE_CATEGORIES[category ?? '']?.includes(subcategory ?? '') === true,
  },
  // No row covers another, and none has a ListUnitPrice.
  equals('EffectiveCost', 'BilledCost'),
  equals('ListCost', 'BilledCost'),
  equals('ContractedCost', 'ListCost'),
]

const ROW_RULES = [...FOCUS_COLUMNS.flatMap(columnRules), ...RELATIONS]

/** Every rule that a row can break, as it reads. */
export const FOCUS_RULES: readonly string[] = ROW_RULES.map(({ says }) => says)

/** The rules that a row breaks. */
export function rowFaults(row: FocusRow): string[] {
  return ROW_RULES.filter(({ holds }) => !holds(row)).map(({ says }) => says)
}

/** What of the heading is not as it must be: all columns, those of FOCUS first, ours with their prefix. */
export function headingFaults(headings: readonly string[]): string[] {
  const wanted: readonly string[] = FOCUS_COLUMNS.map(({ id }) => id)
  const own = headings.findIndex((name) => name.startsWith('x_'))
  return [
    ...wanted.filter((id) => !headings.includes(id)).map((id) => `${id}: has no heading`),
    ...headings.filter((name) => !wanted.includes(name)).map((name) => `${name}: is no column`),
    ...headings
      .filter((name, at) => own >= 0 && at > own && !name.startsWith('x_'))
      .map((name) => `${name}: is after ours`),
  ]
}

/** What one thing must have one of, over all rows of a file: `[thing, of which]`. */
const ONE_PARENT = [
  ['SkuPriceId', 'SkuId'],
  ['ServiceName', 'ServiceCategory'],
  ['ResourceId', 'ResourceName'],
] as const

/** What the rows of a file break together. */
export function fileFaults(rows: readonly FocusRow[]): string[] {
  return ONE_PARENT.flatMap(([child, parent]) => {
    const known = new Map<string, string | null>()
    return rows.flatMap((row) => {
      const key = row[child] ?? null
      if (key === null) return []
      if (!known.has(key)) known.set(key, row[parent] ?? null)
      return known.get(key) === (row[parent] ?? null) ? [] : [`${child}: ${key} has more than one ${parent}`]
    })
  })
}

/** Columns in which a part may differ from the charge that it is of. */
const ARE_OWN = new Set<string>([
  ...COSTS,
  ...QUANTITIES,
  ...FOCUS_COLUMNS.map(({ id }) => id).filter((id) => id.startsWith('Allocated') || id.startsWith('x_')),
])

function sumOf(rows: readonly FocusRow[], id: string): Fixed18 {
  return rows.reduce((sum, row) => sum + parseFixed18(row[id] ?? '0'), 0n)
}

function ratioOf(row: FocusRow): Fixed18 {
  const details = DETAILS.safeParse(jsonOf(row['AllocatedMethodDetails'] ?? null))
  return details.success ? details.data.Elements.reduce((sum, each) => sum + parseFixed18(each.AllocatedRatio), 0n) : 0n
}

/**
 * What charges and their parts break together: the parts of a charge add up to it in every cost and quantity, their ratios to 1, and in all
 * else they are alike.
 */
export function splitFaults(origins: readonly FocusRow[], parts: readonly FocusRow[]): string[] {
  const charge = (row: FocusRow) => row['x_OriginChargeId'] ?? ''
  const byCharge = groupBy(parts, charge)
  const known = new Set(origins.map(charge))
  return [
    ...[...byCharge.keys()].filter((id) => !known.has(id)).map((id) => `${id}: is a part of no charge`),
    ...origins.flatMap((origin) => chargeFaults(origin, byCharge.get(charge(origin)) ?? [])),
  ]
}

function chargeFaults(origin: FocusRow, parts: readonly FocusRow[]): string[] {
  const isSplit = parts.some((part) => part['AllocatedMethodDetails'] !== null)
  const differs = (id: string) => !ARE_OWN.has(id) && parts.some((part) => part[id] !== origin[id])
  return [
    ...(parts.length === 0 ? ['has no parts'] : []),
    ...[...COSTS, ...QUANTITIES]
      .filter((id) => sumOf(parts, id) !== sumOf([origin], id))
      .map((id) => `${id} does not add up`),
    ...FOCUS_COLUMNS.map(({ id }) => id)
      .filter(differs)
      .map((id) => `${id} differs`),
    ...(isSplit && parts.reduce((sum, part) => sum + ratioOf(part), 0n) !== FIXED18_ONE
      ? ['ratios do not add up to 1']
      : []),
  ].map((fault) => `${origin['x_OriginChargeId'] ?? ''}: ${fault}`)
}
