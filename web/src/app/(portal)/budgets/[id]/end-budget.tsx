'use client'

import { useRouter } from 'next/navigation'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const EndBudgetDocument = graphql(`
  mutation EndBudget($id: ID!) {
    endBudget(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

/** Takes a budget away; what it told stays. */
export function EndBudget({ id, name }: { id: string; name: string }) {
  const router = useRouter()
  const run = () =>
    refusalOf(async () => (await browserQuery(EndBudgetDocument, { id })).endBudget.userErrors, 'It was not ended.')
  return (
    <ActionDialog
      trigger="End…"
      triggerOf={`the budget of ${name}`}
      title={`End the budget of ${name}?`}
      confirm="End the budget"
      busy="Ending…"
      isDangerous
      run={run}
      onDone={() => router.push('/budgets')}
    >
      <p>It is watched no more. The alerts it raised stay where they are.</p>
    </ActionDialog>
  )
}
