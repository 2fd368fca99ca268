/**
 * A worker on one allocation job, in a process of its own so that it can be killed: at each step it says so, waits for ever at the one it
 * was told to stop at, and tells how much processor time it has used. Arguments: login of outlay_app, tenant, job, step to stop at (or -).
 */
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'

const [url = '', tenantId = '', jobId = '', stopAt = ''] = process.argv.slice(2)
const pool = new TenantPool({ url, max: 4 })
await runAllocationJob(
  { pool },
  { tenantId, jobId },
  {
    signal: new AbortController().signal,
    publish: () => {},
    onStep: async (step) => {
      const { user, system } = process.cpuUsage()
      process.send?.({ step, cpuMicros: user + system, atMs: performance.now() })
      // The timer keeps the process: nothing else may.
      if (step === stopAt) await new Promise(() => setInterval(() => {}, 1_000))
    },
  },
)
await pool.end()
process.disconnect?.()
