import { splitOverSteps } from '../rating/ladder.ts'
import { costOf, UNIT_PRICE12_SCALE } from '../usage/unit-price.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { formatQuantity, QUANTITY6_SCALE, type Quantity6 } from '../usage/quantity.ts'
import type { DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'
import type { ClientPrice, ModelTerms, PriceStep } from './terms.ts'
import { unitWords, usedQuantity } from './used-quantity.ts'

const QUANTITY_FACTOR = powerOfTen(18 - QUANTITY6_SCALE)
const PRICE_FACTOR = powerOfTen(18 - UNIT_PRICE12_SCALE)

/**
 * The firm's own prices to the client. GRADUATED charges each part of the month's quantity at the price of its step, VOLUME all of it at the
 * price of the step that it reaches. A step begins with the unit after `above`; a month that is charged in part begins at the first step.
 *
 *     1,500 at 0 → 0.10, 1,000 → 0.08, GRADUATED // 1,000 × 0.10 + 500 × 0.08 = 140.00
 *     1,500 at 0 → 0.10, 1,000 → 0.08, VOLUME    // 1,500 × 0.08 = 120.00
 */
export function rateCard(terms: Extract<ModelTerms, { model: 'RATE_CARD' }>, facts: PeriodFacts): DraftLine[] {
  return terms.prices.flatMap((price) => {
    const quantity = usedQuantity(price.unit, facts)
    return parts(price, quantity).map(({ quantity: part, step }) => usageLine(price, part, step))
  })
}

function parts({ mode, steps }: ClientPrice, quantity: Quantity6): { quantity: Quantity6; step: PriceStep }[] {
  if (quantity <= 0n) return []
  if (mode === 'VOLUME') {
    const step = steps.findLast(({ above }) => above < quantity)
    return step === undefined ? [] : [{ quantity, step }]
  }
  const ladder = steps.map((step) => ({ above: step.above, rate: step }))
  return splitOverSteps({ position: 0n, quantity, steps: ladder }).flatMap((part) =>
    part.rate === null ? [] : [{ quantity: part.quantity, step: part.rate }],
  )
}

function usageLine({ unit, steps }: ClientPrice, quantity: Quantity6, step: PriceStep): DraftLine {
  const beyond = steps.length === 1 || step.above === 0n ? '' : ` beyond ${formatQuantity(step.above)}`
  return {
    kind: 'USAGE',
    description: `Price of ${unitWords(unit)}${beyond}`,
    taskId: null,
    quantity: quantity * QUANTITY_FACTOR,
    unit: unitWords(unit),
    unitPrice: step.unitPrice * PRICE_FACTOR,
    exact: costOf(step.unitPrice, quantity),
  }
}
