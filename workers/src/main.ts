import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { Pool } from 'pg'
import { pino } from 'pino'
import { readWorkerSettings, type WorkerSettings } from './env.ts'
import { checkRollups } from './maintenance/check-rollups.ts'
import { preparePartitions } from './maintenance/prepare-partitions.ts'
import { type MaintenanceTask, repeat } from './repeat.ts'
import { untilHourUtc } from './schedule.ts'

const SIX_HOURS_MS = 6 * 3_600_000
/** When most tenants sleep and no month begins. */
const CHECK_HOUR_UTC = 3

function run(settings: WorkerSettings): void {
  const log = pino({ level: settings.logLevel, name: 'worker' })
  const pools = { app: new TenantPool({ url: settings.appUrl, max: 2 }), auth: openPool(settings.authUrl) }
  const tasks: MaintenanceTask[] = [
    {
      name: 'prepare partitions',
      run: () => preparePartitions(pools.app, { now: new Date(), log }),
      nextDelayMs: () => SIX_HOURS_MS,
    },
    {
      name: 'check rollups',
      run: async (signal) => void (await checkRollups(pools, { log, signal })),
      nextDelayMs: (now) => untilHourUtc(now, CHECK_HOUR_UTC),
    },
  ]
  const stop = repeat(tasks, { atStart: ['prepare partitions'], log })
  log.info('worker started')

  let isStopping = false
  const end = async () => {
    if (isStopping) return
    isStopping = true
    await stop()
    await Promise.all([pools.app.end(), pools.auth.end()])
    process.exit(0)
  }
  process.on('SIGTERM', () => void end())
  process.on('SIGINT', () => void end())

  function openPool(connectionString: string): Pool {
    const pool = new Pool({
      connectionString,
      max: 2,
      connectionTimeoutMillis: 30_000,
      application_name: 'outlay worker',
    })
    // A server that goes away breaks idle connections; the pool replaces them, the process goes on.
    pool.on('error', ({ message }) => log.warn({ reason: message }, 'database connection lost'))
    return pool
  }
}

try {
  run(readWorkerSettings(process.env))
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
