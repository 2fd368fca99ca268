/** The version of FOCUS, the FinOps Open Cost and Usage Specification, that files are written in. */
export const FOCUS_VERSION = '1.3'

/** Decimals are plain (`-0.12`), date-times are UTC (`2026-10-01T00:00:00Z`), JSON is an object as text. */
export type FocusType = 'STRING' | 'DECIMAL' | 'DATE_TIME' | 'JSON'

/** What the specification asks of a column; CUSTOM columns are ours and begin with `x_`. */
export type FeatureLevel = 'MANDATORY' | 'CONDITIONAL' | 'RECOMMENDED' | 'CUSTOM'

/** A column of the file and what the specification says of each of its cells. */
export interface FocusColumn {
  id: string
  type: FocusType
  level: FeatureLevel
  allowsNull: boolean
  /** All values that a cell may have; left out: any. */
  values?: readonly string[]
  /** A further format of its text: of a currency (ISO 4217), or of a unit (`Tokens`, `GB-Months`). */
  format?: 'CURRENCY' | 'UNIT'
}

/** Categories of services and the subcategories that each is parent of, as far as what we export has them. */
export const SERVICE_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  'AI and Machine Learning': ['Generative AI', 'Machine Learning', 'Other (AI and Machine Learning)'],
  Analytics: ['Search', 'Other (Analytics)'],
  Databases: ['Other (Databases)'],
  Integration: ['Workflow Orchestration'],
  'Management and Governance': ['Observability'],
  Other: ['Other (Other)'],
}

function column<Id extends string>(
  id: Id,
  type: FocusType,
  level: FeatureLevel,
  more: Partial<Pick<FocusColumn, 'allowsNull' | 'values' | 'format'>> = {},
): FocusColumn & { id: Id } {
  return { id, type, level, allowsNull: level === 'CUSTOM', ...more }
}

const NULLABLE = { allowsNull: true } as const

/**
 * The columns of the cost and usage file, those of FOCUS by name and then ours, with the type, the feature level, the nullability and the
 * allowed values that version 1.3 gives them (https://focus.finops.org/focus-specification/v1-3/; the text of each column is
 * specification/datasets/cost_and_usage/columns/ of github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec). Conditional columns whose
 * condition is not met here are left out: docs/reference/focus.md says which and why.
 */
export const FOCUS_COLUMNS = [
  column('AllocatedMethodDetails', 'JSON', 'RECOMMENDED', NULLABLE),
  column('AllocatedMethodId', 'STRING', 'CONDITIONAL', NULLABLE),
  column('AllocatedResourceId', 'STRING', 'CONDITIONAL', NULLABLE),
  column('AllocatedResourceName', 'STRING', 'CONDITIONAL', NULLABLE),
  column('AllocatedTags', 'JSON', 'CONDITIONAL', NULLABLE),
  column('BilledCost', 'DECIMAL', 'MANDATORY'),
  column('BillingAccountId', 'STRING', 'MANDATORY'),
  column('BillingAccountName', 'STRING', 'MANDATORY', NULLABLE),
  column('BillingCurrency', 'STRING', 'MANDATORY', { format: 'CURRENCY' }),
  column('BillingPeriodEnd', 'DATE_TIME', 'MANDATORY'),
  column('BillingPeriodStart', 'DATE_TIME', 'MANDATORY'),
  column('ChargeCategory', 'STRING', 'MANDATORY', { values: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'] }),
  column('ChargeClass', 'STRING', 'MANDATORY', { allowsNull: true, values: ['Correction'] }),
  column('ChargeDescription', 'STRING', 'MANDATORY', NULLABLE),
  column('ChargeFrequency', 'STRING', 'RECOMMENDED', { values: ['One-Time', 'Recurring', 'Usage-Based'] }),
  column('ChargePeriodEnd', 'DATE_TIME', 'MANDATORY'),
  column('ChargePeriodStart', 'DATE_TIME', 'MANDATORY'),
  column('ConsumedQuantity', 'DECIMAL', 'CONDITIONAL', NULLABLE),
  column('ConsumedUnit', 'STRING', 'CONDITIONAL', { allowsNull: true, format: 'UNIT' }),
  column('ContractedCost', 'DECIMAL', 'MANDATORY'),
  column('EffectiveCost', 'DECIMAL', 'MANDATORY'),
  column('HostProviderName', 'STRING', 'MANDATORY'),
  column('InvoiceIssuerName', 'STRING', 'MANDATORY'),
  column('ListCost', 'DECIMAL', 'MANDATORY'),
  column('PricingQuantity', 'DECIMAL', 'MANDATORY', NULLABLE),
  column('PricingUnit', 'STRING', 'MANDATORY', { allowsNull: true, format: 'UNIT' }),
  column('ProviderName', 'STRING', 'MANDATORY'),
  column('PublisherName', 'STRING', 'MANDATORY'),
  column('ResourceId', 'STRING', 'CONDITIONAL', NULLABLE),
  column('ResourceName', 'STRING', 'CONDITIONAL', NULLABLE),
  column('ResourceType', 'STRING', 'CONDITIONAL', NULLABLE),
  column('ServiceCategory', 'STRING', 'MANDATORY', { values: Object.keys(SERVICE_CATEGORIES) }),
  column('ServiceName', 'STRING', 'MANDATORY'),
  column('ServiceProviderName', 'STRING', 'MANDATORY'),
  column('ServiceSubcategory', 'STRING', 'RECOMMENDED', { values: Object.values(SERVICE_CATEGORIES).flat() }),
  column('SkuId', 'STRING', 'CONDITIONAL', NULLABLE),
  column('SkuMeter', 'STRING', 'CONDITIONAL', NULLABLE),
  column('SkuPriceId', 'STRING', 'CONDITIONAL', NULLABLE),
  column('Tags', 'JSON', 'CONDITIONAL', NULLABLE),
  column('x_AgentKey', 'STRING', 'CUSTOM'),
  column('x_AgentName', 'STRING', 'CUSTOM'),
  column('x_ClientKey', 'STRING', 'CUSTOM'),
  column('x_CostBasis', 'STRING', 'CUSTOM'),
  column('x_FxRate', 'DECIMAL', 'CUSTOM'),
  column('x_InvocationId', 'STRING', 'CUSTOM'),
  column('x_OccurredAt', 'STRING', 'CUSTOM'),
  column('x_OriginChargeId', 'STRING', 'CUSTOM', { allowsNull: false }),
  column('x_ProjectKey', 'STRING', 'CUSTOM'),
  column('x_SpanId', 'STRING', 'CUSTOM'),
  column('x_TaskKey', 'STRING', 'CUSTOM'),
  column('x_TraceId', 'STRING', 'CUSTOM'),
  column('x_UnitPrice', 'DECIMAL', 'CUSTOM'),
  column('x_UnitPriceCurrency', 'STRING', 'CUSTOM', { allowsNull: true, format: 'CURRENCY' }),
] as const satisfies readonly FocusColumn[]
