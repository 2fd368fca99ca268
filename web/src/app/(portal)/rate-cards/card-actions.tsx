'use client'

import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { countText } from '../../../lib/format.ts'
import { instantOfLocal } from '../../../lib/local-instant.ts'
import { refusalOf } from '../../../lib/mutate.ts'

const PublishCardDocument = graphql(`
  mutation PublishRateCard($input: PublishRateCardInput!) {
    publishRateCard(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const DiscardDraftDocument = graphql(`
  mutation DiscardRateCardDraft($input: DiscardRateCardDraftInput!) {
    discardRateCardDraft(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const RetireCardDocument = graphql(`
  mutation RetireRateCard($input: RetireRateCardInput!) {
    retireRateCard(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface CardSubject {
  id: string
  name: string
  rates: number
}

function prices(count: number): string {
  return count === 1 ? 'its price' : `its ${countText(count)} prices`
}

/** What can be done with a draft: change it, try it on history, publish it, throw it away. */
export function DraftActions({ card }: { card: CardSubject }) {
  const { id, name } = card
  return (
    <span className="no-print inline-flex flex-wrap gap-2 py-1">
      <Link href={`/rate-cards/drafts/${encodeURIComponent(id)}`} className="control">
        Edit<span className="sr-only"> {name}</span>
      </Link>
      <Link href={`/rate-cards/what-if?draft=${encodeURIComponent(id)}`} className="control">
        Try<span className="sr-only"> {name} on history</span>
      </Link>
      <ActionDialog
        trigger="Publish…"
        triggerOf={name}
        title={`Publish ${name}?`}
        confirm="Publish"
        busy="Publishing…"
        run={() =>
          refusalOf(
            async () => (await browserQuery(PublishCardDocument, { input: { id } })).publishRateCard.userErrors,
            'The draft was not published.',
          )
        }
      >
        <p>
          From then on {prices(card.rates)} apply from the dates they name, and a price of the same meter ends where the
          new one begins. What is rated already keeps its price until you re-rate it.
        </p>
      </ActionDialog>
      <ActionDialog
        trigger="Discard…"
        triggerOf={name}
        title={`Discard ${name}?`}
        confirm="Discard the draft"
        busy="Discarding…"
        isDangerous
        run={() =>
          refusalOf(
            async () => (await browserQuery(DiscardDraftDocument, { input: { id } })).discardRateCardDraft.userErrors,
            'The draft was not discarded.',
          )
        }
      >
        <p>The draft and {prices(card.rates)} are gone. It has priced nothing, so no amount changes.</p>
      </ActionDialog>
    </span>
  )
}

/** Ends a published card: at an instant, or at once. */
export function RetireCard({ card, today, timeZone }: { card: CardSubject; today: string; timeZone: string }) {
  const { id, name } = card
  async function run(form: FormData): Promise<string | null> {
    const text = String(form.get('at') ?? '')
    const at = text === '' ? null : instantOfLocal(text, timeZone)
    if (text !== '' && at === null) return 'Write the end as a date and time.'
    return refusalOf(
      async () => (await browserQuery(RetireCardDocument, { input: { id, at } })).retireRateCard.userErrors,
      'The card was not retired.',
    )
  }
  return (
    <ActionDialog
      trigger="Retire…"
      triggerOf={name}
      title={`Retire ${name}?`}
      confirm="Retire the card"
      busy="Retiring…"
      isDangerous
      run={run}
    >
      <p>
        From that moment {prices(card.rates)} end, and the next card in the order of precedence or the catalogue
        applies; usage that none of them prices becomes unpriced. What is rated already keeps its price until you
        re-rate it.
      </p>
      <Field label="From" hint={`${timeZone}; empty: now`}>
        <input className="field text-body text-ink" type="datetime-local" name="at" min={`${today}T00:00`} />
      </Field>
    </ActionDialog>
  )
}
