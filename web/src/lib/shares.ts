import { apportion } from '@outlay/domain/money/largest-remainder'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { formatScaledDecimal } from '@outlay/domain/money/scaled-decimal'

const SPACE = '\u00a0'

/**
 * Shares of a whole as percentages that print as exactly 100 % together (largest remainder). Negative or missing wholes give no
 * shares. What is not zero but rounds to it prints as `< 1 %`.
 */
export function sharePercents(
  parts: readonly { id: string; amount: string }[],
  decimals: 0 | 1 = 0,
): Map<string, string> {
  const weights = parts.map(({ id, amount }) => ({ id, weight: parseFixed18(amount) }))
  if (weights.some(({ weight }) => weight < 0n)) return new Map()
  const unit = 10n ** BigInt(decimals)
  const shares = apportion({ total: 100n * unit, weights })
  if (shares === null) return new Map()
  return new Map(
    weights.map(({ id, weight }) => {
      const share = shares.get(id) ?? 0n
      if (share === 0n && weight > 0n) return [id, `< ${decimals === 0 ? '1' : '0.1'}${SPACE}%`]
      const text =
        share === 0n || share === 100n * unit ? String(share / unit) : formatScaledDecimal(share, decimals, decimals)
      return [id, `${text}${SPACE}%`]
    }),
  )
}
