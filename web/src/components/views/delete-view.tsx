'use client'

import { ActionDialog } from '../form/action-dialog.tsx'
import { browserQuery } from '../../lib/browser-api.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { DeleteViewDocument } from './view-facts.ts'

/** Takes a view away; what it shows stays. */
export function DeleteView({ id, name }: { id: string; name: string }) {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(DeleteViewDocument, { id })).deleteView.userErrors,
      'The view was not deleted.',
    )
  return (
    <ActionDialog
      trigger="Delete…"
      triggerOf={`the view ${name}`}
      title={`Delete the view ${name}?`}
      confirm="Delete the view"
      busy="Deleting…"
      isDangerous
      run={run}
    >
      <p>Whoever it is shared with loses it too. Nothing that was spent changes.</p>
    </ActionDialog>
  )
}
