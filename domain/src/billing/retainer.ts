import { FIXED18_ONE } from '../money/fixed18.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { addMonths, type CalendarDate } from '../periods/calendar-date.ts'
import { QUANTITY6_SCALE, type Quantity6 } from '../usage/quantity.ts'
import { costOf, UNIT_PRICE12_SCALE } from '../usage/unit-price.ts'
import type { DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'
import { partOfMonth, partWords, prorate } from './part-of-month.ts'
import type { ModelTerms } from './terms.ts'
import { unitWords, usedQuantity } from './used-quantity.ts'

type RetainerTerms = Extract<ModelTerms, { model: 'RETAINER' }>

/** Allowance of a month that has not been used yet. */
export interface CarriedAllowance {
  month: CalendarDate
  left: Quantity6
}

const QUANTITY_FACTOR = powerOfTen(18 - QUANTITY6_SCALE)
const PRICE_FACTOR = powerOfTen(18 - UNIT_PRICE12_SCALE)

/**
 * A fee for the month with an allowance, and a price for each unit beyond it. The oldest allowance is used first, because it lapses first.
 * Where more than `carryOverMax` would go on to the next month, the oldest of it lapses.
 *
 *     fee 1,000.00, 10 tasks, 80.00 each beyond; 4 carried, 17 used // fee 1,000.00, 14 in the allowance, 3 × 80.00 = 240.00
 */
export function retainer(
  terms: RetainerTerms,
  facts: PeriodFacts,
  carried: readonly CarriedAllowance[],
): { lines: DraftLine[]; allowance: Quantity6; carried: CarriedAllowance[] } {
  const part = partOfMonth(facts)
  const used = usedQuantity(terms.unit, facts)
  const lots = [...carried, { month: facts.month, left: prorate(terms.allowance, part) }]
  const { covered, left } = draw(lots, used)
  const unit = unitWords(terms.unit)
  const fee: DraftLine = {
    kind: 'FEE',
    description: `Retainer${partWords(part)}`,
    taskId: null,
    quantity: prorate(FIXED18_ONE, part),
    unit: 'month',
    unitPrice: terms.fee,
    exact: prorate(terms.fee, part),
  }
  const lines = [fee]
  if (covered > 0n) {
    const description = `Used within the allowance of the retainer`
    lines.push({
      ...{ kind: 'ALLOWANCE', description, taskId: null, unit },
      ...{ quantity: covered * QUANTITY_FACTOR, unitPrice: 0n, exact: 0n },
    })
  }
  if (used > covered) {
    lines.push({
      ...{ kind: 'OVERAGE', description: `Used beyond the allowance of the retainer`, taskId: null, unit },
      quantity: (used - covered) * QUANTITY_FACTOR,
      unitPrice: terms.overagePrice * PRICE_FACTOR,
      exact: costOf(terms.overagePrice, used - covered),
    })
  }
  const allowance = lots.reduce((sum, lot) => sum + lot.left, 0n)
  return { lines, allowance, carried: goOn(terms, left, facts.month) }
}

function draw(lots: readonly CarriedAllowance[], used: Quantity6): { covered: Quantity6; left: CarriedAllowance[] } {
  let wanted = used
  const left = lots.map((lot) => {
    const taken = lot.left < wanted ? lot.left : wanted
    wanted -= taken
    return { month: lot.month, left: lot.left - taken }
  })
  return { covered: used - wanted, left }
}

/** What may still be used in the month after `month`. */
function goOn(
  { carryOverMonths, carryOverMax }: RetainerTerms,
  lots: readonly CarriedAllowance[],
  month: CalendarDate,
): CarriedAllowance[] {
  const next = addMonths(month, 1)
  const kept: CarriedAllowance[] = []
  let room = carryOverMax
  for (const lot of [...lots].reverse()) {
    if (lot.left === 0n || addMonths(lot.month, carryOverMonths) < next) continue
    const left = room !== null && lot.left > room ? room : lot.left
    if (room !== null) room -= left
    if (left > 0n) kept.unshift({ month: lot.month, left })
  }
  return kept
}
