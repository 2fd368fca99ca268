'use client'

import { ActionDialog } from '../../../../../components/form/action-dialog.tsx'
import { browserQuery } from '../../../../../lib/browser-api.ts'
import { graphql } from '../../../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../../../lib/mutate.ts'

const RevokeLinkDocument = graphql(`
  mutation RevokeClientLink($id: ID!) {
    revokeClientLink(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

/** Ends a link; whoever opens it then is told what anybody with a wrong one is told. */
export function RevokeLink({ id, label }: { id: string; label: string }) {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(RevokeLinkDocument, { id })).revokeClientLink.userErrors,
      'The link was not revoked.',
    )
  return (
    <ActionDialog
      trigger="Revoke…"
      triggerOf={`the link for ${label}`}
      title={`Revoke the link for ${label}?`}
      confirm="Revoke the link"
      busy="Revoking…"
      isDangerous
      run={run}
    >
      <p>It stops working at once, and cannot be brought back. Its views stay listed here.</p>
    </ActionDialog>
  )
}
