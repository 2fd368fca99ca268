'use client'

import { browserQuery } from '../../lib/browser-api.ts'
import { graphql } from '../../lib/browser-graphql.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { ActionDialog } from '../form/action-dialog.tsx'
import { Field } from '../form/field.tsx'

const TakeBackDocument = graphql(`
  mutation TakeBack($input: ReverseOutcomeInput!) {
    reverseOutcome(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

/** Takes an outcome that did not hold off this month's charge. */
export function TakeBack({ name }: { name: string }) {
  const run = (form: FormData) => {
    const said = (field: string) => String(form.get(field) ?? '').trim()
    return refusalOf(
      async () =>
        (await browserQuery(TakeBackDocument, { input: { taskKey: said('taskKey'), reason: said('reason') } }))
          .reverseOutcome.userErrors,
      'It was not taken back.',
    )
  }
  return (
    <ActionDialog
      trigger="Take an outcome back…"
      triggerOf={`of ${name}`}
      title="Take an outcome back?"
      confirm="Take it back"
      busy="Saving…"
      isDangerous
      run={run}
    >
      <p>Its price comes off this month. The month that charged it stays as it was told.</p>
      <Field label="Key of the task" hint="as its page has it">
        <input className="field text-body text-ink" name="taskKey" required autoComplete="off" />
      </Field>
      <Field label="Why">
        <input className="field text-body text-ink" name="reason" required maxLength={500} autoComplete="off" />
      </Field>
    </ActionDialog>
  )
}
