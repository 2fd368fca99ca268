import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { graphql } from '../../../../../generated/gql.ts'
import { query } from '../../../../../lib/api.ts'
import { currencySymbol } from '../../../../../lib/format.ts'
import { first, hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import type { Period } from './period-detail.ts'

const EditionRowsDocument = graphql(`
  query EditionRows($month: Date!, $dimension: Dimension!, $after: String) {
    period(month: $month) {
      snapshots {
        edition
        rows(dimension: $dimension, first: 50, after: $after) {
          totalCount
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            key
            label
            cost {
              direct {
                amount
                currency
              }
              chainShared {
                amount
                currency
              }
              allocated {
                amount
                currency
              }
              total {
                amount
                currency
              }
            }
            revenue {
              amount
              currency
            }
          }
        }
      }
    }
  }
`)

const DIMENSIONS = [
  { id: 'agent', label: 'Agent', plural: 'agents', api: 'AGENT' },
  { id: 'client', label: 'Client', plural: 'clients', api: 'CLIENT' },
  { id: 'project', label: 'Project', plural: 'projects', api: 'PROJECT' },
  { id: 'task', label: 'Task', plural: 'tasks', api: 'TASK' },
] as const

interface EditionRowsProps {
  period: Period
  path: string
  params: SearchParams
}

/** What the latest edition says of each agent, client, project or task, as it was when the month was closed. */
export async function EditionRows({ period: { month }, path, params }: EditionRowsProps) {
  const by = DIMENSIONS.find(({ id }) => id === first(params.by)) ?? DIMENSIONS[0]
  const { period } = await query(EditionRowsDocument, { month, dimension: by.api, after: first(params.rows) })
  const [latest] = period.snapshots
  if (latest === undefined) return null
  const { nodes, pageInfo, totalCount } = latest.rows
  const symbol = currencySymbol(nodes[0]?.cost.total.currency ?? 'GBP')
  return (
    <Card
      flush
      id="edition-rows"
      title={`Edition ${latest.edition} by ${by.label.toLowerCase()}, ${totalCount} rows`}
      caption={`The most expensive first, as the month was closed, ${symbol}`}
      actions={
        <nav aria-label="Rows of the edition" className="segment no-print">
          {DIMENSIONS.map((one) => (
            <Link
              key={one.id}
              href={hrefWith(path, params, { by: one.id === 'agent' ? null : one.id, rows: null })}
              aria-current={one.id === by.id ? 'true' : undefined}
              scroll={false}
            >
              {one.label}
            </Link>
          ))}
        </nav>
      }
    >
      <MiniTable
        label={`Rows of the edition by ${by.label.toLowerCase()}`}
        maxHeight={420}
        heads={[
          { label: by.label },
          { label: 'Direct', isNumber: true },
          { label: 'Chain-shared', isNumber: true },
          { label: 'Allocated', isNumber: true },
          { label: 'Cost', isNumber: true, isMain: true },
          { label: 'Billed', isNumber: true },
        ]}
        rows={nodes.map((row) => ({
          id: row.key ?? '',
          ...(row.key == null ? { tone: 'remainder' as const } : {}),
          cells: [
            row.label,
            <Amount key="direct" money={row.cost.direct} />,
            <Amount key="shared" money={row.cost.chainShared} />,
            <Amount key="allocated" money={row.cost.allocated} />,
            <Amount key="total" money={row.cost.total} className="font-[550]" />,
            row.revenue == null ? '' : <Amount key="revenue" money={row.revenue} />,
          ],
        }))}
      />
      {pageInfo.hasNextPage && pageInfo.endCursor != null ? (
        <p className="no-print border-t border-line px-3.5 py-2 sm:px-5">
          <Link
            className="link inline-flex min-h-8 items-center"
            href={hrefWith(path, params, { rows: pageInfo.endCursor })}
            scroll={false}
          >
            Next {by.plural}
          </Link>
        </p>
      ) : null}
    </Card>
  )
}
