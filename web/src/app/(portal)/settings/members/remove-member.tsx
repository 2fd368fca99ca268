'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const RemoveMemberDocument = graphql(`
  mutation RemoveMember($id: ID!) {
    removeMember(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

/** Ends a membership. */
export function RemoveMember({ id, name, isViewer }: { id: string; name: string; isViewer: boolean }) {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(RemoveMemberDocument, { id })).removeMember.userErrors,
      'Nobody was removed.',
    )
  return (
    <ActionDialog
      trigger="Remove…"
      triggerOf={name}
      title={isViewer ? 'Remove yourself?' : `Remove ${name}?`}
      confirm={isViewer ? 'Leave the tenant' : 'Remove the member'}
      busy="Removing…"
      isDangerous
      run={run}
      {...(isViewer ? { onDone: () => window.location.assign('/') } : {})}
    >
      <p>
        {isViewer ? 'You lose' : 'They lose'} access to this tenant within 5 seconds, everywhere. What{' '}
        {isViewer ? 'you' : 'they'} did stays in the audit log; API keys keep working.
      </p>
    </ActionDialog>
  )
}
