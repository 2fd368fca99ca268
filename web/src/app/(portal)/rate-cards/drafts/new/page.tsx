import type { Metadata } from 'next'
import { newFields } from '../../../../../lib/rate-form.ts'
import { first, type SearchParams } from '../../../../../lib/search-params.ts'
import { DraftPage } from '../draft-page.tsx'
import { rateCardById, startFromCard } from '../draft-start.ts'

export const metadata: Metadata = { title: 'New draft' }

export default async function NewDraftPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams
  const from = first(params.from)
  return (
    <DraftPage
      title="New draft"
      start={async (tenant) => {
        const card = from === null ? null : await rateCardById(from)
        if (card !== null && card.rates.length > 0) return startFromCard(card, tenant)
        return {
          id: null,
          provider: first(params.provider) ?? '',
          source: 'MANUAL',
          note: '',
          rates: [newFields('new1', { currency: tenant.currency, from: `${tenant.today}T00:00` })],
        }
      }}
    />
  )
}
