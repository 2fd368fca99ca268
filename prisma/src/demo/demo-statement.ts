import { invariant } from '@outlay/domain/errors'
import {
  formatFixed18,
  FIXED18_ONE,
  multiplyFixed18HalfEven,
  parseFixed18,
  roundHalfEven,
  type Fixed18,
} from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { addMonths, firstOfMonth, type DateRange } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { AttributedSum } from '@outlay/domain/reconciliation/attributed'
import { guessLineMap } from '@outlay/domain/reconciliation/line-map'
import { readMappedLines } from '@outlay/domain/reconciliation/read-csv-lines'
import { formatQuantity, type Quantity6 } from '@outlay/domain/usage/quantity'
import { importStatement } from '../reconciliation/import-statement.ts'
import { readFxRates } from '../sql/read-fx-rates.ts'
import { readAttributedSums } from '../sql/read-reconciliation.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'
import { DEMO_TENANT } from './fleet.ts'

const HEADINGS = 'Date,Vendor,Model,Token type,Tokens,Cost,Currency,Kind,Exchange rate'

/** What the providers' systems print. */
const DECIMALS = 4
const BY = 'the demo'

/** A line of an invoice, in the currency of the demo. */
interface Billed {
  day: string
  resource: string
  meter: string
  quantity: Quantity6
  cost: Fixed18
}

/**
 * Gives the demo the invoices of two of its providers for the last whole month in UTC: what its own events say, with the faults that invoices
 * have, each small and each of another cause. The third provider has not invoiced. They change no number but those of reconciliation.
 */
export async function setDemoStatement(deps: { pool: TenantPool; nowMs: number }, tenantId: string): Promise<void> {
  const db = tenantSql(deps.pool, tenantId)
  const to = firstOfMonth(today(deps.nowMs, 'UTC'))
  const range = { from: addMonths(to, -1), to }
  const [sums, fx] = await Promise.all([
    readAttributedSums(db, range),
    readFxRates(db, { ...range, base: 'USD', quote: DEMO_TENANT.currency }),
  ])
  const rates = new Map(fx.map(({ date, rate }) => [date, parseFixed18(rate)]))
  await store(deps, tenantId, {
    name: `Gateway ${range.from.slice(0, 7)}`,
    rows: gatewayRows(billedBy(sums, 'gateway'), range),
  })
  await store(deps, tenantId, {
    name: `Tools ${range.from.slice(0, 7)}`,
    rows: toolRows(billedBy(sums, 'tools'), rates),
  })
}

async function store(
  deps: { pool: TenantPool },
  tenantId: string,
  { name, rows }: { name: string; rows: readonly string[] },
): Promise<void> {
  // A demo whose month has no event of the provider is too young for an invoice.
  if (rows.length === 0) return
  const columns = HEADINGS.split(',')
  const table = { columns, rows: rows.map((row, at) => ({ line: at + 2, cells: row.split(',') })) }
  const { lines, refused } = readMappedLines(table, guessLineMap(columns))
  invariant(refused.length === 0, `The demo's invoice cannot be read: ${refused[0]?.reason}`)
  await importStatement(deps, tenantId, { name, format: 'CSV', text: [HEADINGS, ...rows].join('\n'), lines, by: BY })
}

/** What a provider has seen: the ledger's sums by day, resource and meter. */
function billedBy(sums: readonly AttributedSum[], provider: string): Billed[] {
  const cells = new Map<string, Billed>()
  for (const { day, resource, meter, quantity, cost } of sums.filter((each) => each.provider === provider)) {
    const key = `${day}/${resource}/${meter}`
    const cell = cells.get(key) ?? { day, resource, meter, quantity: 0n, cost: 0n }
    cells.set(key, { ...cell, quantity: cell.quantity + quantity, cost: cell.cost + cost })
  }
  return [...cells.values()]
}

const dayOf = ({ day }: Billed) => Number.parseInt(day.slice(8), 10)
const percentMore = (amount: bigint, percent: bigint) => (amount * (100n + percent)) / 100n

/** The gateway bills in the demo's currency: more of the small model than was recorded, a price of its own, and a day's end in its own time. */
function gatewayRows(billed: readonly Billed[], { from, to }: DateRange): string[] {
  if (billed.length === 0) return []
  const shifted = midnight(billed)
  const usage = billed.map((each) => {
    const { resource, meter, quantity, cost } = shifted.get(each) ?? each
    if (resource === 'small-model' && dayOf(each) > 20) {
      return row({ ...each, quantity: percentMore(quantity, 3n), cost: percentMore(cost, 3n) })
    }
    const isDearer = resource === 'large-reasoning' && meter === 'output_tokens' && dayOf(each) > 26
    return row({ ...each, quantity, cost: isDearer ? percentMore(cost, 1n) : cost })
  })
  const last = billed.reduce((day, each) => (each.day > day ? each.day : day), from)
  invariant(last < to, 'The demo’s invoice is of one month')
  return [
    ...usage,
    `${last},gateway,,,,-9.50,${DEMO_TENANT.currency},Credit,`,
    `${last},gateway,,,,4.00,${DEMO_TENANT.currency},Adjustment,`,
    `${last},gateway,,,,0.80,${DEMO_TENANT.currency},Tax,`,
  ]
}

/** Of the large model, a twentieth of the input of the 10th stands on the 11th, at the price of its day. */
function midnight(billed: readonly Billed[]): Map<Billed, Billed> {
  const input = billed.filter(({ resource, meter }) => resource === 'large-reasoning' && meter === 'input_tokens')
  const [early, late] = [10, 11].map((day) => input.find((each) => dayOf(each) === day))
  if (early === undefined || late === undefined) return new Map()
  const quantity = early.quantity / 20n
  const cost = divideHalfEven(early.cost * quantity, early.quantity)
  return new Map([
    [early, { ...early, quantity: early.quantity - quantity, cost: early.cost - cost }],
    [late, { ...late, quantity: late.quantity + quantity, cost: late.cost + cost }],
  ])
}

/** The tools bill in dollars at a rate of their own, and state one day twice. */
function toolRows(billed: readonly Billed[], rates: ReadonlyMap<string, Fixed18>): string[] {
  const rows = billed.flatMap((each) => {
    const stored = rates.get(each.day)
    if (stored === undefined) return []
    const cost = divideHalfEven(each.cost * FIXED18_ONE, stored)
    const rate = multiplyFixed18HalfEven(stored, parseFixed18('1.003'))
    const line = row({ ...each, cost, vendor: 'tools', currency: 'USD', rate: formatFixed18(roundHalfEven(rate, 6)) })
    return dayOf(each) === 17 ? [line, line] : [line]
  })
  return rows
}

function row(line: Billed & { vendor?: string; currency?: string; rate?: string }): string {
  const { day, resource, meter, quantity, cost } = line
  const { vendor = 'gateway', currency = DEMO_TENANT.currency, rate = '' } = line
  const amount = formatFixed18(roundHalfEven(cost, DECIMALS), DECIMALS)
  return [day, vendor, resource, meter, formatQuantity(quantity), amount, currency, 'Usage', rate].join(',')
}
