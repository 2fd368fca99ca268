import { handles, type JobHandler } from '../job-handler.ts'
import { verifyRollupsJob } from '../jobs/verify-rollups.ts'
import type { JobTools } from '../job-tools.ts'
import { verifyRollupsOf } from './verify-rollups.ts'

/** Every job that the worker runs. */
export const allHandlers = (tools: JobTools): JobHandler[] => [
  handles(verifyRollupsJob, (payload, run) => verifyRollupsOf(payload, run, tools)),
]
