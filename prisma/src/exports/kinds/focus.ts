import { FOCUS_COLUMNS, FOCUS_VERSION } from '@outlay/domain/focus/columns'
import { SERVICE_OF_KIND, SERVICE_OF_POOL, UNIT_OF_METER } from '@outlay/domain/focus/services'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { ExportKind, ExportPart, SqlColumn } from '../export-kind.ts'
import type { ParquetColumn } from '../parquet-file.ts'
import { placeOf } from './invocations.ts'

type ColumnId = (typeof FOCUS_COLUMNS)[number]['id']

/** The SQL of each cell, as text; a column that is not named is empty. */
type Cells = Partial<Record<ColumnId, string>>

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`

function choice<Key extends string>(sql: string, values: Readonly<Record<Key, string>>, otherwise: string): string {
  const cases = Object.entries<string>(values).map(([key, value]) => `WHEN ${quote(key)} THEN ${quote(value)}`)
  return `CASE ${sql} ${cases.join(' ')} ELSE ${otherwise} END`
}

function pluck<Key extends string, Name extends string>(
  of: Readonly<Record<Key, Readonly<Record<Name, string>>>>,
  name: Name,
): Record<Key, string> {
  const values = Object.entries<Readonly<Record<Name, string>>>(of).map(([key, each]) => [key, each[name]])
  return Object.fromEntries(values) as Record<Key, string>
}

/** An instant in UTC, or a local time of the zone of the tenant as one. */
const utc = (instant: string) => `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
const inZone = (local: string) => utc(`((${local})::timestamp AT TIME ZONE z.time_zone)`)
const decimal = (sql: string) => `trim_scale(${sql})::text`

/** An object without what is null; null when nothing is left. */
const object = (fields: Readonly<Record<string, string>>) => {
  const parts = Object.entries(fields).map(([name, sql]) => `${quote(name)}, ${sql}`)
  return `nullif(jsonb_strip_nulls(jsonb_build_object(${parts.join(', ')}))::text, '{}')`
}

/** The same amount in every cost: what was paid is what it is worth, and discounts are in the prices already. */
const costs = (sql: string): Cells =>
  Object.fromEntries(
    (['BilledCost', 'ContractedCost', 'EffectiveCost', 'ListCost'] as const).map((id) => [id, decimal(sql)]),
  )

const ACCOUNT: Cells = { BillingAccountId: 'z.key', BillingAccountName: 'z.name', BillingCurrency: 'z.currency' }

/** One name for each role that FOCUS tells apart: who is behind a provider is not known. */
const provider = (sql: string): Cells => {
  const name = `coalesce(nullif(${sql}, ''), 'Unknown')`
  return {
    ...{ HostProviderName: name, InvoiceIssuerName: name, ProviderName: name, PublisherName: name },
    ServiceProviderName: name,
  }
}

const AGENT = `CASE WHEN i.billing <> 'SHARED' THEN a.key END`
const MONTH = `date_trunc('month', i.occurred_at AT TIME ZONE 'UTC')`
const HOUR = `date_trunc('hour', i.occurred_at AT TIME ZONE 'UTC')`
const SKU = `coalesce(nullif(r.provider, ''), 'unknown') || '/' || coalesce(nullif(r.name, ''), 'unknown') || '/' || coalesce(l.meter, 'reported')`
const UNIT = `CASE WHEN l.meter IS NULL THEN 'Requests' WHEN l.meter LIKE '%\\_tokens' THEN 'Tokens'
  ELSE ${choice('l.meter', UNIT_OF_METER, `'Units'`)} END`

/** What makes a price another than the plain one of its meter; prices themselves, their currencies and their dates are no part of it. */
const PRICE = `concat_ws(';', ${SKU}, nullif(t.qualifiers_key, ''),
  'above_prompt_tokens=' || coalesce(t.above_prompt_tokens, c.above_prompt_tokens),
  'above_monthly_quantity=' || trim_scale(t.above_monthly_quantity))`

const USAGE: Cells = {
  ...ACCOUNT,
  ...costs('l.amount'),
  ...provider('r.provider'),
  BillingPeriodStart: `to_char(${MONTH}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  BillingPeriodEnd: `to_char(${MONTH} + interval '1 month', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  ChargeCategory: `'Usage'`,
  ChargeDescription: `coalesce(nullif(r.name, ''), 'unknown') || ', ' || coalesce(replace(l.meter, '_', ' '), 'cost as reported')`,
  ChargeFrequency: `'Usage-Based'`,
  ChargePeriodStart: `to_char(${HOUR}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  ChargePeriodEnd: `to_char(${HOUR} + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  ConsumedQuantity: decimal('l.quantity'),
  ConsumedUnit: UNIT,
  PricingQuantity: decimal('l.quantity'),
  PricingUnit: UNIT,
  ResourceId: `nullif(r.provider, '') || '/' || nullif(r.name, '')`,
  ResourceName: `CASE WHEN r.provider <> '' THEN nullif(r.name, '') END`,
  ResourceType: `CASE WHEN r.provider <> '' AND r.name <> '' THEN initcap(i.kind) END`,
  ServiceCategory: choice('i.kind', pluck(SERVICE_OF_KIND, 'category'), `'Other'`),
  ServiceName: `coalesce(nullif(r.provider, ''), 'Unknown') || ' ' || ${choice('i.kind', pluck(SERVICE_OF_KIND, 'words'), `'services'`)}`,
  ServiceSubcategory: choice('i.kind', pluck(SERVICE_OF_KIND, 'subcategory'), `'Other (Other)'`),
  SkuId: SKU,
  SkuMeter: `coalesce(l.meter, 'reported')`,
  SkuPriceId: PRICE,
  Tags: object({ agent: AGENT, client: 'k.key', project: 'p.key', task: 'w.key' }),
  x_AgentKey: AGENT,
  x_AgentName: `CASE WHEN i.billing <> 'SHARED' THEN a.name END`,
  x_ClientKey: 'k.key',
  x_CostBasis: 'i.cost_basis',
  x_FxRate: decimal('l.fx_rate'),
  x_InvocationId: 'i.id',
  x_OccurredAt: `to_char(i.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  x_OriginChargeId: `i.id || '#' || l.position`,
  x_ProjectKey: 'p.key',
  x_SpanId: 'i.span_id',
  x_TaskKey: 'w.key',
  x_TraceId: 'i.trace_id',
  x_UnitPrice: decimal('coalesce(t.unit_price, c.unit_price)'),
  x_UnitPriceCurrency: 'coalesce(t.currency, c.currency)',
}

/**
 * Every line of an event that has a cost, as the provider charges it; a cost that its sender reported is one line. Bounded by the
 * partitions of the period.
 */
const usage: ExportPart = {
  cells: cellsOf(USAGE),
  from: `invocation i
    JOIN LATERAL (
      SELECT u.meter, u.quantity, u.rate_id, u.amount, u.fx_rate, u.position
      FROM unnest(i.meters, i.quantities, i.rate_ids, i.amounts, i.fx_rates) WITH ORDINALITY
        AS u(meter, quantity, rate_id, amount, fx_rate, position)
      WHERE i.cost_basis <> 'REPORTED' AND u.amount IS NOT NULL
      UNION ALL
      SELECT NULL, 1, NULL, i.cost, i.reported_fx_rate, 1 WHERE i.cost_basis = 'REPORTED') l ON true
    LEFT JOIN agent a ON a.tenant_id = $1::uuid AND a.id = i.agent_id
    LEFT JOIN task w ON w.tenant_id = $1::uuid AND w.id = i.task_id
    LEFT JOIN client k ON k.tenant_id = $1::uuid AND k.id = ${placeOf('client_id', 'w')}
    LEFT JOIN project p ON p.tenant_id = $1::uuid AND p.id = ${placeOf('project_id', 'w')}
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id
    LEFT JOIN rate t ON t.tenant_id = $1::uuid AND t.id = l.rate_id
    LEFT JOIN catalogue_rate c ON c.id = l.rate_id`,
  where: `i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
    AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND i.cost IS NOT NULL`,
  orderBy: 'i.occurred_at, i.id COLLATE "C", l.position',
}

/** Months that begin in the period: files of periods that follow each other have each of them once. */
const BEGINS = `(r.month::timestamp AT TIME ZONE z.time_zone) >= $2::timestamptz
  AND (r.month::timestamp AT TIME ZONE z.time_zone) < $3::timestamptz`

/** What a pool's month is, whatever is split of it: the same on its origin row and on each of its parts. */
const POOL: Cells = {
  ...ACCOUNT,
  ...provider('o.resource_provider'),
  BillingPeriodStart: inZone('r.month'),
  BillingPeriodEnd: inZone(`r.month + interval '1 month'`),
  ChargeCategory: `'Purchase'`,
  ChargeDescription: `o.name || ', ' || to_char(r.month, 'YYYY-MM')`,
  ChargeFrequency: `CASE o.recurrence WHEN 'ONCE' THEN 'One-Time' ELSE 'Recurring' END`,
  ChargePeriodStart: inZone('r.month'),
  ChargePeriodEnd: inZone(`r.month + interval '1 month'`),
  PricingUnit: `'Months'`,
  ResourceId: `'pool/' || o.id`,
  ResourceName: 'o.name',
  ResourceType: `'Pool'`,
  ServiceCategory: choice('o.category', pluck(SERVICE_OF_POOL, 'category'), `'Other'`),
  ServiceName: 'o.name',
  ServiceSubcategory: choice('o.category', pluck(SERVICE_OF_POOL, 'subcategory'), `'Other (Other)'`),
  SkuId: `'pool/' || o.id`,
  SkuMeter: 'o.category',
  SkuPriceId: `'pool/' || o.id`,
  x_CostBasis: `'POOL'`,
  x_OriginChargeId: `'pool/' || o.id || '/' || to_char(r.month, 'YYYY-MM')`,
}

const poolOrigins: ExportPart = {
  cells: cellsOf({ ...POOL, ...costs('r.total'), PricingQuantity: `'1'` }),
  from: 'allocation_run r JOIN cost_pool o ON o.tenant_id = $1::uuid AND o.id = r.pool_id',
  where: `r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND ${BEGINS}`,
  orderBy: 'r.month, o.name, r.id',
}

const nameless = (sql: string) => `nullif(${sql}, '${NIL_UUID}')`

/** The part of a run up to a line, as a share with 18 decimals: the differences of neighbours add up to 1 exactly. */
const upTo = (amount: string) => `round((${amount}) / nullif(s.total, 0), 18)`
const RATIO = `(${upTo('s.until')} - ${upTo('s.until - s.amount')})`
const KEYS = `concat_ws(';', 'agent=' || a.key, 'client=' || k.key, 'project=' || p.key, 'task=' || w.key)`

const SPLIT: Cells = {
  ...POOL,
  ...costs('s.amount'),
  AllocatedMethodDetails: `CASE WHEN s.total <> 0 THEN
    '{"Elements":[{"AllocatedRatio":' || trim_scale(${RATIO}) || coalesce(',"x_Fallback":"' || r.fallback || '"', '') || '}]}' END`,
  AllocatedMethodId: `concat_ws('/', r.method, r.basis)`,
  AllocatedResourceId: `CASE WHEN s.is_share THEN coalesce(nullif(${KEYS}, ''), 'untagged') END`,
  AllocatedResourceName: `CASE WHEN s.is_share THEN coalesce(a.name, w.key, k.name, p.name, 'untagged') END`,
  AllocatedTags: object({ agent: 'a.key', client: 'k.key', project: 'p.key', task: 'w.key' }),
  PricingQuantity: `CASE WHEN s.total = 0 THEN CASE WHEN s.is_share THEN '0' ELSE '1' END ELSE trim_scale(${RATIO})::text END`,
  x_AgentKey: 'a.key',
  x_AgentName: 'a.name',
  x_ClientKey: 'k.key',
  x_ProjectKey: 'p.key',
  x_TaskKey: 'w.key',
}

/** What each agent, client, project and task bears of a pool's month, and what is left of it to nobody. */
const poolShares: ExportPart = {
  cells: cellsOf(SPLIT),
  from: `(
      SELECT l.*, sum(l.amount) OVER (PARTITION BY l.run_id ORDER BY l.is_share DESC, l.agent_id, l.place) AS until
      FROM (
        SELECT r.id AS run_id, r.total, s.agent_id, u.task_id, u.client_id, u.project_id, u.amount, u.place, true AS is_share
        FROM allocation_run r
        JOIN allocation_share s ON s.tenant_id = $1::uuid AND s.run_id = r.id
        CROSS JOIN LATERAL unnest(s.task_ids, s.client_ids, s.project_ids, s.amounts) WITH ORDINALITY
          AS u(task_id, client_id, project_id, amount, place)
        WHERE r.tenant_id = $1::uuid AND r.state = 'CURRENT'
          AND r.month >= ($2::timestamptz)::date - 2 AND r.month <= ($3::timestamptz)::date + 2
        UNION ALL
        SELECT r.id, r.total, NULL, NULL, NULL, NULL, r.total - r.allocated, 0, false
        FROM allocation_run r
        WHERE r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND (r.total <> r.allocated OR r.total = 0)
          AND r.month >= ($2::timestamptz)::date - 2 AND r.month <= ($3::timestamptz)::date + 2) l) s
    JOIN allocation_run r ON r.tenant_id = $1::uuid AND r.id = s.run_id
    JOIN cost_pool o ON o.tenant_id = $1::uuid AND o.id = r.pool_id
    LEFT JOIN agent a ON a.tenant_id = $1::uuid AND a.id = ${nameless('s.agent_id')}
    LEFT JOIN client k ON k.tenant_id = $1::uuid AND k.id = s.client_id
    LEFT JOIN project p ON p.tenant_id = $1::uuid AND p.id = s.project_id
    LEFT JOIN task w ON w.tenant_id = $1::uuid AND w.id = s.task_id`,
  where: BEGINS,
  orderBy: 'r.month, o.name, r.id, s.is_share DESC, s.agent_id, s.place',
}

function cellsOf(cells: Cells): string[] {
  return FOCUS_COLUMNS.map(({ id }) => cells[id] ?? 'NULL::text')
}

const columns: SqlColumn[] = FOCUS_COLUMNS.map(({ id, type }, at) => ({
  label: id,
  kind: type === 'DECIMAL' ? 'amount' : 'text',
  sql: usage.cells[at] ?? 'NULL::text',
}))

/** JSON stays the text that it is: read as numbers, its ratios would lose digits. */
const parquet: ParquetColumn[] = FOCUS_COLUMNS.map(({ id, type, allowsNull }) => ({
  name: id,
  type: type === 'JSON' ? 'STRING' : type,
  isRequired: !allowsNull,
}))

function kindOf(of: Pick<ExportKind, 'name' | 'label' | 'about'> & { pools: ExportPart }): ExportKind {
  const { pools, ...names } = of
  const { from, where, orderBy } = usage
  return {
    ...names,
    ...{ action: 'fleet.read', isOfPeriod: true, isPlain: true, columns, parquet, from, where, orderBy, filters: {} },
    more: [pools],
  }
}

const STANDARD = ['Written in', `FOCUS ${FOCUS_VERSION}; docs/reference/focus.md says what each column holds`] as const

/** Attributed and allocated cost as FOCUS has it: each pool's month is split into what each bears of it. */
export const focus = kindOf({
  name: 'focus',
  label: `FOCUS ${FOCUS_VERSION}, allocated`,
  about: [STANDARD, ['Pools are', 'split; the parts of one x_OriginChargeId add up to its row in focus-origins']],
  pools: poolShares,
})

/** The same charges before anything is split: per x_OriginChargeId as much as in `focus`. */
export const focusOrigins = kindOf({
  name: 'focus-origins',
  label: `FOCUS ${FOCUS_VERSION}, origin charges`,
  about: [STANDARD, ['Pools are', 'one row a month']],
  pools: poolOrigins,
})
