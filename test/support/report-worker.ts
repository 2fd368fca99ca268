/**
 * A worker on one report, in a process of its own so that it can be killed: at each step it says so, and waits for ever at the one it was told to
 * stop at. After the report it sends its mails, each as a line of a file. Arguments: login of outlay_app, of outlay_auth, tenant, run, step to
 * stop at (or -), the file.
 */
import { appendFile } from 'node:fs/promises'
import { sealer } from '@outlay/db/channels/seal'
import { testSecret } from '@outlay/db/embedded/test-database'
import { dueReportDeliveries, tryReportDelivery } from '@outlay/db/reports/report-deliveries'
import { runReport } from '@outlay/db/reports/run-report'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { renderReport } from '@outlay/workers/reports/render'
import pg from 'pg'

const [appUrl = '', authUrl = '', tenantId = '', runId = '', stopAt = '', outbox = ''] = process.argv.slice(2)
const pool = new TenantPool({ url: appUrl, max: 3 })
const auth = new pg.Pool({ connectionString: authUrl, max: 1 })

async function step(name: string): Promise<void> {
  process.send?.(name)
  // The timer keeps the process: nothing else may.
  if (name === stopAt) await new Promise(() => setInterval(() => {}, 1_000))
}

await runReport(
  { pool, render: renderReport },
  { tenantId, runId },
  { signal: new AbortController().signal, onStep: step },
)
for (const ref of await dueReportDeliveries(pool, tenantId)) {
  await step('MAIL')
  await tryReportDelivery({ pool, auth, sealer: sealer(testSecret) }, ref, async ({ recipient, token }) => {
    await step('SEND')
    await appendFile(outbox, `${JSON.stringify({ recipient, token })}\n`)
    return null
  })
  await step('SENT')
}
await Promise.all([pool.end(), auth.end()])
process.disconnect?.()
