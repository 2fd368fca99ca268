import { minorUnits } from '../money/currency.ts'
import { FIXED18_ONE, multiplyFixed18HalfEven, parseFixed18, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { addMonths, type CalendarDate } from '../periods/calendar-date.ts'
import { QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import type { PlanChange, PlanDriver, PlanLine } from './plan.ts'

/**
 * The lines of a scenario: each base line with the changes that are about it. An amount is rounded to minor units once, after all changes, and a
 * month is the sum of its lines. Without a change the lines are the base. Pools change with nobody's work, so they stay.
 */
export function scenarioLines(
  base: readonly PlanLine[],
  { changes, currency }: { changes: readonly PlanChange[]; currency: string },
): PlanLine[] {
  const decimals = minorUnits(currency)
  return base.map((line) => {
    const mine = changes.filter((change) => isAbout(change, line))
    if (mine.length === 0) return line
    const [volume, use, price] = [
      factorOf(mine, 'VOLUME', line),
      factorOf(mine, 'USE', line),
      factorOf(mine, 'PRICE', line),
    ]
    const factor = multiplyFixed18HalfEven(multiplyFixed18HalfEven(volume, use), price)
    return {
      ...line,
      volume: times(line.volume, volume),
      use: times(line.use, use),
      amount: roundHalfEven(multiplyFixed18HalfEven(line.amount, factor), decimals),
    }
  })
}

function isAbout({ from, clientId, agentId }: PlanChange, line: PlanLine): boolean {
  if (line.kind === 'POOLS' || line.month < from) return false
  return (clientId === null || clientId === line.clientId) && (agentId === null || agentId === line.agentId)
}

const HUNDRED = parseFixed18('100')

/** What all changes of a driver come to in the month of a line, scaled 10^18. */
function factorOf(changes: readonly PlanChange[], driver: PlanDriver, { month }: PlanLine): Fixed18 {
  return changes
    .filter((change) => change.driver === driver)
    .reduce((product, { percent, pace, from }) => {
      const one = divideHalfEven((HUNDRED + parseFixed18(percent)) * FIXED18_ONE, HUNDRED)
      const repeated = pace === 'ONCE' ? 1 : monthsFrom(from, month) + 1
      return Array.from({ length: repeated }).reduce<Fixed18>((so) => multiplyFixed18HalfEven(so, one), product)
    }, FIXED18_ONE)
}

function monthsFrom(from: CalendarDate, month: CalendarDate): number {
  let months = 0
  while (addMonths(from, months + 1) <= month) months += 1
  return months
}

function times(quantity: Quantity6, factor: Fixed18): Quantity6 {
  return divideHalfEven(quantity * factor, FIXED18_ONE)
}

/**
 * What one token (call, month) of a line costs, half-even at 18 decimals, so that volume × use × price rounds to the amount. Null where nothing
 * is planned to be used.
 */
export function priceOf({ volume, use, amount }: Pick<PlanLine, 'volume' | 'use' | 'amount'>): Fixed18 | null {
  const used = volume * use
  return used === 0n ? null : divideHalfEven(amount * QUANTITY6_ONE * QUANTITY6_ONE, used)
}
