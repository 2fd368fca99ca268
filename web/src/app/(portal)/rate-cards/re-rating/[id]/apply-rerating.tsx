'use client'

import { ActionDialog } from '../../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../../components/form/field.tsx'
import { graphql } from '../../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../../lib/mutate.ts'

const ApplyReratingDocument = graphql(`
  mutation ApplyRerating($input: ApplyReratingInput!) {
    applyRerating(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface ApplyReratingProps {
  previewId: string
  days: string
  /** Exactly what changes. */
  sentences: readonly string[]
}

/** Applies a preview, once somebody has said why. */
export function ApplyRerating({ previewId, days, sentences }: ApplyReratingProps) {
  async function run(form: FormData): Promise<string | null> {
    const reason = String(form.get('reason') ?? '').trim()
    if (reason === '') return 'Say why: the reason stays with every event that changes.'
    return refusalOf(
      async () =>
        (await browserQuery(ApplyReratingDocument, { input: { previewId, reason } })).applyRerating.userErrors,
      'It was not applied.',
    )
  }
  return (
    <ActionDialog
      trigger="Apply…"
      isPrimary
      title={`Re-rate ${days}?`}
      confirm="Apply the new rating"
      busy="Starting…"
      run={run}
    >
      <ul className="flex list-disc flex-col gap-1 pl-4">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        <li>The ratings that are replaced are kept with your name, the time and this reason.</li>
      </ul>
      <Field label="Reason">
        <textarea
          className="field text-body text-ink"
          name="reason"
          rows={3}
          maxLength={500}
          required
          placeholder="e.g. the contract of October came late"
        />
      </Field>
    </ActionDialog>
  )
}
