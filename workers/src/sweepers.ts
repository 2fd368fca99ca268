import type { JobTools } from './job-tools.ts'
import type { Sweeper } from './sweep.ts'

/** One for each kind of row that asks for a job. Checks of rollups have none: the next night asks anew. */
export const allSweepers = (_tools: JobTools): readonly Sweeper[] => []
