import { FIXED18_SCALE, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'

/**
 * Rounds a charge once (law L8): its total half-even to the minor unit, and its lines so that they sum to that total. Each line is taken
 * down to a whole unit; the units that are left go, one each, to the largest remainders (ties: larger amount, then earlier line). So no line
 * is further than one unit from its exact amount, whatever its sign.
 *
 *     roundLines([0.335, 0.335, 0.335], 2) // 1.005 → 1.00: 0.34, 0.33, 0.33
 */
export function roundLines<Line extends { exact: Fixed18 }>(
  lines: readonly Line[],
  decimals: number,
): (Line & { amount: Fixed18 })[] {
  const unit = powerOfTen(FIXED18_SCALE - decimals)
  const exact = lines.reduce((sum, line) => sum + line.exact, 0n)
  const parts = lines.map((line, index) => {
    const remainder = ((line.exact % unit) + unit) % unit
    return { index, exact: line.exact, floor: line.exact - remainder, remainder }
  })
  // Fewer units are left than there are remainders above zero, so a line that is whole already stays as it is.
  let left = (roundHalfEven(exact, decimals) - parts.reduce((sum, part) => sum + part.floor, 0n)) / unit
  const raised = new Set<number>()
  for (const { index } of [...parts].sort(byRemainder)) {
    if (left <= 0n) break
    raised.add(index)
    left -= 1n
  }
  return lines.map((line, index) => {
    const floor = parts[index]?.floor ?? 0n
    return { ...line, amount: raised.has(index) ? floor + unit : floor }
  })
}

interface Part {
  index: number
  exact: bigint
  remainder: bigint
}

function byRemainder(a: Part, b: Part): number {
  if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1
  if (a.exact !== b.exact) return a.exact > b.exact ? -1 : 1
  return a.index - b.index
}
