import { percentWords } from '../alerts/money-words.ts'
import { multiplyFixed18HalfEven, type Fixed18 } from '../money/fixed18.ts'
import { single, type DraftLine } from './charge-line.ts'
import { partOfMonth, partWords, prorate } from './part-of-month.ts'
import type { Adjustments } from './terms.ts'

/**
 * What the terms make of what was used: first the discount, then the cap and the minimum commitment of the month. The cap is never below
 * the minimum, so at most one of the two has a line.
 *
 *     used 900.00, discount 0.10, minimum 1,000.00 // −90.00, +190.00
 */
export function adjust(
  { discount, cap, minimum }: Adjustments,
  period: { from: string; to: string },
  lines: readonly DraftLine[],
): DraftLine[] {
  const adjusted = [...lines]
  const used = sumOf(lines)
  const part = partOfMonth(period)
  if (discount > 0n && used !== 0n) {
    adjusted.push({
      kind: 'DISCOUNT',
      description: `Discount of ${percentWords(discount)}`,
      taskId: null,
      quantity: -discount,
      unit: 'of what was used',
      unitPrice: used,
      exact: -multiplyFixed18HalfEven(used, discount),
    })
  }
  const discounted = sumOf(adjusted)
  const most = cap === null ? null : prorate(cap, part)
  const least = minimum === null ? null : prorate(minimum, part)
  if (most !== null && discounted > most) {
    const description = `Down to the most of a month${partWords(part)}`
    adjusted.push(single({ kind: 'CAP', description, unit: 'month', amount: most - discounted }))
  } else if (least !== null && discounted < least) {
    const description = `Up to the minimum commitment of a month${partWords(part)}`
    adjusted.push(single({ kind: 'MINIMUM', description, unit: 'month', amount: least - discounted }))
  }
  return adjusted
}

/** What lines come to exactly. */
export function sumOf(lines: readonly DraftLine[]): Fixed18 {
  return lines.reduce((sum, line) => sum + line.exact, 0n)
}
