import type { ReactNode } from 'react'
import { BarList, type BarListItem } from '../../../components/chart/bar-list.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { TabbedCard } from '../../../components/ui/tabs.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import {
  compareDecimals,
  currencySymbol,
  differenceOf,
  isZero,
  percentText,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'

interface ByAgentProps {
  fleet: FleetQuery['fleetCost']
  agents: FleetQuery['agentCosts']['nodes']
  colourOf: ColourOf
  params: SearchParams
  /** The check against the ledger, which arrives later. */
  children: ReactNode
}

/** More agents than this are summed in one named row. */
const MOST_ROWS = 8

function itemsOf({ fleet, agents, colourOf, params }: ByAgentProps): BarListItem[] {
  const currency = fleet.cost.total.currency
  const sorted = [...agents].sort((a, b) => compareDecimals(b.cost.direct.amount, a.cost.direct.amount))
  const shown = sorted.length > MOST_ROWS + 1 ? sorted.slice(0, MOST_ROWS) : sorted
  const items = shown.map(({ agent, cost }): BarListItem => ({
    id: `agent ${agent.key}`,
    name: agent.name,
    href: hrefWith(`/agents/${encodeURIComponent(agent.key)}`, periodParams(params)),
    money: cost.direct,
    colour: colourOf(agent.key),
  }))
  const named = sumOf([
    ...shown.map(({ cost }) => cost.direct.amount),
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
    ...remainder,
  })
  items.push({ id: 'none', name: 'Unattributed', note: 'no agent tag', money: fleet.withoutAgent, ...remainder })
  return items
}

/** Who spends: every agent, then the named remainders, adding up to the fleet. */
export function ByAgent(props: ByAgentProps) {
  const items = itemsOf(props)
  const { total } = props.fleet.cost
  const top = items[0]
  const share = top === undefined ? null : shareOf(top.money.amount, total.amount)
  const symbol = currencySymbol(total.currency)
  return (
    <div id="by-agent" className="grid min-w-0 scroll-mt-20 grid-rows-1">
      <TabbedCard
        label="Cost by agent"
        heading={
          top === undefined || share === null ? 'Cost by agent' : `${top.name} is ${percentText(share, 0)} of all cost`
        }
        caption={`By agent, ${symbol}`}
        tabs={[
          {
            id: 'chart',
            label: 'Chart',
            content: (
              <>
                <BarList items={items} total={{ label: 'Fleet', money: total }} />
                <div className="px-3.5 pb-4 sm:px-5">{props.children}</div>
              </>
            ),
          },
          {
            id: 'table',
            label: 'Table',
            content: (
              <MiniTable
                label="Cost by agent"
                heads={[{ label: 'Agent' }, { label: `Cost, ${symbol}`, isNumber: true }]}
                rows={[
                  ...items.map((item) => ({ id: item.id, cells: [item.name, <Amount key="a" money={item.money} />] })),
                  { id: 'total', tone: 'total' as const, cells: ['Fleet', <Amount key="a" money={total} />] },
                ]}
              />
            ),
          },
        ]}
      />
    </div>
  )
}
