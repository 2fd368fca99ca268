import type { CostPart } from '../generated/graphql.ts'
import type { DateRange } from './period.ts'
import { filterOf, type SumQuestion } from './sum.ts'

/** The question to the API that answers the same lines, to copy or to try out. */
export function sumQuery({
  range,
  question,
  parts,
}: {
  range: DateRange | null
  question: SumQuestion
  parts: readonly CostPart[]
}): string {
  const lists = Object.entries(filterOf(question)).map(([name, keys]) => {
    // Kinds are words of the schema, everything else is text.
    const texts = (keys as readonly string[]).map((key) => (name === 'kinds' ? key : JSON.stringify(key)))
    return `${name}: [${texts.join(', ')}]`
  })
  const isAll = parts.length === 3
  const args = [
    ...(range === null ? [] : [`range: { from: "${range.from}", to: "${range.to}" }`]),
    ...(lists.length === 0 ? [] : [`filter: { ${lists.join(', ')} }`]),
    ...(isAll ? [] : [`parts: [${parts.join(', ')}]`]),
    'top: 500',
  ]
  return `query {
  costArithmetic(
    ${args.join('\n    ')}
  ) {
    amount { amount currency }
    lines {
      resource meter quantity unitPrice
      rate { card } amountNative { amount currency }
      fxRate rounding { amount } amount { amount }
    }
    otherLines { count amount { amount } }
    earlier { resource amount { amount } }
    posted { cause amount { amount } }
    shares {
      pool { name } month method weight weights
      monthAmount { amount } fraction amount { amount }
    }
    unknown { resource meter quantity reason }
  }
}`
}
