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
  /** The part of the amount that is drawn pale, e.g. what is allocated. */
  pale?: Money
  colour: string
  /** Where the arithmetic of the amount is shown. */
  sumHref?: string | undefined
  /** Why the amount is not known, although it sums as zero. */
  unknown?: string
}

interface BarListProps {
  items: readonly BarListItem[]
  total: { label: ReactNode; money: Money; sumHref?: string }
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
              <span className="truncate" title={item.name}>
                {item.href === undefined ? (
                  item.name
                ) : (
                  <Link href={item.href} className="row-link inline! font-medium">
                    {item.name}
                  </Link>
                )}
                {item.note === undefined ? null : <span className="text-ink-3"> · {item.note}</span>}
              </span>
              <Amount
                money={item.unknown === undefined ? item.money : null}
                reason={item.unknown ?? ''}
                sumHref={item.sumHref}
              />
              <span className="num text-right text-ink-3">
                {item.unknown === undefined ? (shares.get(item.id) ?? '') : ''}
              </span>
            </div>
            <Bar item={item} max={max} />
          </li>
        ))}
      </ul>
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)_auto_3.5rem] gap-x-2 border-t border-line pt-3 font-semibold">
        <span>{total.label}</span>
        <Amount money={total.money} sumHref={total.sumHref} />
        <span className="num text-right">{shares.size === 0 ? '' : '100\u00a0%'}</span>
      </div>
    </div>
  )
}

/** Solid what is its own, pale what is allocated to it. A part below zero takes no room. */
function Bar({ item: { money, pale, colour }, max }: { item: BarListItem; max: number }) {
  const whole = Math.max(0, pixelsOf(money.amount))
  const part = Math.min(whole, Math.max(0, pixelsOf(pale?.amount ?? '0')))
  const pieces = [
    { id: 'solid', length: whole - part, background: colour },
    { id: 'pale', length: part, background: `color-mix(in srgb, ${colour} 45%, var(--surface))` },
  ]
  return (
    <span aria-hidden className="mt-1 flex h-2 gap-px">
      {pieces.map(({ id, length, background }) =>
        length > 0 ? (
          <span
            key={id}
            className="block h-full rounded-bar"
            style={{ width: `${(length / max) * 100}%`, minWidth: 2, background }}
          />
        ) : null,
      )}
    </span>
  )
}
