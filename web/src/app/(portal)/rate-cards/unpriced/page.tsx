import type { Metadata } from 'next'
import { DataTable, type Column } from '../../../../components/table/data-table.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NotAvailable } from '../../../../components/ui/amount.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { WithPeek } from '../../../../components/ui/with-peek.tsx'
import { countText, exactDecimalText } from '../../../../lib/format.ts'
import { meterText } from '../../../../lib/rate-text.ts'
import { allTime, ratingFacts, type UnpricedRow } from '../../../../lib/rating-facts.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../../lib/search-params.ts'
import { mayKeepRates } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { RatingFrame } from '../rating-frame.tsx'
import { UnpricedPeek } from './unpriced-peek.tsx'

export const metadata: Metadata = { title: 'Usage without a price' }

const PATH = '/rate-cards/unpriced'

function keyOf({ provider, resource, meter }: UnpricedRow): string {
  return [provider ?? '', resource ?? '', meter].join('/')
}

function columnsOf(params: SearchParams, timeZone: string, isNarrow: boolean): Column<UnpricedRow>[] {
  const hiddenBesidePanel = isNarrow ? 'sm:hidden' : ''
  return [
    {
      id: 'resource',
      label: 'Resource',
      cell: (row) => (
        <>
          <Link
            data-peek
            href={hrefWith(PATH, params, { peek: keyOf(row) })}
            scroll={false}
            className="row-link font-[550]"
          >
            {row.resource ?? 'no resource named'}
          </Link>
          <span className="block text-caption text-ink-3">{row.provider ?? 'no provider named'}</span>
        </>
      ),
      sort: ({ provider, resource }) => ({ text: `${provider ?? ''} ${resource ?? ''}` }),
      csv: ({ provider, resource }) => [provider, resource].filter(Boolean).join(' / '),
    },
    {
      id: 'meter',
      label: 'Meter',
      cell: ({ meter }) => meterText(meter),
      sort: ({ meter }) => ({ text: meter }),
      csv: ({ meter }) => meter,
    },
    {
      id: 'invocations',
      label: 'Invocations',
      isNumber: true,
      isMain: true,
      cell: ({ invocations }) => <span className="font-[550]">{countText(invocations)}</span>,
      sort: ({ invocations }) => ({ decimal: invocations }),
      csv: ({ invocations }) => ({ number: invocations }),
    },
    {
      id: 'quantity',
      label: 'Quantity',
      isNumber: true,
      cell: ({ quantity }) => exactDecimalText(quantity),
      sort: ({ quantity }) => ({ decimal: quantity }),
      csv: ({ quantity }) => ({ number: quantity }),
    },
    {
      id: 'tasks',
      label: 'Tasks',
      isNumber: true,
      cell: ({ tasks }) => countText(tasks),
      sort: ({ tasks }) => ({ decimal: tasks }),
      csv: ({ tasks }) => ({ number: tasks }),
    },
    {
      id: 'clients',
      label: 'Clients',
      isNumber: true,
      cell: ({ clients }) => countText(clients),
      sort: ({ clients }) => ({ decimal: clients }),
      csv: ({ clients }) => ({ number: clients }),
    },
    {
      id: 'cost',
      label: 'Cost',
      isNumber: true,
      cell: () => <NotAvailable reason="No price, so it is in no amount" />,
      className: hiddenBesidePanel,
    },
    {
      id: 'firstSeen',
      label: 'First seen',
      cell: ({ firstSeen }) => <span className="num">{momentText(firstSeen, timeZone)}</span>,
      sort: ({ firstSeen }) => ({ text: firstSeen }),
      csv: ({ firstSeen }) => firstSeen,
      className: hiddenBesidePanel,
    },
    {
      id: 'lastSeen',
      label: 'Last seen',
      cell: ({ lastSeen }) => <span className="num">{momentText(lastSeen, timeZone)}</span>,
      sort: ({ lastSeen }) => ({ text: lastSeen }),
      csv: ({ lastSeen }) => lastSeen,
      className: hiddenBesidePanel,
    },
  ]
}

/** Everything that waits for a price, whenever it was used: a price published here can be applied back to the first use. */
export default async function UnpricedPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const { unpricedUsage } = await ratingFacts()
  const peek = first(params.peek)
  const opened = unpricedUsage.find((row) => keyOf(row) === peek)
  return (
    <RatingFrame title="Usage without a price" path={PATH} tenant={tenant}>
      {unpricedUsage.length === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState>
            All usage has a price. A model or tool without one will be listed here as soon as it is used, and stays out
            of every amount until you price it.
          </EmptyState>
        </div>
      ) : (
        <WithPeek
          panel={
            opened === undefined ? null : (
              <UnpricedPeek
                // A price typed for one row must not stand under another.
                key={peek}
                row={opened}
                tenant={tenant}
                mayPrice={mayKeepRates(viewer.role)}
                closeHref={hrefWith(PATH, params, { peek: null })}
              />
            )
          }
        >
          <DataTable
            label="Usage without a price"
            noun="usage"
            path={PATH}
            params={params}
            rows={unpricedUsage}
            columns={columnsOf(params, tenant.timeZone, opened !== undefined)}
            rowKey={keyOf}
            filterText={(row) => `${row.provider ?? ''} ${row.resource ?? ''} ${row.meter}`}
            defaultSort={{ column: 'invocations', direction: 'desc' }}
            openKey={peek}
            csvName="usage without a price"
            exportOf={{ kind: 'unpriced', words: 'All rows', range: allTime(tenant.today), filters: [] }}
          />
        </WithPeek>
      )}
    </RatingFrame>
  )
}
