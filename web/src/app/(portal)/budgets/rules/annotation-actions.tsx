'use client'

import { useState } from 'react'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { PickOne } from '../../../../components/form/pick-one.tsx'
import { Field } from '../../../../components/form/field.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { BudgetScope } from '../../../../generated/graphql.ts'
import { addAnnotation } from '../../../../components/alert/add-annotation.ts'
import { SCOPE_NAMES } from '../../../../lib/alerts.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const EndAnnotationDocument = graphql(`
  mutation EndAnnotation($id: ID!) {
    endAnnotation(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

export type Members = Readonly<Record<Exclude<BudgetScope, 'FLEET'>, readonly { key: string; name: string }[]>>

/** Notes that something new began. */
export function NewAnnotation({ members, today }: { members: Members; today: string }) {
  const [scope, setScope] = useState<BudgetScope>('FLEET')
  return (
    <ActionDialog
      trigger="Note a new level…"
      title="From which day on is something new usual?"
      confirm="Learn anew from that day"
      busy="Saving…"
      run={(form) => addAnnotation(form)}
    >
      <p>The days before it are no measure any more; until enough days have passed, only budgets are watched.</p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Of">
          <select
            className="field text-body text-ink"
            name="scope"
            value={scope}
            onChange={(event) => setScope(event.target.value as BudgetScope)}
          >
            {(Object.entries(SCOPE_NAMES) as [BudgetScope, string][]).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        {scope === 'FLEET' ? null : (
          <Field label={SCOPE_NAMES[scope]}>
            <PickOne
              key={scope}
              name="key"
              label={SCOPE_NAMES[scope]}
              kind={scope}
              options={members[scope]}
              initial=""
              placeholder="choose one"
              className="field text-body text-ink"
            />
          </Field>
        )}
        <Field label="From">
          <input className="field text-body text-ink" name="day" type="date" required defaultValue={today} />
        </Field>
      </div>
      <Field label="What happened">
        <input
          className="field text-body text-ink"
          name="note"
          required
          maxLength={500}
          autoComplete="off"
          placeholder="e.g. launch of the new product"
        />
      </Field>
    </ActionDialog>
  )
}

/** Takes a note back: the days before it count again. */
export function EndAnnotation({ id, note }: { id: string; note: string }) {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(EndAnnotationDocument, { id })).endAnnotation.userErrors,
      'It was not taken back.',
    )
  return (
    <ActionDialog
      trigger="Take back…"
      triggerOf={note}
      title="Take the note back?"
      confirm="Take it back"
      busy="Saving…"
      isDangerous
      run={run}
    >
      <p>“{note}”: the days before it count again for what is usual.</p>
    </ActionDialog>
  )
}
