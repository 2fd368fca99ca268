import type { Metadata } from 'next'
import { monthOf } from '../../../../../lib/months.ts'
import type { SearchParams } from '../../../../../lib/search-params.ts'
import { usedResources } from '../../../../../lib/used-resources.ts'
import { KeepersPage } from '../../keepers-page.tsx'
import { choicesOf } from '../../pool-facts.ts'
import { PoolForm } from './pool-form.tsx'

export const metadata: Metadata = { title: 'New pool' }

export default async function NewPoolPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams
  return (
    <KeepersPage
      title="New pool"
      month={({ tenant }) => monthOf(params, tenant.today)}
      refusal="Pools are created by Finance and administrators."
    >
      {async ({ tenant, role }) => {
        const month = monthOf(params, tenant.today)
        const [choices, used] = await Promise.all([choicesOf(month), usedResources()])
        return (
          <PoolForm
            month={month}
            currency={tenant.currency}
            agents={choices.agents}
            pools={choices.pools}
            resources={[...new Set(used.map(({ resource }) => resource))].sort()}
            isApprovedAtOnce={role === 'OWNER'}
          />
        )
      }}
    </KeepersPage>
  )
}
