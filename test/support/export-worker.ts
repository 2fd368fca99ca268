/**
 * A worker on one export, in a process of its own so that it can be killed: at each step it says so, and waits for ever at the one it was
 * told to stop at, the given number of times in. Arguments: login of outlay_app, tenant, export, step to stop at (or -), which time.
 */
import { runExport } from '@outlay/db/exports/run-export'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'

const [url = '', tenantId = '', exportId = '', stopAt = '', time = '1'] = process.argv.slice(2)
const pool = new TenantPool({ url, max: 3 })
let times = 0
await runExport(
  { pool },
  { tenantId, exportId },
  {
    signal: new AbortController().signal,
    onStep: async (step) => {
      if (step === stopAt) times += 1
      process.send?.({ step, times, rssBytes: process.memoryUsage.rss() })
      // The timer keeps the process: nothing else may.
      if (step === stopAt && times === Number(time)) await new Promise(() => setInterval(() => {}, 1_000))
    },
  },
)
await pool.end()
process.disconnect?.()
