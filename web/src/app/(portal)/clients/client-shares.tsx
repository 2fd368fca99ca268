import { ScatterChart } from '../../../components/chart/scatter-chart.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { TabbedCard } from '../../../components/ui/tabs.tsx'
import type { ClientsQuery } from '../../../generated/graphql.ts'
import { percentText } from '../../../lib/format.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'

type Row = ClientsQuery['clientCosts']['nodes'][number]

/** A client is disproportionate from twice its share of revenue on (as the API says it). */
const GUIDES = [
  { slope: 1, name: 'as much of cost as of revenue' },
  { slope: 2, name: 'twice as much', isDashed: true },
]

/** What each client takes of the cost against what it brings of the revenue. Nothing where no client brought any. */
export function ClientShares({ rows, params }: { rows: readonly Row[]; params: SearchParams }) {
  const compared = rows.flatMap((row) => {
    const { client, costShare, revenueShare, isDisproportionate } = row
    if (costShare == null || revenueShare == null) return []
    const href = hrefWith(`/clients/${encodeURIComponent(client.key)}`, periodParams(params))
    return [{ id: client.key, name: client.name, x: revenueShare, y: costShare, isFlagged: isDisproportionate, href }]
  })
  if (compared.length < 2) return null
  const flagged = compared.filter((point) => point.isFlagged)
  const without = rows.length - compared.length
  const heading =
    flagged.length === 0
      ? 'No client takes more than twice its share of revenue'
      : flagged.length === 1
        ? `${flagged[0]?.name ?? ''} costs more than twice its share of revenue`
        : `${flagged.length} clients cost more than twice their share of revenue`
  return (
    <div className="mb-4">
      <TabbedCard
        label="Shares of clients"
        heading={heading}
        caption={`Share of the fleet’s cost against share of revenue${
          without === 0
            ? ''
            : `; ${without} of ${rows.length} without revenue ${without === 1 ? 'is' : 'are'} not in it`
        }`}
        tabs={[
          {
            id: 'chart',
            label: 'Chart',
            content: (
              <ScatterChart
                label={`${heading}. The Table tab has every client.`}
                points={compared.map((point) => ({
                  ...point,
                  title: `${percentText(point.y)} of cost, ${percentText(point.x)} of revenue${point.isFlagged ? ', disproportionate' : ''}`,
                }))}
                xName="share of revenue"
                yName="share of cost"
                guides={GUIDES}
              />
            ),
          },
          {
            id: 'table',
            label: 'Table',
            content: (
              <MiniTable
                label="Shares of clients"
                heads={[
                  { label: 'Client' },
                  { label: 'Revenue share', isNumber: true },
                  { label: 'Cost share', isNumber: true, isMain: true },
                  { label: 'Note' },
                ]}
                rows={compared.map(({ id, name, href, x, y, isFlagged }) => ({
                  id,
                  cells: [
                    <Link key="name" href={href} className="row-link">
                      {name}
                    </Link>,
                    percentText(x),
                    percentText(y),
                    isFlagged ? 'disproportionate' : '',
                  ],
                }))}
                maxHeight={320}
              />
            ),
          },
        ]}
      />
    </div>
  )
}
