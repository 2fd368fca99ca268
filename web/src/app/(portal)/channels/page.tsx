import { Plus } from 'lucide-react'
import type { Metadata } from 'next'
import type { ChannelFacts } from '../../../components/channel/channel-facts.ts'
import { DataTable, type Column } from '../../../components/table/data-table.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { CHANNEL_KINDS, CHANNEL_STATES, filterText, timingText } from '../../../lib/channels.ts'
import { countText } from '../../../lib/format.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { mayHandleAlerts, type Tenant } from '../../../lib/session.ts'
import { momentText } from '../../../lib/time.ts'
import { AlertsFrame, ReadOnlyAlerts } from '../budgets/alerts-frame.tsx'

export const metadata: Metadata = { title: 'Channels' }

const ChannelsDocument = graphql(`
  query Channels {
    channels {
      ...ChannelFacts
    }
    detector {
      reachesNobody
    }
    budgets {
      reachesNobody
    }
  }
`)

export default async function ChannelsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const [params, { channels, detector, budgets }] = await Promise.all([searchParams, query(ChannelsDocument)])
  const mayManage = mayHandleAlerts(viewer.role)
  const unheard = budgets.filter((budget) => budget.reachesNobody).length
  return (
    <AlertsFrame
      title="Channels"
      path="/channels"
      viewer={viewer}
      crumbs={[{ label: 'Alerts and budgets', href: '/budgets' }]}
      truth={[
        ...(detector.reachesNobody ? [{ text: 'anomalies reach nobody', href: '/budgets/rules' }] : []),
        ...(unheard === 0
          ? []
          : [
              {
                text: `${countText(unheard)} ${unheard === 1 ? 'budget reaches' : 'budgets reach'} nobody`,
                href: '/budgets',
              },
            ]),
      ]}
      actions={
        mayManage ? (
          <Link href="/channels/new" className="control control-primary">
            <Plus size={16} strokeWidth={1.4} aria-hidden />
            New channel
          </Link>
        ) : undefined
      }
    >
      {mayManage ? null : <ReadOnlyAlerts viewer={viewer} />}
      {channels.length === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState>
            Nobody is told yet: alerts stand under{' '}
            <Link href="/anomalies" className="link">
              Anomalies
            </Link>{' '}
            only. E-mail addresses, webhooks and Slack channels will stand here, with what each is told of, when, and
            whether it arrived.
          </EmptyState>
        </div>
      ) : (
        <DataTable
          label="Channels"
          noun="channels"
          path="/channels"
          params={params}
          rows={channels}
          columns={columnsOf(tenant)}
          rowKey={(row) => row.id}
          filterText={(row) => `${row.name} ${row.target} ${CHANNEL_KINDS[row.kind]}`}
          defaultSort={{ column: 'channel', direction: 'asc' }}
          csvName={`channels ${tenant.today}`}
        />
      )}
    </AlertsFrame>
  )
}

function columnsOf({ timeZone }: Tenant): Column<ChannelFacts>[] {
  return [
    {
      id: 'channel',
      label: 'Channel',
      cell: (row) => (
        <span>
          <Link href={`/channels/${encodeURIComponent(row.id)}`} className="row-link font-[550]">
            {row.name}
          </Link>
          <span className="block text-caption break-all text-ink-3">
            {CHANNEL_KINDS[row.kind]} · {row.target}
          </span>
        </span>
      ),
      sort: (row) => ({ text: row.name }),
      csv: (row) => row.name,
    },
    {
      id: 'state',
      label: 'State',
      isMain: true,
      cell: (row) => (
        <Badge tone={CHANNEL_STATES[row.state].tone} {...(row.lastError == null ? {} : { title: row.lastError })}>
          {CHANNEL_STATES[row.state].text}
        </Badge>
      ),
      sort: (row) => ({ text: row.state }),
      csv: (row) => row.state,
    },
    {
      id: 'told',
      label: 'Told of',
      cell: (row) => <span className="block min-w-0">{filterText(row)}</span>,
      csv: (row) => filterText(row),
    },
    {
      id: 'when',
      label: 'When',
      cell: (row) => timingText(row),
      csv: (row) => timingText(row),
    },
    {
      id: 'last',
      label: 'Last sent',
      cell: (row) => <span className="num text-ink-2">{lastText(row, timeZone)}</span>,
      sort: (row) => (row.lastSuccessAt == null ? null : { text: row.lastSuccessAt }),
      csv: (row) => row.lastSuccessAt ?? '',
    },
  ]
}

function lastText({ lastSuccessAt, lastFailureAt }: ChannelFacts, timeZone: string): string {
  const isBroken = lastFailureAt != null && (lastSuccessAt == null || lastFailureAt > lastSuccessAt)
  if (isBroken) return `failed ${momentText(lastFailureAt, timeZone)}`
  return lastSuccessAt == null ? 'never' : momentText(lastSuccessAt, timeZone)
}
