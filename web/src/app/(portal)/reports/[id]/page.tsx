import { Download } from 'lucide-react'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ReportProgress } from '../../../../components/report/report-progress.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { ReportByIdQuery } from '../../../../generated/graphql.ts'
import { named, query } from '../../../../lib/api.ts'
import { rangeText } from '../../../../lib/calendar.ts'
import { bytesText } from '../../../../lib/exports.ts'
import { countText, exactDecimalText, moneyText } from '../../../../lib/format.ts'
import { tenantTruth } from '../../../../lib/page-context.ts'
import { DELIVERY_STATES, isUnderWay, REPORT_KINDS } from '../../../../lib/reports.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { mayManageReports, mayRequestReports, type Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { BridgeCard } from './bridge-card.tsx'
import { RestateReport, RevokeLink, SendEdition } from './edition-actions.tsx'

export const metadata: Metadata = { title: 'Report' }

const ReportByIdDocument = graphql(`
  query ReportById($id: ID!) {
    report(id: $id) {
      id
      kind
      from
      to
      client {
        name
      }
      runs {
        id
        state
        step
        filesDone
        filesTotal
        error
        reason
        requestedBy
        requestedAt
      }
      editions {
        id
        number
        restates
        reason
        sha256
        snapshotId
        snapshot
        requestedBy
        writtenAt
        headline {
          label
          kind
          value
          reason
          note
        }
        files {
          format
          bytes
          sha256
          download
        }
        bridge {
          ...ReportBridgeFacts
        }
        deliveries {
          id
          recipient
          state
          error
          sentAt
          createdAt
          linkId
          linkExpiresAt
          linkRevokedAt
          views
          lastViewedAt
        }
      }
    }
  }
`)

type Report = NonNullable<ReportByIdQuery['report']>
type Edition = Report['editions'][number]

export default async function ReportPage({ params }: { params: Promise<{ id: string }> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant, role } = viewer
  const id = decodeURIComponent((await params).id)
  const report = (await named(() => query(ReportByIdDocument, { id })))?.report
  if (report == null) notFound()
  const { kind, client, from, to, editions } = report
  const mayManage = kind === 'PROJECT_WEEKLY' ? mayRequestReports(role) : mayManageReports(role)
  const title = client == null ? REPORT_KINDS[kind] : `${REPORT_KINDS[kind]}, ${client.name}`
  const [latest, ...before] = editions
  return (
    <>
      <PageHeader
        title={title}
        crumbs={[{ label: 'Reports', href: '/reports' }]}
        badge={latest === undefined ? undefined : <Badge>edition {latest.number}</Badge>}
        truth={[{ text: rangeText(from, to) }, ...tenantTruth(tenant)]}
        actions={mayManage && latest !== undefined ? <RestateReport id={report.id} /> : undefined}
      />
      <div className="flex flex-col gap-4">
        <Working report={report} title={title} tenant={tenant} />
        {latest === undefined ? (
          <div className="card px-3.5 py-4 sm:px-5">
            <EmptyState>It has no edition yet. What it says, its files and its mails will stand here.</EmptyState>
          </div>
        ) : (
          <>
            <Headline edition={latest} currency={tenant.currency} />
            <EditionCard edition={latest} tenant={tenant} mayManage={mayManage} />
            {latest.bridge == null ? null : <BridgeCard bridge={latest.bridge} />}
          </>
        )}
        {before.map((edition) => (
          <EditionCard key={edition.id} edition={edition} tenant={tenant} mayManage={mayManage} />
        ))}
      </div>
    </>
  )
}

/** The latest making of it, where that goes on or came to nothing. */
function Working({ report, title, tenant }: { report: Report; title: string; tenant: Tenant }) {
  const [run] = report.runs
  if (run === undefined || run.state === 'DONE') return null
  const asked = `${run.requestedBy}, ${momentText(run.requestedAt, tenant.timeZone)}`
  return (
    <Card title={isUnderWay(run) ? 'An edition is being made' : 'The last edition could not be made'} caption={asked}>
      {isUnderWay(run) ? (
        <ReportProgress id={report.id} runId={run.id} label={title} initial={run} />
      ) : (
        <p className="text-bad">{run.error}</p>
      )}
    </Card>
  )
}

function Headline({ edition: { headline }, currency }: { edition: Edition; currency: string }) {
  if (headline.length === 0) return null
  return (
    <TileStrip label="What it opens with">
      {headline.map((figure) => (
        <Tile
          key={figure.label}
          label={figure.label}
          figure={figureText(figure, currency)}
          context={figure.note ?? figure.reason ?? ''}
        />
      ))}
    </TileStrip>
  )
}

function figureText({ kind, value }: Edition['headline'][number], currency: string): string {
  if (value == null) return 'n/a'
  if (kind === 'money') return moneyText({ amount: value, currency })
  if (kind === 'percent') return `${exactDecimalText(value)} %`
  return kind === 'quantity' ? exactDecimalText(value) : value
}

interface EditionProps {
  edition: Edition
  tenant: Tenant
  mayManage: boolean
}

function EditionCard({ edition, tenant, mayManage }: EditionProps) {
  const { id, number, restates, reason, requestedBy, writtenAt, files, deliveries } = edition
  return (
    <Card
      title={restates == null ? `Edition ${number}` : `Edition ${number}, which restates edition ${restates}`}
      caption={`Written ${momentText(writtenAt, tenant.timeZone)} for ${requestedBy}${reason == null ? '' : ` · ${reason}`}`}
      actions={mayManage ? <SendEdition editionId={id} number={number} /> : undefined}
    >
      <ul className="mb-3 flex flex-wrap gap-x-5 gap-y-1">
        {files.map(({ format, bytes, sha256, download }) => (
          <li key={format}>
            <a
              href={download}
              download
              className="link inline-flex min-h-8 items-center gap-1.5"
              title={`SHA-256 ${sha256}`}
            >
              <Download size={16} strokeWidth={1.4} aria-hidden />
              {format}
              <span className="sr-only"> of edition {number}</span>
              <span className="num text-caption text-ink-3">{bytesText(bytes)}</span>
            </a>
          </li>
        ))}
      </ul>
      <Marks edition={edition} tenant={tenant} />
      {deliveries.length === 0 ? null : <Mails edition={edition} tenant={tenant} mayManage={mayManage} />}
    </Card>
  )
}

/** What the edition can be held against. */
function Marks({ edition: { sha256, snapshotId, snapshot }, tenant }: Pick<EditionProps, 'edition' | 'tenant'>) {
  const { asOf, closedMonths } = snapshot as { asOf: string; closedMonths: { month: string; edition: number }[] }
  const closed = closedMonths.map(({ month, edition }) => `${month.slice(0, 7)} as filed in edition ${edition}`)
  const marks = [
    ['Shows', `${momentText(asOf, tenant.timeZone)}${closed.length === 0 ? '' : `; ${closed.join(', ')}`}`],
    ['Snapshot', snapshotId],
    ['SHA-256', sha256],
  ] as const
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-caption">
      {marks.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="num break-all whitespace-normal text-ink-2">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Mails({ edition, tenant: { timeZone }, mayManage }: EditionProps) {
  return (
    <div className="-mx-3.5 mt-3 -mb-4 border-t border-line sm:-mx-5 sm:-mb-5">
      <MiniTable
        label={`Mails of edition ${edition.number}`}
        heads={[{ label: 'Sent to' }, { label: 'State', isMain: true }, { label: 'Link' }, { label: '' }]}
        rows={edition.deliveries.map((mail) => ({
          id: mail.id,
          cells: [
            <span key="to" className="break-all">
              {mail.recipient}
            </span>,
            <span key="state">
              <Badge tone={DELIVERY_STATES[mail.state].tone}>{DELIVERY_STATES[mail.state].text}</Badge>
              <span className="num block text-caption whitespace-normal text-ink-3">
                {mail.sentAt == null ? (mail.error ?? '') : momentText(mail.sentAt, timeZone)}
              </span>
            </span>,
            <span key="link" className="num text-caption whitespace-normal">
              {linkText(mail, timeZone)}
            </span>,
            mayManage && mail.linkId != null && mail.linkRevokedAt == null ? (
              <RevokeLink key="do" linkId={mail.linkId} recipient={mail.recipient} />
            ) : null,
          ],
        }))}
      />
    </div>
  )
}

function linkText(mail: Edition['deliveries'][number], timeZone: string): string {
  if (mail.linkExpiresAt == null) return ''
  const views =
    mail.lastViewedAt == null
      ? 'not opened'
      : `opened ${countText(mail.views)} ${mail.views === 1 ? 'time' : 'times'}, last ${momentText(mail.lastViewedAt, timeZone)}`
  const until =
    mail.linkRevokedAt == null
      ? `until ${momentText(mail.linkExpiresAt, timeZone)}`
      : `closed ${momentText(mail.linkRevokedAt, timeZone)}`
  return `${until}; ${views}`
}
