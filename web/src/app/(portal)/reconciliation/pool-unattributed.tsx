'use client'

import { useRouter } from 'next/navigation'
import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import type { AllocationMethod } from '../../../generated/graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { graphql } from '../../../lib/browser-graphql.ts'
import { monthParam } from '../../../lib/months.ts'
import { refusalOf } from '../../../lib/mutate.ts'
import { text } from '../../../lib/read-form.ts'

const PoolUnattributedDocument = graphql(`
  mutation PoolUnattributed($input: PoolUnattributedInput!) {
    poolUnattributed(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

/** Makes a pool of what of a provider's month nothing explains and nobody accepted. */
export function PoolUnattributed({ provider, month }: { provider: string; month: string }) {
  const router = useRouter()
  return (
    <ActionDialog
      trigger="Share the unexplained…"
      triggerOf={provider}
      title={`Share what is unexplained of ${provider}?`}
      confirm="Make the pool"
      busy="Making…"
      onDone={() => router.push(`/allocation?month=${monthParam(month)}`)}
      run={(form) =>
        refusalOf(async () => {
          const input = { provider, month, method: text(form, 'method') as AllocationMethod }
          return (await browserQuery(PoolUnattributedDocument, { input })).poolUnattributed.userErrors
        }, 'The pool was not made.')
      }
    >
      <p>
        A cost pool of this month, in whole minor units, without what was accepted. Its policy shares it over agents or
        holds it; nothing is shared before the pools are run.
      </p>
      <Field label="Shared by">
        <select className="field text-body text-ink" name="method" defaultValue="USAGE">
          <option value="USAGE">invocations</option>
          <option value="EQUAL">equal parts</option>
          <option value="REVENUE">revenue</option>
        </select>
      </Field>
    </ActionDialog>
  )
}
