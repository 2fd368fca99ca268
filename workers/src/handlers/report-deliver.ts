import { tryReportDelivery } from '@outlay/db/reports/report-deliveries'
import type { ReportDeliveryRef } from '@outlay/db/reports/report-run'
import type { JobRun } from '../job-handler.ts'
import type { JobTools } from '../job-tools.ts'
import { sendReport } from '../reports/report-mail.ts'

/** Sends an edition to one recipient, if that is due. What does not go through is due again later, which its row says. */
export async function deliverReportOf(
  ref: ReportDeliveryRef,
  { log }: Pick<JobRun, 'log'>,
  { app, auth, mails }: Pick<JobTools, 'app' | 'auth' | 'mails'>,
): Promise<void> {
  const tried = await tryReportDelivery({ pool: app, auth, sealer: mails.sealer }, ref, (mail) =>
    sendReport(mail, mails),
  )
  if (tried !== null && tried.state !== 'SENT') log.warn({ ...ref, ...tried }, 'a report could not be sent')
}
