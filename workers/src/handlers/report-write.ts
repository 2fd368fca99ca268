import { dueReportDeliveries } from '@outlay/db/reports/report-deliveries'
import type { ReportRunRef } from '@outlay/db/reports/report-run'
import { runReport } from '@outlay/db/reports/run-report'
import type { JobTools } from '../job-tools.ts'
import { reportDeliverJob } from '../jobs/report-deliver.ts'
import { renderReport } from '../reports/render.ts'

/** Makes an edition of a report, and has it sent to whom it is for; nothing to do when that is done. */
export async function writeReportOf(
  ref: ReportRunRef,
  { signal }: { signal: AbortSignal },
  { app, queue }: Pick<JobTools, 'app' | 'queue'>,
): Promise<void> {
  await runReport({ pool: app, render: renderReport }, ref, { signal })
  for (const delivery of await dueReportDeliveries(app, ref.tenantId)) await queue.enqueue(reportDeliverJob, delivery)
}
