import { isCurrencyCode } from '@outlay/domain/money/currency'
import { FIXED18_LIMIT, FIXED18_SCALE, type Fixed18, formatFixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { COST_ALIASES } from './alias-table.ts'
import { firstAttribute, firstText } from './attribute.ts'
import type { Attributes, AttributeValue } from './otlp-request.ts'

export interface ReportedCost {
  amount: string
  currency: string
}

/**
 * The cost that the sender states, exact at 18 decimals. Senders compute it in binary floating point and print up to 21 decimals, so what
 * lies behind the eighteenth is rounded half-even. What is no amount (negative, infinite, text) is left to the raw attributes: the
 * usage beside it is still worth recording. Without a currency it is US dollars, as every library that reports a cost has it.
 */
export function reportedCostOf(attributes: Attributes): ReportedCost | null {
  const currency = firstText(attributes, COST_ALIASES.currency)?.toUpperCase() ?? 'USD'
  if (!isCurrencyCode(currency)) return null
  const amount = statedAmount(attributes)
  return amount === null ? null : { amount: formatFixed18(amount), currency }
}

function statedAmount(attributes: Attributes): Fixed18 | null {
  const total = firstAttribute(attributes, COST_ALIASES.total)
  if (total !== null) return toScaled(total.value)
  const input = firstAttribute(attributes, COST_ALIASES.input)
  const output = firstAttribute(attributes, COST_ALIASES.output)
  if (input === null && output === null) return null
  const inputAmount = input === null ? 0n : toScaled(input.value)
  const outputAmount = output === null ? 0n : toScaled(output.value)
  return inputAmount === null || outputAmount === null ? null : inputAmount + outputAmount
}

const DECIMAL = /^([0-9]{1,40})(?:\.([0-9]{1,80}))?(?:[eE]([+-]?[0-9]{1,3}))?$/

/** A number by its shortest decimal text, or a decimal text, as an integer scaled by 10^18. */
function toScaled(value: AttributeValue): Fixed18 | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null
  const match = DECIMAL.exec(String(value).trim())
  if (match === null) return null
  const digits = BigInt(`${match[1]}${match[2] ?? ''}`)
  const shift = Number(match[3] ?? '0') - (match[2]?.length ?? 0) + FIXED18_SCALE
  if (shift > 60) return digits === 0n ? 0n : null
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift))
  return scaled < FIXED18_LIMIT ? scaled : null
}
