import type { Metadata } from 'next'
import { PeriodBar } from '../../../../components/period/period-bar.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Section } from '../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../components/ui/skeleton.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { periodText, readPeriod } from '../../../../lib/period.ts'
import { resourceNameText } from '../../../../lib/resource-name.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../../lib/search-params.ts'
import { mayKeepRates } from '../../../../lib/session.ts'
import { usedResources } from '../../../../lib/used-resources.ts'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { RatingFrame } from '../rating-frame.tsx'
import { PastSimulations } from './past-simulations.tsx'
import { WhatIfForm } from './what-if-form.tsx'
import { WhatIfResult } from './what-if-result.tsx'

export const metadata: Metadata = { title: 'What-if' }

const PATH = '/rate-cards/what-if'

const WhatIfDocument = graphql(`
  query WhatIf {
    rateCards {
      id
      provider
      version
      rates {
        provider
        resource
      }
    }
    drafts: rateCards(status: DRAFT) {
      id
      provider
      version
      note
    }
    reratings(first: 50) {
      ...ReratingSummary
    }
  }
`)

export default async function WhatIfPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const asked = await searchParams
  // The last 30 days unless the address says otherwise: a whole month of work, however young the month is.
  const params = first(asked.period) === null ? { ...asked, period: '30d' } : asked
  const period = readPeriod(params, tenant.today)
  const [{ rateCards, drafts, reratings }, used] = await Promise.all([query(WhatIfDocument), usedResources()])
  // A pattern prices names; it is none that one could switch to.
  const priced = rateCards
    .flatMap((card) => card.rates)
    .filter(({ resource }) => !resource.includes('*'))
    .map(({ provider, resource }) => resourceNameText({ provider, resource }))
  const draftNames = Object.fromEntries(
    [...drafts, ...rateCards].flatMap(({ id, provider, version }) =>
      id == null ? [] : [[id, `${provider} ${version}`]],
    ),
  )
  const run = first(params.run)
  return (
    <RatingFrame title="What-if" path={PATH} tenant={tenant}>
      <PeriodBar
        path={PATH}
        params={{ ...asked, run: undefined }}
        period={period}
        today={tenant.today}
        hasBins={false}
        isComparable={false}
        defaultPreset="30d"
      />
      {mayKeepRates(viewer.role) ? (
        <WhatIfForm
          range={period.range}
          days={periodText(period)}
          used={used.map(resourceNameText)}
          known={[...new Set([...used.map(resourceNameText), ...priced])].sort()}
          drafts={drafts.flatMap(({ id, provider, version, note }) =>
            id == null ? [] : [{ id, label: `${provider} ${version}${note == null ? '' : `, ${note}`}` }],
          )}
          draftId={first(params.draft)}
          params={params}
        />
      ) : (
        <div className="mb-4">
          <NotForRole>
            Finance and administrators ask what other prices would have cost. Their answers are below.
          </NotForRole>
        </div>
      )}
      {run === null ? null : (
        <Section key={run} fallback={<Skeleton className="mb-4 h-72 w-full rounded-card" />}>
          <WhatIfResult id={run} draftNames={draftNames} />
        </Section>
      )}
      <PastSimulations
        simulations={reratings.filter(({ kind }) => kind === 'SIMULATION')}
        params={params}
        openId={run}
        draftNames={draftNames}
        tenant={tenant}
      />
    </RatingFrame>
  )
}
