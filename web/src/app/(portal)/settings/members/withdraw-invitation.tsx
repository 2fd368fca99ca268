'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const RevokeInvitationDocument = graphql(`
  mutation RevokeInvitation($id: ID!) {
    revokeInvitation(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

/** Takes an invitation back. */
export function WithdrawInvitation({ id, email }: { id: string; email: string }) {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(RevokeInvitationDocument, { id })).revokeInvitation.userErrors,
      'It was not withdrawn.',
    )
  return (
    <ActionDialog
      trigger="Withdraw…"
      triggerOf={`the invitation of ${email}`}
      title={`Withdraw the invitation of ${email}?`}
      confirm="Withdraw it"
      busy="Withdrawing…"
      isDangerous
      run={run}
    >
      <p>The link in their mail works no more.</p>
    </ActionDialog>
  )
}
