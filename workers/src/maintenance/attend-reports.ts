import { queuedReports } from '@outlay/db/reports/queued-reports'
import { dueReportDeliveries } from '@outlay/db/reports/report-deliveries'
import { takeDueTicks } from '@outlay/db/reports/take-due-ticks'
import type { JobTools } from '../job-tools.ts'
import { reportDeliverJob } from '../jobs/report-deliver.ts'
import { reportWriteJob } from '../jobs/report-write.ts'

/**
 * Has the reports made whose time has come, and puts every run and mail into the queue that waits or was left in the middle, tenant by tenant. That
 * a time is run once is the database's; the queue only tells. A tenant whose turn
 * fails does not keep the others from theirs; it throws at the end.
 */
export async function attendReports(
  { app, auth, queue }: Pick<JobTools, 'app' | 'auth' | 'queue'>,
  nowMs: number,
): Promise<void> {
  const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  const faults: unknown[] = []
  for (const { id } of tenants.rows) {
    try {
      const runs = [...(await takeDueTicks({ pool: app, nowMs }, id)), ...(await queuedReports(app, id))]
      for (const ref of runs) await queue.enqueue(reportWriteJob, ref)
      for (const ref of await dueReportDeliveries(app, id)) await queue.enqueue(reportDeliverJob, ref)
    } catch (error) {
      faults.push(error)
    }
  }
  if (faults.length > 0)
    throw new AggregateError(faults, `The reports of ${faults.length} tenants could not be attended to.`)
}
