import type { Money } from '@outlay/domain/money/currency'
import { percentText, shareOf } from '../../lib/format.ts'
import type { SumLinks } from '../../lib/sum.ts'
import { BarListCard } from '../chart/bar-list-card.tsx'

/** A cost told by the members of one dimension, as `costRollup` answers it. */
interface Told {
  rows: readonly {
    keys: readonly { key?: string | null; label: string }[]
    cost: { total: Money; allocated: Money }
  }[]
  other?: { cost: { total: Money } } | null
  total: { total: Money }
}

interface SplitCardProps {
  by: 'agent' | 'project'
  /** Whose cost it is, in the last row. */
  whose: string
  list: Told
  hasPools: boolean
  colourOf: (key: string) => string
  /** The page of a member, where the reader may open it. */
  hrefOf: (key: string) => string | null
  sumOf: SumLinks
}

/** Who or what made a cost, each with how its amount is made. What carries no tag stands apart, and so does what is beyond the list. */
export function SplitCard({ by, whose, list, hasPools, colourOf, hrefOf, sumOf }: SplitCardProps) {
  const { total } = list.total
  const [top] = list.rows
  const share = top === undefined ? null : shareOf(top.cost.total.amount, total.amount)
  const named = list.rows.map(({ keys, cost }) => {
    const key = keys[0]?.key
    const href = key == null ? null : hrefOf(key)
    return {
      id: key ?? 'none',
      name: keys[0]?.label ?? 'Unattributed',
      ...(href === null ? {} : { href }),
      money: cost.total,
      sumHref: sumOf('cost', { [by]: key ?? '' }),
      ...(hasPools ? { pale: cost.allocated } : {}),
      colour: key == null ? 'var(--chart-compare)' : colourOf(key),
    }
  })
  const items =
    list.other == null
      ? named
      : [...named, { id: 'other', name: 'Others', money: list.other.cost.total, colour: 'var(--chart-other)' }]
  return (
    <BarListCard
      heading={
        top === undefined || share === null
          ? `By ${by}`
          : `${top.keys[0]?.label ?? 'Unattributed'} is ${percentText(share, 0)}`
      }
      dimension={by === 'agent' ? 'Agent' : 'Project'}
      items={items}
      total={{ label: whose, money: total, sumHref: sumOf('cost') }}
    />
  )
}
