'use client'

import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { browserQuery } from '../../../lib/browser-api.ts'
import { graphql } from '../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../lib/mutate.ts'

const RemoveStatementDocument = graphql(`
  mutation RemoveStatement($id: ID!) {
    removeProviderStatement(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

/** Takes a statement out again, as when it was read with a wrong map. */
export function RemoveStatement({ id, name }: { id: string; name: string }) {
  return (
    <ActionDialog
      trigger="Remove…"
      triggerOf={name}
      title={`Remove ${name}?`}
      confirm="Remove it"
      busy="Removing…"
      isDangerous
      run={() =>
        refusalOf(
          async () => (await browserQuery(RemoveStatementDocument, { id })).removeProviderStatement.userErrors,
          'It was not removed.',
        )
      }
    >
      <p>Its lines go, and its days are compared with what the other statements say. What was accepted stays.</p>
    </ActionDialog>
  )
}
