import type { JobTools } from './job-tools.ts'
import { attendReports } from './maintenance/attend-reports.ts'
import { requeueAllocations } from './maintenance/requeue-allocations.ts'
import { requeueDemos } from './maintenance/requeue-demos.ts'
import { requeueExports } from './maintenance/requeue-exports.ts'
import { requeueJudgements } from './maintenance/requeue-judgements.ts'
import { requeueReratings } from './maintenance/requeue-reratings.ts'
import type { Sweeper } from './sweep.ts'

/** One for each kind of row that asks for a job. Checks of rollups have none: the next night asks anew. */
export const allSweepers = (tools: JobTools): readonly Sweeper[] => [
  () => requeueReratings(tools, (contract, payload) => tools.queue.enqueue(contract, payload)),
  () => requeueAllocations(tools, (contract, payload) => tools.queue.enqueue(contract, payload)),
  () => requeueDemos(tools, (contract, payload) => tools.queue.enqueue(contract, payload)),
  () => requeueExports(tools, (contract, payload) => tools.queue.enqueue(contract, payload)),
  () => attendReports(tools, Date.now()),
  () => requeueJudgements(tools, (contract, payload) => tools.queue.enqueue(contract, payload)),
]
