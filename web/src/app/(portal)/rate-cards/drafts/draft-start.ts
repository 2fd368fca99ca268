import 'server-only'
import { graphql } from '../../../../generated/gql.ts'
import type { RateCardByIdQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { fieldsOf } from '../../../../lib/rate-form.ts'
import type { Tenant } from '../../../../lib/session.ts'
import type { DraftStart } from './draft-form.tsx'

const RateCardByIdDocument = graphql(`
  query RateCardById($id: ID!) {
    rateCard(id: $id) {
      id
      provider
      source
      status
      note
      rates {
        ...RateRow
      }
    }
  }
`)

type FoundCard = NonNullable<RateCardByIdQuery['rateCard']>

export async function rateCardById(id: string): Promise<FoundCard | null> {
  return (await query(RateCardByIdDocument, { id })).rateCard ?? null
}

/** The form of a draft as it was saved. */
export function startOfDraft(card: FoundCard, tenant: Tenant): DraftStart {
  return {
    id: card.id ?? null,
    provider: card.provider,
    source: card.source === 'CONTRACT' ? 'CONTRACT' : 'MANUAL',
    note: card.note ?? '',
    rates: card.rates.map((rate) => fieldsOf(rate.id, rate, tenant.timeZone)),
  }
}

/** A new draft with the prices of a card, from today on: what follows a card begins after it. */
export function startFromCard(card: FoundCard, tenant: Tenant): DraftStart {
  const copied = startOfDraft(card, tenant)
  const from = `${tenant.today}T00:00`
  return {
    ...copied,
    id: null,
    note: '',
    rates: copied.rates.map((fields) => ({ ...fields, from, to: '', kept: { from: null, to: null } })),
  }
}
