'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import { RequestReportDocument } from '../../../components/report/report-documents.ts'
import type { ReportKind } from '../../../generated/graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { addDays, firstOfMonth } from '../../../lib/calendar.ts'
import { refusalOf } from '../../../lib/mutate.ts'
import { text } from '../../../lib/read-form.ts'
import { addressesOf, REPORT_KINDS } from '../../../lib/reports.ts'
import { ClientField } from './client-field.tsx'

interface NewReportProps {
  kinds: readonly ReportKind[]
  clients: readonly { key: string; name: string }[]
  /** The month and the Monday that are chosen at first. */
  month: string
  monday: string
}

/** Has a report made, and goes to where it will stand. */
export function NewReport({ kinds, clients, month, monday }: NewReportProps) {
  const router = useRouter()
  const made = useRef<string | null>(null)
  const [kind, setKind] = useState<ReportKind>(kinds[0] ?? 'PROJECT_WEEKLY')
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = {
        kind,
        range: rangeOf(kind, form),
        clientKey: kind === 'CLIENT_STATEMENT' ? text(form, 'client') : null,
        recipients: addressesOf(text(form, 'recipients')),
      }
      const { requestReport } = await browserQuery(RequestReportDocument, { input })
      made.current = requestReport.report?.id ?? null
      return requestReport.userErrors
    }, 'The report was not asked for.')
  return (
    <ActionDialog
      trigger="New report…"
      isPrimary
      title="Make a report"
      confirm="Make the report"
      busy="Asking…"
      run={run}
      onDone={() => made.current !== null && router.push(`/reports/${encodeURIComponent(made.current)}`)}
    >
      <p>A worker reads everything at one moment and keeps what it says, with its files, for ever.</p>
      <Field label="Report">
        <select
          className="field text-body text-ink"
          value={kind}
          onChange={({ target }) => setKind(target.value as ReportKind)}
        >
          {kinds.map((one) => (
            <option key={one} value={one}>
              {REPORT_KINDS[one]}
            </option>
          ))}
        </select>
      </Field>
      {kind === 'PROJECT_WEEKLY' ? (
        <Field label="First of seven days">
          <input className="field text-body text-ink" type="date" name="first" defaultValue={monday} required />
        </Field>
      ) : (
        <Field label="Month">
          <input className="field text-body text-ink" type="month" name="month" defaultValue={month} required />
        </Field>
      )}
      {kind === 'CLIENT_STATEMENT' ? <ClientField clients={clients} /> : null}
      <Field label="Send to" hint="e-mail addresses; nobody when empty">
        <input className="field text-body text-ink" name="recipients" autoComplete="off" />
      </Field>
    </ActionDialog>
  )
}

function rangeOf(kind: ReportKind, form: FormData): { from: string; to: string } {
  const from = kind === 'PROJECT_WEEKLY' ? text(form, 'first') : `${text(form, 'month')}-01`
  return { from, to: kind === 'PROJECT_WEEKLY' ? addDays(from, 7) : firstOfMonth(addDays(from, 31)) }
}
