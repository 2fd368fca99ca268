'use client'

import { ActionDialog } from '../form/action-dialog.tsx'
import { browserQuery } from '../../lib/browser-api.ts'
import type { ViewPage } from '../../generated/graphql.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { text } from '../../lib/read-form.ts'
import { SaveViewDocument } from './view-facts.ts'

/** Keeps what the address shows under a name. */
export function SaveView({ page, query }: { page: ViewPage; query: string }) {
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = { page, name: text(form, 'name'), query, isShared: form.has('shared') }
      return (await browserQuery(SaveViewDocument, { input })).saveView.userErrors
    }, 'The view was not saved.')
  return (
    <ActionDialog trigger="Save view…" title="Save this view" confirm="Save the view" busy="Saving…" run={run}>
      <p>It keeps the period, filters, order and columns you see. Your own view of the same name takes its place.</p>
      <label className="flex flex-col gap-1 text-caption">
        Name
        <input className="field text-body" name="name" required maxLength={80} autoComplete="off" />
      </label>
      <label className="flex min-h-8 items-center gap-2.5">
        <input type="checkbox" name="shared" className="size-4 accent-[var(--accent)]" />
        Share it with everybody who sees cost
      </label>
    </ActionDialog>
  )
}
