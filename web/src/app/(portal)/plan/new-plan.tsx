'use client'

import { useRouter } from 'next/navigation'
import { useRef } from 'react'
import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import { MonthField } from '../../../components/form/month-field.tsx'
import { browserQuery } from '../../../lib/browser-api.ts'
import { graphql } from '../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../lib/mutate.ts'
import { textOf } from './form-text.ts'

const CreatePlanDocument = graphql(`
  mutation CreatePlan($input: CreatePlanInput!) {
    createPlan(input: $input) {
      plan {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

/** Drafts a plan from the forecast; its scenarios are added on its page. */
export function NewPlan({ year, month }: { year: string; month: string }) {
  const router = useRouter()
  const made = useRef<string | null>(null)
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = {
        name: textOf(form, 'name'),
        note: textOf(form, 'note') || null,
        startsOn: `${textOf(form, 'month')}-01`,
      }
      const { plan, userErrors } = (await browserQuery(CreatePlanDocument, { input })).createPlan
      made.current = plan?.id ?? null
      return userErrors
    }, 'The plan was not made.')
  return (
    <ActionDialog
      trigger="New plan…"
      isPrimary
      title="Draft a plan"
      confirm="Draft the plan"
      busy="Drafting…"
      run={run}
      onDone={() => router.push(`/plan/${encodeURIComponent(made.current ?? '')}`)}
    >
      <p>Twelve months from the forecast, by client and agent. Nothing is set before the plan is adopted.</p>
      <div className="mt-3 flex flex-col gap-3">
        <Field label="Name">
          <input
            className="field text-body text-ink"
            name="name"
            required
            maxLength={80}
            defaultValue={`Plan ${year}`}
          />
        </Field>
        <MonthField label="First month" name="month" initial={month} isRequired />
        <Field label="Note" hint="what it is for">
          <input className="field text-body text-ink" name="note" maxLength={1000} />
        </Field>
      </div>
    </ActionDialog>
  )
}
