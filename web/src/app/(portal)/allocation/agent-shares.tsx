import { BarListCard } from '../../../components/chart/bar-list-card.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { AllocationQuery } from '../../../generated/graphql.ts'
import { totalOfPools } from '../../../lib/allocation.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import { compareDecimals, isZero, percentText, shareOf, sumOf } from '../../../lib/format.ts'
import { monthName } from '../../../lib/months.ts'
import { plural } from '../../../lib/plural.ts'

graphql(`
  fragment AgentShareFacts on AllocationShare {
    agent {
      key
      name
    }
    amount {
      amount
    }
  }
`)

type Pools = AllocationQuery['costPools']

interface AgentSharesProps {
  pools: Pools
  month: string
  currency: string
  colourOf: ColourOf
}

/** At most so many bars: what smaller agents bear is one more. */
const MOST_BARS = 10

interface Bearer {
  key: string
  name: string
  amount: string
  pools: number
}

function bearersOf(pools: Pools): Bearer[] {
  const byAgent = new Map<string, Bearer>()
  for (const { run } of pools) {
    for (const { agent, amount } of run?.shares ?? []) {
      const known = byAgent.get(agent.key) ?? { ...agent, amount: '0', pools: 0 }
      const pools = known.pools + (isZero(amount.amount) ? 0 : 1)
      byAgent.set(agent.key, { ...known, amount: sumOf([known.amount, amount.amount]), pools })
    }
  }
  return [...byAgent.values()].sort((a, b) => compareDecimals(b.amount, a.amount))
}

/** What each agent bears of all pools of the month; with what is not allocated it is the pools. */
export function AgentShares({ pools, month, currency, colourOf }: AgentSharesProps) {
  const bearers = bearersOf(pools)
  const [most] = bearers
  if (most === undefined) {
    return (
      <Card title="Nobody bears anything yet">
        <EmptyState>The share of each agent will appear here when the month is run.</EmptyState>
      </Card>
    )
  }
  const total = totalOfPools(pools)
  const shown = bearers.slice(0, bearers.length > MOST_BARS ? MOST_BARS - 1 : MOST_BARS)
  const others = bearers.slice(shown.length)
  const item = (id: string, name: string, amount: string, colour: string, note?: string) => ({
    id,
    name,
    money: { amount, currency },
    colour,
    ...(note === undefined ? {} : { note }),
  })
  const part = shareOf(most.amount, total.allocated)
  return (
    <BarListCard
      heading={`${most.name} bears ${part === null ? 'most' : percentText(part)} of what ${monthName(month)} allocates`}
      dimension="Agent"
      items={[
        ...shown.map((one) => item(one.key, one.name, one.amount, colourOf(one.key), plural(one.pools, 'pool'))),
        ...(others.length === 0
          ? []
          : [item('others', 'Other agents', sumOf(others.map(({ amount }) => amount)), 'var(--chart-other)')]),
        ...(isZero(total.unallocated)
          ? []
          : [item('unallocated', 'Unallocated', total.unallocated, 'var(--chart-other)', 'nobody bears it')]),
        ...(isZero(total.under)
          ? []
          : [item('under', 'Not absorbed', total.under, 'var(--chart-other)', 'of overhead rates')]),
      ]}
      total={{ label: 'Pools of the month', money: { amount: total.amount, currency } }}
    />
  )
}
