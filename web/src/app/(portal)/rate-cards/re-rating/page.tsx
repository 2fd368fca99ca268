import type { Metadata } from 'next'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { firstOfMonth, isDate } from '../../../../lib/calendar.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../../lib/search-params.ts'
import { agentMembers, clientMembers } from '../../../../lib/members.ts'
import { mayKeepRates } from '../../../../lib/session.ts'
import { usedResources } from '../../../../lib/used-resources.ts'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { RatingFrame } from '../rating-frame.tsx'
import { PastReratings } from './past-reratings.tsx'
import { StartRerating } from './start-rerating.tsx'

export const metadata: Metadata = { title: 'Re-rating' }

const ReratingsDocument = graphql(`
  query Reratings {
    reratings(first: 50) {
      ...ReratingSummary
    }
  }
`)

function one(params: SearchParams, name: string): string[] {
  const value = first(params[name])
  return value === null ? [] : [value]
}

function names(values: readonly (string | null)[]): { value: string; label: string }[] {
  return [...new Set(values)]
    .filter((value) => value !== null)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((value) => ({ value, label: value }))
}

export default async function ReratingPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const [{ reratings }, agents, clients, used] = await Promise.all([
    query(ReratingsDocument),
    agentMembers(),
    clientMembers(),
    usedResources(),
  ])
  const named = ({ key, name }: { key: string; name: string }) => ({ value: key, label: name })
  const [from, last] = [first(params.from), first(params.to)]
  return (
    <RatingFrame title="Re-rating" path="/rate-cards/re-rating" tenant={tenant}>
      {mayKeepRates(viewer.role) ? (
        <StartRerating
          // A link that fills the form fills it anew.
          key={JSON.stringify(params)}
          today={tenant.today}
          from={from !== null && isDate(from) ? from : firstOfMonth(tenant.today)}
          last={last !== null && isDate(last) && last <= tenant.today ? last : tenant.today}
          options={{
            agents: agents.map(named),
            clients: clients.map(named),
            providers: names(used.map(({ provider }) => provider)),
            resources: names(used.map(({ resource }) => resource)),
          }}
          initial={{
            agents: one(params, 'agents'),
            clients: one(params, 'clients'),
            providers: one(params, 'providers'),
            resources: one(params, 'resources'),
          }}
        />
      ) : (
        <div className="mb-4">
          <NotForRole>Finance and administrators re-rate. What they did is listed here.</NotForRole>
        </div>
      )}
      <PastReratings reratings={reratings.filter(({ kind }) => kind === 'RERATING')} tenant={tenant} />
    </RatingFrame>
  )
}
