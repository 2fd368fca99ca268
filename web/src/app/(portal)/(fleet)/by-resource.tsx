import { BarListCard } from '../../../components/chart/bar-list-card.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { percentText, shareOf } from '../../../lib/format.ts'
import type { DateRange } from '../../../lib/period.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'

const ByResourceDocument = graphql(`
  query FleetResources($range: DateRangeInput!) {
    costRollup(range: $range, groupBy: [RESOURCE], top: 8) {
      total {
        direct {
          amount
          currency
        }
        total {
          amount
          currency
        }
      }
      other {
        cost {
          total {
            amount
            currency
          }
        }
      }
      rows {
        keys {
          key
          label
        }
        cost {
          total {
            amount
            currency
          }
        }
      }
    }
  }
`)

/** What the models and tools cost, each leading to its spend by agent. */
export async function ByResource({ range, params }: { range: DateRange; params: SearchParams }) {
  const { costRollup } = await query(ByResourceDocument, { range })
  const { total } = costRollup.total
  const [top] = costRollup.rows
  const share = top === undefined ? null : shareOf(top.cost.total.amount, total.amount)
  const items = costRollup.rows.map(({ keys, cost }) => {
    const key = keys[0]?.key
    return {
      id: keys[0]?.label ?? 'none',
      name: keys[0]?.label ?? 'No resource',
      ...(key == null ? {} : { href: hrefWith('/spend', { ...periodParams(params), by: 'agent', resource: key }) }),
      money: cost.total,
      colour: key == null ? 'var(--chart-compare)' : 'var(--chart-1)',
    }
  })
  const others =
    costRollup.other == null
      ? []
      : [{ id: 'other', name: 'Others', money: costRollup.other.cost.total, colour: 'var(--chart-other)' }]
  return (
    <BarListCard
      heading={
        top === undefined || share === null
          ? 'Cost by resource'
          : `${top.keys[0]?.label ?? 'No resource'} is ${percentText(share, 0)}`
      }
      dimension="Resource"
      items={[...items, ...others]}
      total={{ label: 'Fleet', money: total }}
    />
  )
}
