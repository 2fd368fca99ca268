import { multiplyFixed18HalfEven, parseFixed18, ratio } from '@outlay/domain/money/fixed18'

interface Bearers {
  direct: ReadonlyMap<string, { amount: string }>
  multipliers: ReadonlyMap<string, string>
}

/** The overhead rate at which the shares come to the pool: total ÷ Σ direct cost × multiplier, cut to what a rate can hold; null without cost. */
export function rateThatAbsorbs(
  total: string,
  rows: readonly { agent: { key: string } }[],
  { direct, multipliers }: Bearers,
): string | null {
  const weights = rows.map(({ agent }) =>
    multiplyFixed18HalfEven(
      parseFixed18(direct.get(agent.key)?.amount ?? '0'),
      parseFixed18(multipliers.get(agent.key) ?? '1'),
    ),
  )
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  const rate = ratio(parseFixed18(total.replace(/^-/, '')), sum, 6)
  return rate === null || rate === '0' ? null : rate
}
