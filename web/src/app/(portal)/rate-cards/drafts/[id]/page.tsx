import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DraftPage } from '../draft-page.tsx'
import { rateCardById, startOfDraft } from '../draft-start.ts'

export const metadata: Metadata = { title: 'Draft' }

export default async function EditDraftPage({ params }: { params: Promise<{ id: string }> }) {
  const id = decodeURIComponent((await params).id)
  return (
    <DraftPage
      title="Draft"
      start={async (tenant) => {
        const card = await rateCardById(id)
        // What was published is never edited: a new draft follows it.
        if (card === null || card.status !== 'DRAFT') notFound()
        return startOfDraft(card, tenant)
      }}
    />
  )
}
