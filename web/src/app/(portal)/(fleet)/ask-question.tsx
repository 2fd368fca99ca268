'use client'

import { useState } from 'react'
import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import { browserQuery } from '../../../lib/browser-api.ts'
import { graphql } from '../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../lib/mutate.ts'

const AskQuestionDocument = graphql(`
  mutation AskQuestion($month: Date!, $body: String!) {
    askQuestion(month: $month, body: $body) {
      userErrors {
        message
      }
    }
  }
`)

/** Asks the firm about a month. */
export function AskQuestion({ month, firm }: { month: string; firm: string }) {
  const [isSent, setSent] = useState(false)
  const run = (form: FormData) => {
    const asked = form.get('question')
    const body = typeof asked === 'string' ? asked : ''
    return refusalOf(
      async () => (await browserQuery(AskQuestionDocument, { month, body })).askQuestion.userErrors,
      'The question was not sent.',
    )
  }
  return (
    <>
      <ActionDialog
        trigger="Ask a question…"
        title={`Ask ${firm} about this month`}
        confirm="Send"
        busy="Sending…"
        run={run}
        onDone={() => setSent(true)}
      >
        <Field label="Your question" hint="at most 1,000 characters">
          <textarea name="question" rows={4} required maxLength={1000} className="field w-full text-body text-ink" />
        </Field>
      </ActionDialog>
      {isSent ? (
        <p role="status" className="self-center text-caption text-ok">
          Your question was sent.
        </p>
      ) : null}
    </>
  )
}
