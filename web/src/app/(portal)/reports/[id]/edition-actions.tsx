'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../components/form/field.tsx'
import {
  RestateReportDocument,
  RevokeReportLinkDocument,
  SendReportDocument,
} from '../../../../components/report/report-documents.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { text } from '../../../../lib/read-form.ts'
import { addressesOf } from '../../../../lib/reports.ts'

/** Sends an edition by e-mail. */
export function SendEdition({ editionId, number }: { editionId: string; number: number }) {
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = { editionId, recipients: addressesOf(text(form, 'recipients')) }
      return (await browserQuery(SendReportDocument, { input })).sendReport.userErrors
    }, 'It was not sent.')
  return (
    <ActionDialog
      trigger="Send…"
      triggerOf={`edition ${number}`}
      title={`Send edition ${number}`}
      confirm="Send it"
      busy="Sending…"
      run={run}
    >
      <p>
        Each gets one mail with a link of their own that works for 30 days without signing in. Members who may read the
        report see its figures in the mail; members who may not are sent nothing.
      </p>
      <Field label="Send to" hint="e-mail addresses">
        <input className="field text-body text-ink" name="recipients" autoComplete="off" required />
      </Field>
    </ActionDialog>
  )
}

/** Has a new edition made. */
export function RestateReport({ id }: { id: string }) {
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = { id, reason: text(form, 'reason'), recipients: addressesOf(text(form, 'recipients')) }
      return (await browserQuery(RestateReportDocument, { input })).restateReport.userErrors
    }, 'It was not restated.')
  return (
    <ActionDialog trigger="Restate…" title="Restate the report" confirm="Make a new edition" busy="Asking…" run={run}>
      <p>A new edition is made of what holds now, with the difference of every figure. The editions before it stay.</p>
      <Field label="Why" hint="the new edition says so">
        <input className="field text-body text-ink" name="reason" autoComplete="off" maxLength={1000} required />
      </Field>
      <Field label="Send to" hint="e-mail addresses; nobody when empty">
        <input className="field text-body text-ink" name="recipients" autoComplete="off" />
      </Field>
    </ActionDialog>
  )
}

/** Closes the link of a mail. */
export function RevokeLink({ linkId, recipient }: { linkId: string; recipient: string }) {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(RevokeReportLinkDocument, { id: linkId })).revokeReportLink.userErrors,
      'The link was not closed.',
    )
  return (
    <ActionDialog
      trigger="Close link…"
      triggerOf={`of ${recipient}`}
      title={`Close the link of ${recipient}?`}
      confirm="Close the link"
      busy="Closing…"
      isDangerous
      run={run}
    >
      <p>It opens nothing from now on, for whoever has it. What was downloaded stays downloaded.</p>
    </ActionDialog>
  )
}
