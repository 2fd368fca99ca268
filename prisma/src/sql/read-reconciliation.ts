import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import type { AttributedSum } from '@outlay/domain/reconciliation/attributed'
import type { LineKind, ProviderLine, StatementFormat } from '@outlay/domain/reconciliation/provider-line'
import type { Cause } from '@outlay/domain/reconciliation/variance'
import { parseQuantitySum } from '@outlay/domain/usage/quantity'
import { costOf, readUnitPrice } from '@outlay/domain/usage/unit-price'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Most lines, and most sums of the ledger, that one reconciliation compares. */
export const COMPARED_MAX = 50_000

/** A provider's file that was imported. */
export interface StatementRecord {
  id: string
  name: string
  format: StatementFormat
  firstDay: CalendarDate
  lastDay: CalendarDate
  providers: string[]
  lines: number
  importedBy: string
  importedAt: string
}

/** Most statements of one answer: the newest. */
const STATEMENTS_MAX = 200

const STATEMENT_COLUMNS = `id, name, format, first_day::text AS "firstDay", last_day::text AS "lastDay", providers, lines,
  imported_by AS "importedBy", ${instantText('imported_at')} AS "importedAt"`

const STATEMENTS: Prepared = {
  name: 'read_statements',
  text: `SELECT ${STATEMENT_COLUMNS} FROM provider_statement WHERE tenant_id = $1::uuid
    ORDER BY last_day DESC, imported_at DESC, id LIMIT ${STATEMENTS_MAX}`,
}

/** The statements that are there, the latest days first. */
export function readStatements(db: TenantSql): Promise<StatementRecord[]> {
  return db.query(STATEMENTS)
}

const STATEMENT: Prepared = {
  name: 'read_statement',
  text: `SELECT ${STATEMENT_COLUMNS} FROM provider_statement WHERE tenant_id = $1::uuid AND id = $2::uuid`,
}

/** A statement by its id; null where there is none. */
export async function readStatement(db: TenantSql, statementId: string): Promise<StatementRecord | null> {
  return (await db.query<StatementRecord>(STATEMENT, [statementId]))[0] ?? null
}

interface LineRow extends Omit<ProviderLine, 'quantity' | 'amount' | 'fxRate' | 'kind'> {
  kind: LineKind
  quantity: string | null
  amount: string | null
  fxRate: string | null
}

const LINES: Prepared = {
  name: 'read_provider_lines',
  text: `SELECT l.reference, l.provider, l.day::text AS day, l.account, l.resource, l.meter, l.tier, l.quantity::text AS quantity,
      l.amount::text AS amount, l.currency, l.kind, l.fx_rate::text AS "fxRate"
    FROM provider_line l WHERE l.tenant_id = $1::uuid AND l.day >= $2::date AND l.day < $3::date
    ORDER BY l.statement_id, l.number LIMIT ${COMPARED_MAX + 1}`,
}

/** What providers say of some UTC days; one more than COMPARED_MAX says that there are too many. */
export async function readProviderLines(db: TenantSql, { from, to }: DateRange): Promise<ProviderLine[]> {
  const rows = await db.query<LineRow>(LINES, [from, to])
  return rows.map((row) => ({
    ...row,
    quantity: row.quantity === null ? null : parseQuantitySum(row.quantity),
    amount: fixed(row.amount),
    fxRate: fixed(row.fxRate),
  }))
}

/** The UTC days, both included, for which a statement has a provider's usage with its money. */
export interface StatedDays {
  provider: string
  first: CalendarDate
  last: CalendarDate
}

// From the first to the last line of a statement: a day without a line between them is a day of which the provider says: nothing.
const STATED: Prepared = {
  name: 'read_stated_days',
  text: `SELECT l.provider, min(l.day)::text AS first, max(l.day)::text AS last
    FROM provider_line l
    WHERE l.tenant_id = $1::uuid AND l.kind = 'USAGE' AND l.amount IS NOT NULL AND l.statement_id IN (
      SELECT s.id FROM provider_statement s WHERE s.tenant_id = $1::uuid AND s.first_day < $3::date AND s.last_day >= $2::date)
    GROUP BY l.statement_id, l.provider`,
}

/** Which days can be compared, by provider and statement. */
export function readStatedDays(db: TenantSql, { from, to }: DateRange): Promise<StatedDays[]> {
  return db.query(STATED, [from, to])
}

interface SumRow {
  provider: string
  day: CalendarDate
  account: string | null
  resource: string
  meter: string
  quantity: string
  cost: string
  lines: number
  unitPrice: string | null
  currency: string | null
}

// Bounded by the partitions of the days. A cost that its sender reported has no lines: it stands at the first meter, or at none where the
// event states no usage. What has no cost adds its quantity only, as in the roll-ups. The price of a rate converts exactly, since each
// line has the rate that priced it.
const SUMS: Prepared = {
  name: 'read_attributed_sums',
  text: `WITH events AS (
      SELECT i.resource_id, (i.occurred_at AT TIME ZONE 'UTC')::date AS day, i.qualifiers ->> 'workspace' AS account, i.cost,
        i.cost IS NOT NULL AND i.cost_basis = 'RATES' AS is_rated, i.cost IS NOT NULL AND i.cost_basis = 'REPORTED' AS is_reported,
        i.meters, i.quantities, i.rate_ids, i.amounts, i.fx_rates
      FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
      OFFSET 0
    ), sums AS (
      SELECT e.resource_id, e.day, e.account, coalesce(l.meter, '') AS meter,
        CASE WHEN l.fx_rate IS NOT NULL AND e.is_rated THEN l.rate_id END AS rate_id,
        coalesce(sum(l.quantity), 0) AS quantity, count(*)::int AS lines,
        sum(CASE WHEN e.cost IS NULL THEN 0
          WHEN e.is_reported THEN CASE WHEN coalesce(l.position, 1) = 1 THEN e.cost ELSE 0 END
          ELSE coalesce(l.amount, 0) END) AS cost
      FROM events e
      LEFT JOIN LATERAL unnest(e.meters, e.quantities, e.rate_ids, e.amounts, e.fx_rates)
        WITH ORDINALITY AS l(meter, quantity, rate_id, amount, fx_rate, position) ON true
      GROUP BY 1, 2, 3, 4, 5
    )
    SELECT coalesce(r.provider, '') AS provider, s.day::text AS day, s.account, coalesce(r.name, '') AS resource, s.meter,
      s.quantity::text AS quantity, s.cost::text AS cost, s.lines,
      coalesce(t.unit_price, c.unit_price)::text AS "unitPrice", coalesce(t.currency, c.currency) AS currency
    FROM sums s
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = s.resource_id
    LEFT JOIN rate t ON t.tenant_id = $1::uuid AND t.id = s.rate_id
    LEFT JOIN catalogue_rate c ON c.id = s.rate_id
    ORDER BY s.day, 1, 4, s.meter, s.account, s.rate_id LIMIT ${COMPARED_MAX + 1}`,
}

/** What the ledger holds of some UTC days, by resource and meter; one more than COMPARED_MAX says that there are too many. */
export async function readAttributedSums(db: TenantSql, { from, to }: DateRange): Promise<AttributedSum[]> {
  const rows = await db.query<SumRow>(SUMS, [`${from}T00:00:00Z`, `${to}T00:00:00Z`])
  return rows.map(({ unitPrice, currency, ...row }) => {
    const quantity = parseQuantitySum(row.quantity)
    const isConverted = unitPrice !== null && currency !== null
    return {
      ...row,
      quantity,
      cost: parseFixed18(row.cost),
      converted: isConverted ? { currency, cost: costOf(readUnitPrice(unitPrice), quantity) } : null,
    }
  })
}

const PROVIDER_COSTS: Prepared = {
  name: 'read_provider_costs',
  text: `WITH sums AS (
      SELECT i.resource_id, sum(i.cost) AS cost FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
      GROUP BY 1
    )
    SELECT coalesce(r.provider, '') AS provider, coalesce(sum(s.cost), 0)::text AS cost
    FROM sums s LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = s.resource_id GROUP BY 1`,
}

/** What the ledger holds of some UTC days, by provider; '' is usage that names none. */
export async function readProviderCosts(
  db: TenantSql,
  { from, to }: DateRange,
): Promise<{ provider: string; cost: Fixed18 }[]> {
  const rows = await db.query<{ provider: string; cost: string }>(PROVIDER_COSTS, [
    `${from}T00:00:00Z`,
    `${to}T00:00:00Z`,
  ])
  return rows.map(({ provider, cost }) => ({ provider, cost: parseFixed18(cost) }))
}

/** A variance that was accepted, with the amount it had then. */
export interface AcceptedRecord {
  provider: string
  day: CalendarDate
  /** Null: of the provider's whole day. */
  resource: string | null
  cause: Cause
  amount: Fixed18
  reason: string
  acceptedBy: string
  acceptedAt: string
}

const ACCEPTED: Prepared = {
  name: 'read_accepted_variances',
  text: `SELECT provider, day::text AS day, nullif(resource, '') AS resource, cause, amount::text AS amount, reason,
      accepted_by AS "acceptedBy", ${instantText('accepted_at')} AS "acceptedAt"
    FROM accepted_variance WHERE tenant_id = $1::uuid AND day >= $2::date AND day < $3::date`,
}

/** What was accepted of some UTC days. */
export async function readAcceptedVariances(db: TenantSql, { from, to }: DateRange): Promise<AcceptedRecord[]> {
  const rows = await db.query<Omit<AcceptedRecord, 'amount'> & { amount: string }>(ACCEPTED, [from, to])
  return rows.map((row) => ({ ...row, amount: parseFixed18(row.amount) }))
}

function fixed(text: string | null): Fixed18 | null {
  return text === null ? null : parseFixed18(text)
}
