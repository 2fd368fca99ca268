import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { clientViewSchema } from '@outlay/domain/audience/client-view'
import { ClientMonth } from '../../../../../components/client-page/client-month.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { HiddenByRole } from '../../../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../../../components/ui/not-for-role.tsx'
import { PageHeader } from '../../../../../components/ui/page-header.tsx'
import { graphql } from '../../../../../generated/gql.ts'
import type { TransparencyPageQuery } from '../../../../../generated/graphql.ts'
import { query } from '../../../../../lib/api.ts'
import { firstOfMonth } from '../../../../../lib/calendar.ts'
import { addMonths, monthOf, monthParam, monthText } from '../../../../../lib/months.ts'
import { tenantTruth } from '../../../../../lib/page-context.ts'
import { staffViewer } from '../../../../../lib/role-gate.ts'
import { hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import { mayShowClients } from '../../../../../lib/session.ts'
import { momentText } from '../../../../../lib/time.ts'
import { LinkTable } from './link-table.tsx'
import { PublishLink } from './publish-link.tsx'

const TransparencyPageDocument = graphql(`
  query TransparencyPage($key: String!, $month: Date!) {
    client(key: $key) {
      key
      name
    }
    clientLinks(clientKey: $key) {
      id
      label
      firstMonth
      lastMonth
      createdBy
      expiresAt
      revokedAt
      isWorking
      viewCount
      lastViewedAt
      views(first: 10) {
        what
        viewedAt
      }
    }
    clientQuestions(clientKey: $key) {
      id
      month
      body
      askedBy
      linkLabel
      askedAt
    }
    clientPreview(clientKey: $key, month: $month) {
      ...ClientViewFields
    }
  }
`)

interface TransparencyPageProps {
  params: Promise<{ key: string }>
  searchParams: Promise<SearchParams>
}

export const metadata: Metadata = { title: 'Transparency page' }

export default async function TransparencyPage({ params, searchParams }: TransparencyPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant, role } = viewer
  const key = decodeURIComponent((await params).key)
  const path = `/clients/${encodeURIComponent(key)}`
  const crumbs = [
    { label: 'Clients', href: '/clients' },
    { label: key, href: path },
  ]
  if (!mayShowClients(role)) {
    return (
      <>
        <PageHeader title="Transparency page" crumbs={crumbs} truth={tenantTruth(tenant)} />
        <NotForRole>What clients are shown is kept by Finance, project managers and administrators.</NotForRole>
      </>
    )
  }
  const search = await searchParams
  const month = monthOf(search, tenant.today)
  const { client, clientLinks, clientQuestions, clientPreview } = await query(TransparencyPageDocument, { key, month })
  if (client == null || clientPreview == null) notFound()
  const months = Array.from({ length: 12 }, (_, index) => addMonths(firstOfMonth(tenant.today), -index))
  const at = (one: string) => `${hrefWith(`${path}/transparency`, { month: monthParam(one) })}#preview`
  return (
    <>
      <PageHeader
        title={`Transparency page of ${client.name}`}
        crumbs={[
          { label: 'Clients', href: '/clients' },
          { label: client.name, href: path },
        ]}
        truth={tenantTruth(tenant)}
        actions={<PublishLink clientKey={key} clientName={client.name} thisMonth={monthParam(months[0] ?? month)} />}
      />
      <div className="flex flex-col gap-4">
        <LinkTable links={clientLinks} timeZone={tenant.timeZone} />
        <Questions questions={clientQuestions} timeZone={tenant.timeZone} />
        <section id="preview" aria-label="Preview" className="scroll-mt-20">
          <h2 className="mb-2 text-card font-semibold">Preview: exactly what {client.name} sees</h2>
          <div className="rounded-card border border-dashed border-line-2 p-3.5 sm:p-5">
            <ClientMonth
              view={clientViewSchema.parse(clientPreview)}
              months={months.map((one) => ({ month: one, href: at(one) }))}
            />
          </div>
        </section>
      </div>
    </>
  )
}

function Questions({ questions, timeZone }: { questions: TransparencyPageQuery['clientQuestions']; timeZone: string }) {
  return (
    <Card title="Questions" caption="Asked on the page, or by a login of the client; the latest first" flush>
      {questions.length === 0 ? (
        <p className="px-3.5 pb-4 sm:px-5 text-ink-2">Nobody has asked anything yet.</p>
      ) : (
        <ol
          className="max-h-96 divide-y divide-line overflow-auto border-t border-line"
          tabIndex={0}
          aria-label="Questions"
        >
          {questions.map(({ id, body, month, askedBy, linkLabel, askedAt }) => (
            <li key={id} className="px-3.5 py-3 sm:px-5">
              <p className="break-words whitespace-pre-wrap">{body}</p>
              <p className="text-caption text-ink-3">
                {askedBy ?? `by the link ${linkLabel ?? ''}`}, about {monthText(month)}, {momentText(askedAt, timeZone)}
              </p>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}
