import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import type { Logger } from 'pino'
import { type JobHandler, JobPayloadError } from './job-handler.ts'
import { isLostConnection } from './lost-connections.ts'
import { outageLog } from './outage-log.ts'
import { createHomeBackend, homeName, KEY_PREFIX, QUEUE_NAME, type QueueHome } from './queue-home.ts'
import { within } from './within.ts'

/** How the death of a worker is noticed; the same for all workers of a home, which share the checks. */
export interface StallTiming {
  /** A job belongs to its worker for so long; renewed at half of it. */
  lockMs: number
  /** How often somebody looks for jobs without an owner. They run again after two looks. */
  checkMs: number
}

const TIMING: StallTiming = { lockMs: 20_000, checkMs: 10_000 }

/** A job whose worker dies under it so often is the cause. BullMQ's own limit of 1 gives up healthy jobs after two deployments. */
const STALLS_MAX = 20
const RETRY_MS = 1_000
const CLOSE_MS_MAX = 5_000

export interface RunJobsOptions {
  log: Logger
  /** Jobs that this process runs at the same time. */
  concurrency?: number
  timing?: StallTiming
}

export interface RunningJobs {
  /** Takes no more jobs, tells those that run to stop, waits for them, and gives back what was interrupted. */
  close: () => Promise<void>
}

/**
 * Runs the jobs of a home until closed, whatever happens to the home meanwhile. A job that throws runs again after its backoff, as often as
 * its contract says; one whose worker died runs again elsewhere.
 */
export function runJobs(
  home: QueueHome,
  handlers: readonly JobHandler[],
  { log, concurrency = 2, timing = TIMING }: RunJobsOptions,
): RunningJobs {
  const onLost = outageLog(log, `the job queue (${homeName(home)}) cannot be reached; jobs wait`)
  const onFault = outageLog(log, `the job queue (${homeName(home)}) reports a fault`)
  const tell = (error: Error) => (isLostConnection(error) ? onLost(error) : onFault(error))
  const stopping = new AbortController()
  const runs = new JobRuns(handlers, { log, stopping: stopping.signal })
  let current: Worker | null = null

  const start = (): Worker => {
    const connection = { home, patience: 'endless', onLost } as const
    const worker = new Worker(
      QUEUE_NAME,
      (job, token) => runs.run(job as Job, token),
      {
        connection,
        prefix: KEY_PREFIX,
        autorun: false,
        concurrency,
        lockDuration: timing.lockMs,
        stalledInterval: timing.checkMs,
        maxStalledCount: STALLS_MAX,
        runRetryDelay: RETRY_MS,
      },
      createHomeBackend,
    ) as unknown as Worker
    worker.on('error', tell)
    worker.on('lockRenewalFailed', (jobIds) => runs.lose(jobIds))
    worker.on('stalled', (jobId) => log.warn({ jobId }, 'the worker of a job ended; the job runs again'))
    worker.on('failed', (job, error) => job !== undefined && tellFailure(log, job, error))
    return worker
  }

  const keepRunning = async () => {
    while (!stopping.signal.aborted) {
      current = start()
      try {
        await untilAborted(current.waitUntilReady(), stopping.signal)
        if (!stopping.signal.aborted) await current.run()
      } catch (error) {
        // BullMQ never forgets that a first connection failed: a new worker has to begin anew.
        tell(error as Error)
      }
      await within(CLOSE_MS_MAX, current.close()).catch(tell)
      if (!stopping.signal.aborted) await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = keepRunning()
  return {
    close: async () => {
      stopping.abort()
      const closed = current?.close() ?? Promise.resolve()
      await runs.ended()
      await within(CLOSE_MS_MAX, closed).catch(tell)
      await running
    },
  }
}

/** The jobs that run here at this moment. */
class JobRuns {
  readonly #handlers: ReadonlyMap<string, JobHandler>
  readonly #log: Logger
  readonly #stopping: AbortSignal
  readonly #lost = new Map<string, AbortController>()
  readonly #underway = new Set<Promise<void>>()

  constructor(handlers: readonly JobHandler[], { log, stopping }: { log: Logger; stopping: AbortSignal }) {
    this.#handlers = new Map(handlers.map((handler) => [handler.name, handler]))
    this.#log = log
    this.#stopping = stopping
  }

  async run(job: Job, token: string | undefined): Promise<void> {
    const run = this.#run(job, token)
    const settled = run.catch(() => {})
    this.#underway.add(settled)
    try {
      await run
    } finally {
      this.#underway.delete(settled)
    }
  }

  /** The locks of these jobs are gone: another worker has them or will. */
  lose(jobIds: readonly string[]): void {
    for (const jobId of jobIds) this.#lost.get(jobId)?.abort()
  }

  async ended(): Promise<void> {
    await Promise.all(this.#underway)
  }

  async #run(job: Job, token: string | undefined): Promise<void> {
    const handler = this.#handlers.get(job.name)
    // Not for good: while versions change, another worker may know it.
    if (handler === undefined) throw new Error(`No handler of this worker runs ${job.name}.`)
    const id = job.id ?? ''
    const lost = new AbortController()
    this.#lost.set(id, lost)
    const began = performance.now()
    const log = this.#log.child({ job: job.name, jobId: id, tenantId: tenantOf(job) })
    const signal = AbortSignal.any([this.#stopping, lost.signal])
    try {
      await handler.run(job.data, { signal, log, attempt: job.attemptsMade + 1 })
      log.info({ ms: Math.round(performance.now() - began) }, 'job done')
    } catch (error) {
      // A payload does not become right by waiting.
      if (error instanceof JobPayloadError) throw new UnrecoverableError(error.message)
      if (this.#stopping.aborted) await giveBack(job, token, log)
      throw error
    } finally {
      this.#lost.delete(id)
    }
  }
}

/** An interruption is no failure: the job is the next one again and has all its attempts. Throws what BullMQ wants to hear then. */
async function giveBack(job: Job, token: string | undefined, log: Logger): Promise<never> {
  await job.moveToWait(token)
  log.info('job interrupted; it runs again')
  throw new WaitingError()
}

function tellFailure(log: Logger, job: Job, error: Error): void {
  const about = { job: job.name, jobId: job.id, tenantId: tenantOf(job), attempt: job.attemptsMade, err: error }
  if (job.finishedOn === undefined) log.warn(about, 'job failed; it runs again')
  else log.error(about, 'JOB GIVEN UP: what asked for it waits for a person')
}

function tenantOf({ data }: Job): unknown {
  return (data as { tenantId?: unknown } | null)?.tenantId
}

function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  promise.catch(() => {})
  return Promise.race([promise, aborted])
}
