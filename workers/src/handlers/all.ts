import { handles, type JobHandler } from '../job-handler.ts'
import { alertDeliverJob } from '../jobs/alert-deliver.ts'
import { allocationRunJob } from '../jobs/allocation-run.ts'
import { anomalyJudgeJob } from '../jobs/anomaly-judge.ts'
import { demoLoadJob } from '../jobs/demo-load.ts'
import { demoRemoveJob } from '../jobs/demo-remove.ts'
import { exportWriteJob } from '../jobs/export-write.ts'
import { reportDeliverJob } from '../jobs/report-deliver.ts'
import { reportWriteJob } from '../jobs/report-write.ts'
import { reratingApplyJob } from '../jobs/rerating-apply.ts'
import { reratingPreviewJob } from '../jobs/rerating-preview.ts'
import { verifyRollupsJob } from '../jobs/verify-rollups.ts'
import type { JobTools } from '../job-tools.ts'
import { deliverAlertOf } from './alert-deliver.ts'
import { runAllocationOf } from './allocation-run.ts'
import { judgeAnomaliesOf } from './anomaly-judge.ts'
import { loadDemoOf } from './demo-load.ts'
import { removeDemoOf } from './demo-remove.ts'
import { writeExportOf } from './export-write.ts'
import { deliverReportOf } from './report-deliver.ts'
import { writeReportOf } from './report-write.ts'
import { applyReratingOf } from './rerating-apply.ts'
import { previewReratingOf } from './rerating-preview.ts'
import { verifyRollupsOf } from './verify-rollups.ts'

/** Every job that the worker runs. */
export const allHandlers = (tools: JobTools): JobHandler[] => [
  handles(reratingPreviewJob, (payload, run) => previewReratingOf(payload, run, tools)),
  handles(reratingApplyJob, (payload, run) => applyReratingOf(payload, run, tools)),
  handles(allocationRunJob, (payload, run) => runAllocationOf(payload, run, tools)),
  handles(alertDeliverJob, (payload) => deliverAlertOf(payload, tools)),
  handles(anomalyJudgeJob, (payload, run) => judgeAnomaliesOf(payload, run, tools)),
  handles(demoLoadJob, (payload, run) => loadDemoOf(payload, run, tools)),
  handles(demoRemoveJob, (payload, run) => removeDemoOf(payload, run, tools)),
  handles(exportWriteJob, (payload, run) => writeExportOf(payload, run, tools)),
  handles(reportWriteJob, (payload, run) => writeReportOf(payload, run, tools)),
  handles(reportDeliverJob, (payload, run) => deliverReportOf(payload, run, tools)),
  handles(verifyRollupsJob, (payload, run) => verifyRollupsOf(payload, run, tools)),
]
