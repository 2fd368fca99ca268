import type { Money } from '@outlay/domain/money/currency'
import { countText, currencySymbol, differenceOf, exactDecimalText, exactText, sumOf } from '../../lib/format.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Amount } from '../ui/amount.tsx'
import { Link } from '../ui/link.tsx'

/** A line of a charge as the API answers it. */
export interface LineFacts {
  kind: string
  description: string
  quantity: string
  unit: string
  unitPrice: Money
  amount: Money
}

interface ChargeLinesProps {
  label: string
  lines: readonly LineFacts[]
  /** Of all lines, shown or not. */
  count: number
  total: Money
  /** Where all are shown; null where it is no page that has them. */
  allHref: string | null
}

/** The arithmetic of a charge: each line as its product, and the sum they make. */
export function ChargeLines({ label, lines, count, total, allHref }: ChargeLinesProps) {
  const rest = count - lines.length
  const shown = sumOf(lines.map(({ amount }) => amount.amount))
  return (
    <MiniTable
      label={label}
      maxHeight={420}
      heads={[
        { label: 'For' },
        { label: 'Quantity × price' },
        { label: `Amount, ${currencySymbol(total.currency)}`, isNumber: true, isMain: true },
      ]}
      rows={[
        ...lines.map((line, index) => ({
          id: String(index),
          cells: [
            line.description,
            <span key="product" className="num text-ink-2">
              {productText(line)}
            </span>,
            <Amount key="amount" money={line.amount} />,
          ],
        })),
        ...(rest > 0
          ? [
              {
                id: 'rest',
                tone: 'remainder' as const,
                cells: [
                  allHref === null ? (
                    `${countText(rest)} more`
                  ) : (
                    <Link key="rest" href={allHref} scroll={false} className="link">
                      {countText(rest)} more
                    </Link>
                  ),
                  '',
                  <Amount key="amount" money={{ ...total, amount: differenceOf(total.amount, shown) }} />,
                ],
              },
            ]
          : []),
        { id: 'total', tone: 'total' as const, cells: ['Charged', '', <Amount key="total" money={total} />] },
      ]}
    />
  )
}

/** `3 completed tasks × £80.00`; what is one of something at its own amount has no product to show. */
function productText({ quantity, unit, unitPrice, amount }: LineFacts): string {
  if (quantity === '1' && unitPrice.amount === amount.amount) return ''
  return `${exactDecimalText(quantity)} ${unit} × ${exactText(unitPrice)}`
}
