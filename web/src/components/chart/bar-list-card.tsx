import type { ReactNode } from 'react'
import { currencySymbol } from '../../lib/format.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Amount } from '../ui/amount.tsx'
import { TabbedCard } from '../ui/tabs.tsx'
import { BarList, type BarListItem } from './bar-list.tsx'
import type { Money } from '@outlay/domain/money/currency'

interface BarListCardProps {
  heading: ReactNode
  /** What the rows are: "Agent", "Resource". */
  dimension: string
  items: readonly BarListItem[]
  total: { label: string; money: Money; sumHref?: string }
  /** Below the bars, e.g. a check. */
  children?: ReactNode
}

/** Cost by one dimension as bars, and the same as a table. Where a part of it is allocated, that is drawn pale and has its own column. */
export function BarListCard({ heading, dimension, items, total, children }: BarListCardProps) {
  const symbol = currencySymbol(total.money.currency)
  const hasPale = items.some((item) => item.pale !== undefined)
  const caption = `By ${dimension.toLowerCase()}, ${symbol}${hasPale ? ' · solid its own, pale allocated' : ''}`
  const rows = [
    ...items.map((item) => ({
      id: item.id,
      cells: [item.name, item.note ?? '', ...(hasPale ? [paleOf(item)] : []), amountOf(item)],
    })),
    {
      id: 'total',
      tone: 'total' as const,
      cells: [
        total.label,
        '',
        ...(hasPale ? [''] : []),
        <Amount key="amount" money={total.money} sumHref={total.sumHref} />,
      ],
    },
  ]
  return (
    <TabbedCard
      label={`Cost by ${dimension.toLowerCase()}`}
      heading={heading}
      caption={caption}
      tabs={[
        {
          id: 'chart',
          label: 'Chart',
          content: (
            <>
              <BarList items={items} total={total} />
              {children === undefined ? null : <div className="px-3.5 pb-4 sm:px-5">{children}</div>}
            </>
          ),
        },
        {
          id: 'table',
          label: 'Table',
          content: (
            <MiniTable
              label={caption}
              heads={[
                { label: dimension },
                { label: 'Note' },
                ...(hasPale ? [{ label: `Of it allocated, ${symbol}`, isNumber: true }] : []),
                { label: `Cost, ${symbol}`, isNumber: true, isMain: true },
              ]}
              rows={rows}
            />
          ),
        },
      ]}
    />
  )
}

function amountOf({ money, unknown, sumHref }: BarListItem): ReactNode {
  return <Amount money={unknown === undefined ? money : null} reason={unknown ?? ''} sumHref={sumHref} />
}

function paleOf({ pale }: BarListItem): ReactNode {
  return pale === undefined ? '' : <Amount money={pale} />
}
