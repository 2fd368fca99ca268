import type { Money } from '@outlay/domain/money/currency'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { countText, currencySymbol, differenceOf, isZero, moneyText, sumOf } from '../../../lib/format.ts'
import type { DateRange } from '../../../lib/period.ts'

const ChainSharedUsesDocument = graphql(`
  query ChainSharedUses($range: DateRangeInput!) {
    fleetCost(range: $range, compareTo: NONE) {
      chainShared(first: 20) {
        resource
        uses
        reports
        cost {
          amount
          currency
        }
      }
    }
  }
`)

/** The resources used together inside chains: how often, how many reports that were, and what it cost once. Absent when there are none. */
export async function ChainSharedUses({ range, cost }: { range: DateRange; cost: Money }) {
  if (isZero(cost.amount)) return null
  const { fleetCost } = await query(ChainSharedUsesDocument, { range })
  const rows = fleetCost.chainShared
  const uses = sumOf(rows.map((row) => row.uses))
  const reports = sumOf(rows.map((row) => row.reports))
  const rest = differenceOf(cost.amount, sumOf(rows.map((row) => row.cost.amount)))
  return (
    <Card
      id="chain-shared"
      flush
      className="mb-4"
      title={`${moneyText(cost)} of shared uses inside chains, counted once`}
      caption={`${countText(reports)} reports of ${countText(uses)} uses; each belongs to its task, not to an agent`}
    >
      <MiniTable
        label="Chain-shared cost by resource"
        heads={[
          { label: 'Resource' },
          { label: 'Uses', isNumber: true },
          { label: 'Reports', isNumber: true },
          { label: `Cost, ${currencySymbol(cost.currency)}`, isNumber: true, isMain: true },
        ]}
        rows={[
          ...rows.map((row) => ({
            id: row.resource ?? 'none',
            cells: [
              row.resource ?? 'no resource named',
              countText(row.uses),
              countText(row.reports),
              <Amount key="cost" money={row.cost} />,
            ],
          })),
          ...(isZero(rest)
            ? []
            : [
                {
                  id: 'rest',
                  tone: 'remainder' as const,
                  cells: ['Other resources', '', '', <Amount key="cost" money={{ ...cost, amount: rest }} />],
                },
              ]),
          {
            id: 'total',
            tone: 'total' as const,
            cells: [
              'Chain-shared',
              isZero(rest) ? countText(uses) : '',
              isZero(rest) ? countText(reports) : '',
              <Amount key="cost" money={cost} />,
            ],
          },
        ]}
      />
    </Card>
  )
}
