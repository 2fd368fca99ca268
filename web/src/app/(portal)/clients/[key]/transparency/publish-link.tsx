'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ActionDialog } from '../../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../../components/form/field.tsx'
import { MonthField } from '../../../../../components/form/month-field.tsx'
import { CopyButton } from '../../../../../components/ui/copy-button.tsx'
import { browserQuery } from '../../../../../lib/browser-api.ts'
import { graphql } from '../../../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../../../lib/mutate.ts'

const PublishLinkDocument = graphql(`
  mutation PublishClientLink($input: PublishClientLinkInput!) {
    publishClientLink(input: $input) {
      url
      userErrors {
        message
      }
    }
  }
`)

const DAYS = [7, 30, 90, 365] as const

interface PublishLinkProps {
  clientKey: string
  clientName: string
  /** `2026-10`. */
  thisMonth: string
}

/** Makes a link, and shows it this once. */
export function PublishLink({ clientKey, clientName, thisMonth }: PublishLinkProps) {
  const router = useRouter()
  const [url, setUrl] = useState<string | null>(null)
  const run = (form: FormData) =>
    refusalOf(async () => {
      const text = (name: string) => {
        const value = form.get(name)
        return typeof value === 'string' ? value : ''
      }
      const last = text('last')
      const input = {
        clientKey,
        label: text('label'),
        firstMonth: `${text('first')}-01`,
        lastMonth: last === '' ? null : `${last}-01`,
        days: Number(text('days')),
      }
      const { publishClientLink } = await browserQuery(PublishLinkDocument, { input })
      setUrl(publishClientLink.url ?? null)
      return publishClientLink.userErrors
    }, 'The link was not published.')
  return (
    <div className="flex flex-col items-end gap-2">
      <ActionDialog
        trigger="Publish a link…"
        isPrimary
        title={`Publish a link for ${clientName}`}
        confirm="Publish"
        busy="Publishing…"
        run={run}
        onDone={() => router.refresh()}
      >
        <p>Whoever holds the link sees the preview below, of the months you choose. It can be revoked at any time.</p>
        <Field label="Who it is for" hint="the client does not see this">
          <input name="label" required maxLength={80} className="field text-body text-ink" />
        </Field>
        <div className="grid gap-3 sm:grid-cols-3">
          <MonthField label="First month" name="first" initial={thisMonth} isRequired />
          <MonthField label="Last month" hint="empty: goes on" name="last" initial="" />
          <Field label="Works for">
            <select name="days" defaultValue="90" className="field text-body text-ink">
              {DAYS.map((days) => (
                <option key={days} value={days}>
                  {days} days
                </option>
              ))}
            </select>
          </Field>
        </div>
      </ActionDialog>
      {url === null ? null : (
        <div role="status" className="max-w-[640px] rounded-control bg-ok-soft px-3 py-2">
          <p className="text-ok">The link. It is shown only now.</p>
          <p className="flex flex-wrap items-center justify-between gap-x-3">
            <code className="min-w-0 font-mono text-caption break-all text-ink">{url}</code>
            <CopyButton text={url} label="Copy the link" plain />
          </p>
        </div>
      )}
    </div>
  )
}
