import type { ReactNode } from 'react'
import type { BarListItem } from '../../../components/chart/bar-list.tsx'
import { BarListCard } from '../../../components/chart/bar-list-card.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import { compareDecimals, differenceOf, isZero, percentText, shareOf, sumOf } from '../../../lib/format.ts'
import { fullyLoadedOf, hasPools } from '../../../lib/fleet-pools.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { sumLinks } from '../../../lib/sum.ts'

interface ByAgentProps {
  fleet: FleetQuery['fleetCost']
  agents: NonNullable<FleetQuery['agentCosts']>['nodes']
  colourOf: ColourOf
  params: SearchParams
  /** The check against the ledger, which arrives later. */
  children: ReactNode
}

/** More agents than this are summed in one named row. */
const MOST_ROWS = 8

function itemsOf({ fleet, agents, colourOf, params }: ByAgentProps): BarListItem[] {
  const currency = fleet.cost.total.currency
  const pools = hasPools(fleet)
  const sum = sumLinks('/', params)
  const sorted = [...agents].sort((a, b) => compareDecimals(b.cost.total.amount, a.cost.total.amount))
  const shown = sorted.length > MOST_ROWS + 1 ? sorted.slice(0, MOST_ROWS) : sorted
  const items = shown.map(({ agent, cost }): BarListItem => ({
    id: `agent ${agent.key}`,
    name: agent.name,
    href: hrefWith(`/agents/${encodeURIComponent(agent.key)}`, periodParams(params)),
    money: cost.total,
    sumHref: sum('cost', { agent: agent.key }),
    ...(pools ? { pale: cost.allocated } : {}),
    colour: colourOf(agent.key),
  }))
  const named = sumOf([
    ...shown.map(({ cost }) => cost.total.amount),
    fleet.cost.chainShared.amount,
    fleet.withoutAgent.amount,
  ])
  const rest = differenceOf(fleet.cost.total.amount, named)
  if (!isZero(rest)) {
    items.push({ id: 'rest', name: 'Other agents', money: { amount: rest, currency }, colour: 'var(--chart-other)' })
  }
  const remainder = { colour: 'var(--chart-compare)' }
  items.push({
    id: 'shared',
    name: 'Chain-shared',
    note: 'belongs to tasks',
    money: fleet.cost.chainShared,
    sumHref: sum('shared'),
    ...remainder,
  })
  items.push({ id: 'none', name: 'Unattributed', note: 'no agent tag', money: fleet.withoutAgent, ...remainder })
  if (pools && !isZero(fleet.unallocated.amount)) {
    items.push({ id: 'held', name: 'Unallocated', note: 'pools, no agent', money: fleet.unallocated, ...remainder })
  }
  return items
}

/** Who spends: every agent, then the named remainders, adding up to the fleet. */
export function ByAgent(props: ByAgentProps) {
  const items = itemsOf(props)
  const total = fullyLoadedOf(props.fleet)
  const top = items[0]
  const share = top === undefined ? null : shareOf(top.money.amount, total.amount)
  return (
    <div id="by-agent" className="grid min-w-0 scroll-mt-20 grid-rows-1">
      <BarListCard
        heading={
          top === undefined || share === null ? 'Cost by agent' : `${top.name} is ${percentText(share, 0)} of all cost`
        }
        dimension="Agent"
        items={items}
        total={{
          label: hasPools(props.fleet) ? 'Fully loaded' : 'Fleet',
          money: total,
          sumHref: sumLinks('/', props.params)('loaded'),
        }}
      >
        {props.children}
      </BarListCard>
    </div>
  )
}
