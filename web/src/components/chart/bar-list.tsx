import type { Money } from '@outlay/domain/money/currency'
import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import { pixelsOf } from '../../lib/format.ts'
import { sharePercents } from '../../lib/shares.ts'
import { Amount } from '../ui/amount.tsx'

export interface BarListItem {
  id: string
  name: string
  note?: string
  href?: string
  money: Money
  colour: string
  /** Why the amount is not known, although it sums as zero. */
  unknown?: string
}

interface BarListProps {
  items: readonly BarListItem[]
  total: { label: ReactNode; money: Money }
}

/** Named amounts with a bar on one common scale, their shares adding up to 100 %, and the sum they make. */
export function BarList({ items, total }: BarListProps) {
  const shares = sharePercents(
    items.map(({ id, money }) => ({ id, amount: money.amount })),
    1,
  )
  const max = Math.max(...items.map(({ money }) => pixelsOf(money.amount)), 0)
  return (
    <div className="px-3.5 pt-3 pb-4 sm:px-5">
      <ul className="flex flex-col gap-3">
        {items.map((item) => (
          <li key={item.id}>
            <div className="grid grid-cols-[minmax(0,1fr)_auto_3.5rem] items-baseline gap-x-2">
              <span className="truncate">
                {item.href === undefined ? (
                  item.name
                ) : (
                  <Link href={item.href} className="row-link font-medium">
                    {item.name}
                  </Link>
                )}
                {item.note === undefined ? null : <span className="text-ink-3"> · {item.note}</span>}
              </span>
              <Amount money={item.unknown === undefined ? item.money : null} reason={item.unknown ?? ''} />
              <span className="num text-right text-ink-3">
                {item.unknown === undefined ? (shares.get(item.id) ?? '') : ''}
              </span>
            </div>
            <span aria-hidden className="mt-1 block h-2">
              <span
                className="block h-full rounded-bar"
                style={{
                  width: max > 0 ? `${(Math.max(0, pixelsOf(item.money.amount)) / max) * 100}%` : 0,
                  minWidth: pixelsOf(item.money.amount) > 0 ? 2 : 0,
                  background: item.colour,
                }}
              />
            </span>
          </li>
        ))}
      </ul>
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)_auto_3.5rem] gap-x-2 border-t border-line pt-3 font-semibold">
        <span>{total.label}</span>
        <Amount money={total.money} />
        <span className="num text-right">{shares.size === 0 ? '' : '100\u00a0%'}</span>
      </div>
    </div>
  )
}
