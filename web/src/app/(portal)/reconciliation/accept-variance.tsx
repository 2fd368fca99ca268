'use client'

import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import type { VarianceCause } from '../../../generated/graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { graphql } from '../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../lib/mutate.ts'
import { text } from '../../../lib/read-form.ts'

const AcceptVarianceDocument = graphql(`
  mutation AcceptVariance($input: AcceptVarianceInput!) {
    acceptVariance(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface AcceptVarianceProps {
  provider: string
  cause: VarianceCause
  /** Null: all of the provider's rows that have the cause. */
  resource: string | null
  from: string
  to: string
  /** "Coverage of small-model, 1–31 Oct 2026". */
  what: string
}

/** Accepts a cause on some days as it is now; the reason stays beside it. */
export function AcceptVariance({ provider, cause, resource, from, to, what }: AcceptVarianceProps) {
  return (
    <ActionDialog
      trigger="Accept…"
      triggerOf={what}
      title={`Accept ${what}?`}
      confirm="Accept"
      busy="Accepting…"
      run={(form) =>
        refusalOf(async () => {
          const input = { provider, cause, resource, from, to, reason: text(form, 'reason') }
          return (await browserQuery(AcceptVarianceDocument, { input })).acceptVariance.userErrors
        }, 'It was not accepted.')
      }
    >
      <p>
        It holds for the amount that it has now: where that changes, the variance is open again. No cost is changed.
      </p>
      <Field label="Why is it right?">
        <input className="field text-body text-ink" name="reason" required maxLength={500} />
      </Field>
    </ActionDialog>
  )
}
