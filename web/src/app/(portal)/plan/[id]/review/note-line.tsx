'use client'

import { ActionDialog } from '../../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../../components/form/field.tsx'
import { browserQuery } from '../../../../../lib/browser-api.ts'
import { graphql } from '../../../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../../../lib/mutate.ts'
import { textOf } from '../../form-text.ts'

const NotePlanLineDocument = graphql(`
  mutation NotePlanLine($input: NotePlanLineInput!) {
    notePlanLine(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface NoteLineProps {
  planId: string
  month: string
  name: string
  clientKey: string | null
  agentKey: string | null
}

/** Writes down why a line came otherwise; who and when are kept with it. */
export function NoteLine({ name, ...line }: NoteLineProps) {
  const run = (form: FormData) =>
    refusalOf(
      async () =>
        (await browserQuery(NotePlanLineDocument, { input: { ...line, text: textOf(form, 'text') } })).notePlanLine
          .userErrors,
      'The note was not kept.',
    )
  return (
    <ActionDialog
      trigger="Explain…"
      triggerOf={name}
      title={`Why did ${name} come otherwise?`}
      confirm="Keep the note"
      busy="Keeping…"
      run={run}
    >
      <Field label="Explanation" hint="kept with your name and the time">
        <textarea className="field min-h-24 text-body text-ink" name="text" required maxLength={1000} />
      </Field>
    </ActionDialog>
  )
}
