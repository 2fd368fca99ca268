import { invariant } from '../errors.ts'
import { minorUnits } from '../money/currency.ts'
import { FIXED18_SCALE, formatFixed18, multiplyFixed18HalfEven, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { DAY_MS, dayNumber } from '../periods/calendar-date.ts'
import { costOf } from '../usage/unit-price.ts'
import type { KnownPrice } from './attributed.ts'
import type { Cell, ChargedLine } from './cells.ts'
import type { Shift } from './shifts.ts'
import { noCauses, sumOfCauses, type Causes } from './variance.ts'

/** Finds the stored rate of a UTC day into the reporting currency, 1 for that currency itself; null where none is stored. */
export type StoredFx = (currency: string, day: string) => Fixed18 | null

export interface Decomposed {
  invoiced: Fixed18
  attributed: Fixed18
  causes: Causes
  /** How much of the provider's amount the ledger has seen, at stored FX; null where quantities do not tell. */
  captured: Fixed18 | null
  /** What a share of `captured` is taken of. */
  capturable: Fixed18
  /** The other known price that the provider used. */
  tier: string | null
}

/** Providers that write floats carry noise behind the ninth decimal. */
const DECIMALS_MAX = 9

/**
 * Gives the gap of one cell to causes (variance.ts has their order), so that they add up to it exactly: what one cause takes is taken from
 * the rest, and the last takes all that is left. Amounts are of the reporting currency.
 *
 * `prices` are those of the cell's meter.
 *
 *     100 tokens for 0.30 invoiced, 97 for 0.194 attributed: 3 × 0.003 = 0.009 COVERAGE, 97 × (0.003 − 0.002) = 0.097 RATE
 */
export function decompose(
  cell: Cell,
  context: { shift: Shift | null; prices: readonly KnownPrice[]; storedFx: StoredFx },
): Decomposed {
  const invoiced = sum(cell.charged.map((each) => each.invoiced))
  const stored = sum(cell.charged.map((each) => each.stored))
  const attributed = sum(cell.attributed.map(({ cost }) => cost))
  const known = sum(cell.attributed.map((each) => atStoredFx(each, cell.day, context.storedFx)))
  const shift = context.shift ?? { quantity: 0n, amount: 0n }
  const causes = noCauses()

  causes.FX = invoiced - stored + (known - attributed)
  causes.TIMING = shift.amount
  causes.COVERAGE = coverageOf(cell, { stored, known, shift })
  const rest = stored - known - causes.TIMING - causes.COVERAGE
  const tier = tierOf(cell, context.prices)
  causes[causeOfRest(cell, { rest, tier, storedFx: context.storedFx })] += rest

  invariant(sumOfCauses(causes) === invoiced - attributed, 'decompose: causes do not add up to the gap')
  const isKnown = cell.invoicedQuantity !== null || cell.attributed.length === 0 || causes.UNEXPLAINED === 0n
  const missed = causes.COVERAGE > 0n ? causes.COVERAGE : 0n
  return {
    invoiced,
    attributed,
    causes,
    captured: isKnown ? stored - missed : null,
    capturable: stored,
    tier: causes.TIER === 0n ? null : tier,
  }
}

/** What a part of the ledger comes to at the stored rate; as it stands where it was not converted or no rate is stored now. */
function atStoredFx({ cost, converted }: Cell['attributed'][number], day: string, storedFx: StoredFx): Fixed18 {
  const rate = converted === null ? null : storedFx(converted.currency, day)
  return converted === null || rate === null ? cost : multiplyFixed18HalfEven(converted.cost, rate)
}

function coverageOf(cell: Cell, { stored, known, shift }: { stored: Fixed18; known: Fixed18; shift: Shift }): Fixed18 {
  const { invoicedQuantity: theirs, attributedQuantity: ours } = cell
  if (theirs === null) return cell.attributed.length === 0 ? stored : 0n
  const missed = theirs - ours - shift.quantity
  if (missed > 0n) return divideHalfEven(stored * missed, theirs)
  return missed < 0n ? divideHalfEven(known * missed, ours) : 0n
}

function causeOfRest(
  cell: Cell,
  { rest, tier, storedFx }: { rest: Fixed18; tier: string | null; storedFx: StoredFx },
): 'ROUNDING' | 'TIER' | 'RATE' | 'UNEXPLAINED' {
  const { invoicedQuantity: theirs, attributedQuantity: ours } = cell
  if (magnitude(rest) <= toleranceOf(cell, storedFx)) return 'ROUNDING'
  if (theirs === null || theirs === 0n || ours === 0n) return 'UNEXPLAINED'
  return tier === null ? 'RATE' : 'TIER'
}

/** Half a unit of the last decimal of each line of the provider, and one of the 18th for each product that was rounded. */
function toleranceOf({ charged, attributed, day }: Cell, storedFx: StoredFx): Fixed18 {
  const lines = sum(charged.map((each) => lineTolerance(each, storedFx, day)))
  const products = BigInt(charged.length + attributed.reduce((count, each) => count + each.lines, 0)) + 4n
  return lines + products
}

function lineTolerance({ line }: ChargedLine, storedFx: StoredFx, day: string): Fixed18 {
  const native = amountTolerance(line)
  const rate = line.currency === null ? null : (storedFx(line.currency, day) ?? line.fxRate)
  return rate === null ? native : multiplyFixed18HalfEven(native, rate)
}

/** In the currency of the line: 0.005 for 12.34 and 12 dollars, 0.0005 for 12.345, 0.5 for 12 yen. */
function amountTolerance({ amount, currency }: ChargedLine['line']): Fixed18 {
  const [, decimals = ''] = formatFixed18(amount ?? 0n).split('.')
  const coin = currency === null ? 0 : minorUnits(currency)
  const last = Math.min(Math.max(decimals.length, coin), Math.max(DECIMALS_MAX, coin))
  return powerOfTen(FIXED18_SCALE - last) / 2n
}

/** The labels of the known prices of the cell that the provider's lines are at; null where a line is at none of them. */
function tierOf({ day, charged }: Cell, prices: readonly KnownPrice[]): string | null {
  const known = prices.filter((price) => isInForce(price, day))
  if (known.length === 0 || charged.length === 0) return null
  const labels = charged.map(({ line }) => known.find((price) => isAt(line, price))?.label ?? null)
  return labels.includes(null) ? null : [...new Set(labels)].join(', ')
}

function isInForce({ effectiveFrom, effectiveTo }: KnownPrice, day: string): boolean {
  const start = dayNumber(day) * DAY_MS * 1000
  const end = start + DAY_MS * 1000
  return (effectiveFrom ?? start) < end && (effectiveTo ?? end) > start
}

function isAt(line: ChargedLine['line'], { unitPrice, currency }: KnownPrice): boolean {
  const { amount, quantity } = line
  if (amount === null || quantity === null || currency !== line.currency) return false
  return magnitude(amount - costOf(unitPrice, quantity)) <= amountTolerance(line)
}

function sum(amounts: readonly Fixed18[]): Fixed18 {
  return amounts.reduce((total, amount) => total + amount, 0n)
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
