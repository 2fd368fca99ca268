'use client'

import { browserQuery } from '../../lib/browser-api.ts'
import { graphql } from '../../lib/browser-graphql.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { ActionDialog } from '../form/action-dialog.tsx'
import { Field } from '../form/field.tsx'

const EndTermsDocument = graphql(`
  mutation EndTerms($id: ID!, $on: Date!) {
    endEngagement(id: $id, on: $on) {
      userErrors {
        message
      }
    }
  }
`)

interface EndTermsProps {
  id: string
  /** Whose they are. */
  name: string
  sentence: string
  /** The first day they are in force on. */
  from: string
  /** The day that is offered. */
  on: string
}

/** Ends terms on a day; on their own first day they were never in force. */
export function EndTerms({ id, name, sentence, from, on }: EndTermsProps) {
  const run = (form: FormData) =>
    refusalOf(
      async () =>
        (await browserQuery(EndTermsDocument, { id, on: String(form.get('on') ?? '') })).endEngagement.userErrors,
      'They were not ended.',
    )
  return (
    <ActionDialog
      trigger="End…"
      triggerOf={`the terms of ${name}: ${sentence}`}
      title={`End the terms of ${name}?`}
      confirm="End the terms"
      busy="Ending…"
      isDangerous
      run={run}
    >
      <p>{sentence}</p>
      <p>What was charged before that day stays. On their own first day they are taken back as if never set.</p>
      <Field label="First day without them">
        <input className="field text-body text-ink" name="on" type="date" required min={from} defaultValue={on} />
      </Field>
    </ActionDialog>
  )
}
