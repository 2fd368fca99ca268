import { attendForecasts, attendTenant } from '@outlay/db/anomalies/attend-tenant'
import { loadCatalogue } from '@outlay/db/catalogue/load-catalogue'
import { sealer } from '@outlay/db/channels/seal'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { Pool } from 'pg'
import { pino } from 'pino'
import { openDeliveries, SENDING_MAX } from './delivery/deliveries.ts'
import type { SendTools } from './delivery/send.ts'
import { readWorkerSettings, type WorkerSettings } from './env.ts'
import { openEvents } from './events.ts'
import { allHandlers } from './handlers/all.ts'
import type { JobTools } from './job-tools.ts'
import { addUpDays } from './maintenance/add-up-days.ts'
import { attendTenants } from './maintenance/attend-tenants.ts'
import { expireOldExports } from './maintenance/expire-exports.ts'
import { preparePartitions } from './maintenance/prepare-partitions.ts'
import { requestDueAllocations } from './maintenance/request-due-allocations.ts'
import { requestDueJudgements } from './maintenance/request-due-judgements.ts'
import { requestRollupChecks } from './maintenance/request-rollup-checks.ts'
import { LOOKS_MAX, watchLimits } from './limits/watch-limits.ts'
import { openMailer } from './mail/mailer.ts'
import { openQueue } from './queue.ts'
import { type MaintenanceTask, repeat } from './repeat.ts'
import { runJobs } from './run-jobs.ts'
import { untilHourUtc } from './schedule.ts'
import { sweep } from './sweep.ts'
import { allSweepers } from './sweepers.ts'

const SIX_HOURS_MS = 6 * 3_600_000
/** When most tenants sleep and no month begins. */
const CHECK_HOUR_UTC = 3
/** Before the checks, which then look at what was run. */
const ALLOCATION_HOUR_UTC = 2
/** How often tenants are looked for whose morning has come, in which time zone ever. */
const JUDGEMENT_EVERY_MS = 10 * 60_000
/** Snoozes, escalations, and the pace of the last hour. */
const ATTEND_EVERY_MS = 60_000
const FORECAST_EVERY_MS = 3_600_000
/** How long after a tenant's midnight its day is added up for the review of rates; until then its events are read. */
const ADD_UP_EVERY_MS = 10 * 60_000
const EXPIRE_EVERY_MS = 3_600_000
/** Jobs at the same time: one long one does not hold up the short ones, and the server keeps its processor. */
const CONCURRENCY = 2
/** A re-rating reads a page, rates another and stores a third; an export reads with one and stores with another. */
const CONNECTIONS_OF_A_JOB = 3
const SWEEP_MS = 15_000
/** The supervisor waits for ten seconds. A job that does not end by then runs again when its lock has run out. */
const STOP_MS_MAX = 9_000

async function run(settings: WorkerSettings): Promise<void> {
  const log = pino({ level: settings.logLevel, name: 'worker' })
  const stopping = new AbortController()
  const queue = openQueue(settings.queueHome, { log })
  const events = openEvents(settings.queueHome, { log })
  const app = new TenantPool({
    url: settings.appUrl,
    max: 2 + CONNECTIONS_OF_A_JOB * CONCURRENCY + SENDING_MAX + LOOKS_MAX,
  })
  const auth = openPool(settings.authUrl)
  const mails = sendTools(settings)
  const deliveries = openDeliveries({ app, auth, log, tools: mails })
  const tools: JobTools = {
    app,
    configs: new TenantConfigs({ pool: app, catalogue: await loadCatalogue() }),
    auth,
    queue,
    publish: events.publish,
    deliveries,
    mails,
  }
  const tasks: MaintenanceTask[] = [
    {
      name: 'prepare partitions',
      run: () => preparePartitions(tools.app, { now: new Date(), log }),
      nextDelayMs: () => SIX_HOURS_MS,
    },
    {
      name: 'request due allocations',
      run: (signal) => requestDueAllocations(tools, { signal, log, nowMs: Date.now() }),
      nextDelayMs: (now) => untilHourUtc(now, ALLOCATION_HOUR_UTC),
    },
    {
      name: 'request rollup checks',
      run: (signal) => requestRollupChecks(tools, { signal }),
      nextDelayMs: (now) => untilHourUtc(now, CHECK_HOUR_UTC),
    },
    {
      name: 'request due judgements',
      run: (signal) => requestDueJudgements(tools, { signal, log, nowMs: Date.now() }),
      nextDelayMs: () => JUDGEMENT_EVERY_MS,
    },
    {
      name: 'expire exports',
      run: (signal) => expireOldExports(tools, { signal }),
      nextDelayMs: () => EXPIRE_EVERY_MS,
    },
    {
      name: 'add up priced days',
      run: (signal) => addUpDays(tools, { signal, log, nowMs: Date.now() }),
      nextDelayMs: () => ADD_UP_EVERY_MS,
    },
    {
      name: 'compare budgets with forecasts',
      run: attendTenants(tools, attendForecasts, { log }),
      nextDelayMs: () => FORECAST_EVERY_MS,
    },
  ]
  const stopMaintenance = repeat(tasks, {
    atStart: ['prepare partitions', 'request due judgements', 'add up priced days'],
    log,
  })
  const attend = attendTenants(tools, attendTenant, { log })
  const stopAttending = sweep([() => attend(stopping.signal)], { everyMs: ATTEND_EVERY_MS, log })
  const stopSweeping = sweep(allSweepers(tools), { everyMs: SWEEP_MS, log })
  const watch = watchLimits({ app, auth, events, deliveries, log })
  const jobs = runJobs(settings.queueHome, allHandlers(tools), { log, concurrency: CONCURRENCY })
  log.info({ queue: settings.queueHome.kind }, 'worker started')

  let isStopping = false
  const end = async () => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref()
    stopping.abort()
    await Promise.all([stopMaintenance(), stopAttending(), stopSweeping(), jobs.close(), watch.close()])
    await deliveries.close()
    await Promise.all([queue.close(), events.close(), tools.app.end(), tools.auth.end()])
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

function sendTools(settings: WorkerSettings): SendTools {
  const { secret, hooks, publicUrl, mailFrom } = settings
  const mailDomain = /@([a-z0-9.-]+)/i.exec(mailFrom)?.[1] ?? 'localhost'
  return { mailer: openMailer(settings), mailDomain, sealer: sealer(secret), hooks, publicUrl }
}

try {
  await run(readWorkerSettings(process.env))
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
