import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../components/ui/not-for-role.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { firstOfMonth } from '../../../lib/calendar.ts'
import { addMonths, monthText } from '../../../lib/months.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'
import { mayKeepRates } from '../../../lib/session.ts'
import { fieldsOfTerms } from '../../../lib/terms-form.ts'
import { TermsForm } from './terms-form.tsx'

export const metadata: Metadata = { title: 'Set terms' }

const TermsPlaceDocument = graphql(`
  query TermsPlace(
    $client: String!
    $project: String!
    $isOfClient: Boolean!
    $clientKey: String
    $projectKey: String
  ) {
    client(key: $client) @include(if: $isOfClient) {
      key
      name
    }
    project(key: $project) @skip(if: $isOfClient) {
      key
      name
    }
    engagements(clientKey: $clientKey, projectKey: $projectKey) {
      ...EngagementFacts
    }
  }
`)

export default async function TermsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  if (!mayKeepRates(viewer.role)) {
    return (
      <>
        <PageHeader title="Set terms" truth={tenantTruth(tenant)} />
        <NotForRole>Terms are set by Finance and administrators.</NotForRole>
      </>
    )
  }
  const params = await searchParams
  const [clientKey, projectKey] = [first(params.client), first(params.project)]
  if ((clientKey === null) === (projectKey === null)) notFound()
  const data = await query(TermsPlaceDocument, {
    ...{ client: clientKey ?? '', project: projectKey ?? '', isOfClient: clientKey !== null },
    ...{ clientKey, projectKey },
  })
  const place = clientKey === null ? data.project : data.client
  if (place == null) notFound()
  const href = `/${clientKey === null ? 'projects' : 'clients'}/${encodeURIComponent(place.key)}`
  // Terms of a client are asked for with those of its projects, which are none of its own.
  const own = data.engagements.filter(({ project }) => (clientKey === null) === (project != null))
  const present = own.find(({ effectiveFrom }) => effectiveFrom <= tenant.today) ?? null
  const lastMonth = addMonths(firstOfMonth(tenant.today), -1)
  return (
    <>
      <PageHeader
        title={`Set terms for ${place.name}`}
        crumbs={[
          { label: clientKey === null ? 'Projects' : 'Clients', href: clientKey === null ? '/projects' : '/clients' },
          { label: place.name, href: `${href}#billing` },
        ]}
        truth={tenantTruth(tenant)}
      />
      <TermsForm
        place={clientKey === null ? { projectKey: place.key } : { clientKey: place.key }}
        backHref={`${href}#billing`}
        fields={fieldsOfTerms(present)}
        from={firstOfMonth(tenant.today)}
        currency={tenant.currency}
        tried={{ month: lastMonth, name: monthText(lastMonth) }}
      />
    </>
  )
}
