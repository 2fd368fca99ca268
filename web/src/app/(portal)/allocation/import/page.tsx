import type { Metadata } from 'next'
import { monthOf } from '../../../../lib/months.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'
import { KeepersPage } from '../keepers-page.tsx'
import { ImportPools } from './import-pools.tsx'

export const metadata: Metadata = { title: 'Import pools' }

export default async function ImportPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams
  return (
    <KeepersPage
      title="Import pools"
      month={({ tenant }) => monthOf(params, tenant.today)}
      refusal="Pools are imported by Finance and administrators."
    >
      {({ tenant }) =>
        Promise.resolve(<ImportPools month={monthOf(params, tenant.today)} currency={tenant.currency} />)
      }
    </KeepersPage>
  )
}
