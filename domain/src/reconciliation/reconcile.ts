import { invariant } from '../errors.ts'
import { multiplyFixed18HalfEven, ratio, type Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import { NO_METER, type AttributedSum, type KnownPrice } from './attributed.ts'
import { cellsOf, type Cell, type ChargedLine } from './cells.ts'
import { decompose, type StoredFx } from './decompose.ts'
import { groupBy } from '../group-by.ts'
import { ledgerNames, providerName } from './names.ts'
import type { ProviderLine } from './provider-line.ts'
import { withoutRepeatedDays } from './repeated-days.ts'
import { shiftsOf } from './shifts.ts'
import { addCauses, noCauses, sumOfCauses, type Cause, type Causes } from './variance.ts'

/** What there is to compare, all of it of the same days. */
export interface ReconcileInput {
  lines: readonly ProviderLine[]
  attributed: readonly AttributedSum[]
  /** Prices by which a tier is recognised; those of the ledger itself may be among them. */
  prices: readonly KnownPrice[]
  storedFx: StoredFx
}

/** One cell of a resource's day: a meter, or all of it where the provider does not tell meters apart or an event states a cost alone. */
export interface MeterVariance {
  account: string | null
  meter: string | null
  invoicedQuantity: Quantity6 | null
  attributedQuantity: Quantity6 | null
  invoiced: Fixed18
  attributed: Fixed18
  causes: Causes
  tier: string | null
}

/** A UTC day of one resource of a provider, with the reasons for its gap. */
export interface ResourceDay {
  provider: string
  day: CalendarDate
  /** Null: what the provider states for all of its day, such as taxes and credits. */
  resource: string | null
  invoiced: Fixed18
  attributed: Fixed18
  causes: Causes
  /** The share of the provider's amount for usage that the ledger has seen, as a decimal; null where it cannot be told. */
  captureRate: string | null
  meters: MeterVariance[]
}

export interface Reconciliation {
  rows: ResourceDay[]
  invoiced: Fixed18
  attributed: Fixed18
  causes: Causes
  captureRate: string | null
  /** Lines in a currency without a stored rate for their day: counted, in no sum (law L10). */
  unconverted: ProviderLine[]
}

/**
 * Compares what providers say with what was attributed, by provider, UTC day, resource and meter, and names every reason for the gap
 * (variance.ts). All sums are in the reporting currency and exact: the causes of a row add up to invoiced − attributed, and the rows to the
 * totals.
 *
 * Lines that state a quantity only are compared, but are no money. Providers and resources are called as the ledger calls them.
 */
export function reconcile(input: ReconcileInput): Reconciliation {
  const { lines, attributed, prices, storedFx } = alikeNamed(input)
  const { charges, unconverted } = converted(lines, storedFx)
  const usage = charges.filter(({ line }) => line.kind === 'USAGE')
  const { kept, repeated } = withoutRepeatedDays(usage, {
    lineOf: ({ line }) => line,
    sizeOf: ({ stored }) => stored,
    ledger: ledgerOf(attributed, ({ cost }) => cost),
  })
  const counted = withoutRepeatedDays(
    lines.filter(({ amount, quantity }) => amount === null && quantity !== null),
    {
      lineOf: (line) => line,
      sizeOf: ({ quantity }) => quantity ?? 0n,
      ledger: ledgerOf(attributed, ({ quantity }) => quantity),
    },
  )
  const cells = cellsOf({ charged: kept, counted: counted.kept, attributed })
  const shifts = shiftsOf(cells)
  const known = groupBy(prices, placeKey)
  const parts = [
    ...cells.map((cell) =>
      partOfCell(cell, { shift: shifts.get(cell) ?? null, prices: known.get(placeKey(cell)) ?? [], storedFx }),
    ),
    ...repeated.map((each) => partOfLine(each, 'DUPLICATE')),
    ...charges.filter(({ line }) => line.kind !== 'USAGE').map((each) => partOfLine(each, causeOfKind(each.line))),
  ]
  return { ...summed(parts), unconverted }
}

function alikeNamed({ lines, attributed, prices, storedFx }: ReconcileInput): ReconcileInput {
  const named = <T extends { provider: string }>(each: T): T => ({ ...each, provider: providerName(each.provider) })
  const ledger = attributed.map(named)
  const nameOf = ledgerNames(ledger)
  return {
    lines: lines.map(named).map((line) => {
      const { provider, resource } = line
      return resource === null ? line : { ...line, resource: nameOf(provider, resource) }
    }),
    attributed: ledger,
    prices: prices.map(named),
    storedFx,
  }
}

/** A part of the gap of a resource's day. */
interface Part {
  provider: string
  day: CalendarDate
  resource: string | null
  captured: Fixed18 | null
  capturable: Fixed18
  variance: MeterVariance
}

function converted(
  lines: readonly ProviderLine[],
  storedFx: StoredFx,
): { charges: ChargedLine[]; unconverted: ProviderLine[] } {
  const charges: ChargedLine[] = []
  const unconverted: ProviderLine[] = []
  for (const line of lines) {
    const { amount, currency, day, fxRate } = line
    if (amount === null || currency === null) continue
    const rate = storedFx(currency, day) ?? fxRate
    if (rate === null) unconverted.push(line)
    else {
      const stored = multiplyFixed18HalfEven(amount, rate)
      charges.push({ line, stored, invoiced: fxRate === null ? stored : multiplyFixed18HalfEven(amount, fxRate) })
    }
  }
  return { charges, unconverted }
}

function ledgerOf(attributed: readonly AttributedSum[], sizeOf: (sum: AttributedSum) => bigint) {
  const key = (provider: string, day: CalendarDate) => JSON.stringify([provider, day])
  const days = groupBy(attributed, ({ provider, day }) => key(provider, day))
  return (provider: string, day: CalendarDate) =>
    (days.get(key(provider, day)) ?? []).reduce((sum, each) => sum + sizeOf(each), 0n)
}

function placeKey({ provider, resource, meter }: Pick<Cell, 'provider' | 'resource' | 'meter'>): string {
  return JSON.stringify([provider, resource, meter])
}

function partOfCell(cell: Cell, context: Parameters<typeof decompose>[1]): Part {
  const { captured, capturable, ...variance } = decompose(cell, context)
  const { provider, day, resource, account, invoicedQuantity } = cell
  const meter = cell.meter === NO_METER ? null : cell.meter
  const attributedQuantity = meter === null ? null : cell.attributedQuantity
  return {
    provider,
    day,
    resource,
    captured,
    capturable,
    variance: { account, meter, invoicedQuantity, attributedQuantity, ...variance },
  }
}

/** All of a line's amount is of one cause; usage was captured or not whatever credits there are. */
function partOfLine({ line, invoiced }: ChargedLine, cause: Cause): Part {
  const { provider, day, resource, account, meter } = line
  const variance: MeterVariance = {
    account,
    meter,
    invoicedQuantity: null,
    attributedQuantity: null,
    invoiced,
    attributed: 0n,
    causes: { ...noCauses(), [cause]: invoiced },
    tier: null,
  }
  return { provider, day, resource, captured: 0n, capturable: 0n, variance }
}

function causeOfKind({ kind }: ProviderLine): Cause {
  if (kind === 'TAX') return 'TAX'
  return kind === 'CREDIT' || kind === 'DISCOUNT' ? 'CREDIT' : 'UNEXPLAINED'
}

function summed(parts: readonly Part[]): Omit<Reconciliation, 'unconverted'> {
  const byRow = groupBy(parts, ({ provider, day, resource }) => JSON.stringify([provider, day, resource]))
  const rows = [...byRow.values()].map(rowOf).sort(inOrder)
  const total = totalOf(parts)
  invariant(
    sumOfCauses(total.causes) === total.invoiced - total.attributed,
    'reconcile: causes do not add up to the gap',
  )
  return { rows, ...total }
}

function rowOf(parts: Part[]): ResourceDay {
  const [first] = parts
  invariant(first !== undefined, 'reconcile: a row without parts')
  const { provider, day, resource } = first
  return { provider, day, resource, ...totalOf(parts), meters: parts.map(({ variance }) => variance) }
}

function totalOf(parts: readonly Part[]): Pick<ResourceDay, 'invoiced' | 'attributed' | 'causes' | 'captureRate'> {
  const total = { invoiced: 0n, attributed: 0n, causes: noCauses() }
  let captured: Fixed18 | null = 0n
  let capturable = 0n
  for (const part of parts) {
    total.invoiced += part.variance.invoiced
    total.attributed += part.variance.attributed
    addCauses(total.causes, part.variance.causes)
    captured = captured === null || part.captured === null ? null : captured + part.captured
    capturable += part.capturable
  }
  return { ...total, captureRate: captured === null ? null : ratio(captured, capturable, 6) }
}

function inOrder(a: ResourceDay, b: ResourceDay): number {
  const keys: (readonly [string, string])[] = [
    [a.day, b.day],
    [a.provider, b.provider],
    [a.resource ?? '', b.resource ?? ''],
  ]
  for (const [left, right] of keys) if (left !== right) return left < right ? -1 : 1
  return 0
}
