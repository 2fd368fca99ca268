import type { Money } from '@outlay/domain/money/currency'
import { countText, currencySymbol, exactDecimalText, exactText } from '../../lib/format.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Amount } from '../ui/amount.tsx'

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
}

/** The arithmetic of a charge: each line as its product, and the sum they make. */
export function ChargeLines({ label, lines, count, total }: ChargeLinesProps) {
  const rest = count - lines.length
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
                cells: [`${countText(rest)} more`, 'the API answers up to 20,000 lines', ''],
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
