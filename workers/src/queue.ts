import { randomUUID } from 'node:crypto'
import { type JobsOptions, Queue } from 'bullmq'
import type { Logger } from 'pino'
import { FairTurns } from './fair-turns.ts'
import { checkedPayload } from './job-handler.ts'
import type { JobContract, TenantJob } from './jobs/contract.ts'
import { outageLog } from './outage-log.ts'
import { createHomeBackend, homeName, KEY_PREFIX, QUEUE_NAME, type QueueHome } from './queue-home.ts'
import { within } from './within.ts'

/** The home of the queue cannot be reached. Nothing is lost that has an outbox: a sweeper puts it in later. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError'
}

export interface JobQueue {
  /**
   * Puts a job in; a job of the same key that waits or runs is that job, and nothing is added. Answers once the home holds it.
   *
   * Call it after the commit of the row that asks for the job, never before and never instead: the row is the outbox, the job a hint.
   *
   * Throws JobPayloadError, and QueueUnavailableError within ten seconds.
   */
  enqueue: <Payload extends TenantJob>(contract: JobContract<Payload>, payload: Payload) => Promise<void>
  close: () => Promise<void>
}

const OPEN_MS_MAX = 5_000
const ADD_MS_MAX = 5_000

/** What is kept of jobs that ended, for whoever asks why. Whether work was done is in Postgres. */
const KEPT: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'> = {
  removeOnComplete: { age: 24 * 3_600, count: 1_000 },
  removeOnFail: { age: 30 * 24 * 3_600, count: 5_000 },
}

/** The queue, to put jobs into. Connects when the first job comes, and anew when a connection could not be had. */
export function openQueue(home: QueueHome, { log }: { log: Logger }): JobQueue {
  const onLost = outageLog(log, `the job queue (${homeName(home)}) cannot be reached`)
  const turns = new FairTurns()
  let opening: Promise<Queue> | null = null

  const open = async (): Promise<Queue> => {
    const connection = { home, patience: 'none', onLost } as const
    // Typed by its default connection: which backend it has is no business of who adds a job.
    const queue = new Queue(QUEUE_NAME, { connection, prefix: KEY_PREFIX }, createHomeBackend) as unknown as Queue
    queue.on('error', onLost)
    try {
      await within(OPEN_MS_MAX, queue.waitUntilReady())
      return queue
    } catch (error) {
      // BullMQ never forgets that a first connection failed: this one is of no more use.
      opening = null
      void queue.close().catch(() => {})
      throw error
    }
  }

  return {
    enqueue: async (contract, payload) => {
      const data = checkedPayload(contract, payload)
      try {
        const queue = await (opening ??= open())
        await within(ADD_MS_MAX, queue.add(contract.name, data, optionsOf(contract, data, turns)))
      } catch (error) {
        const reason = (error as Error).message || String((error as NodeJS.ErrnoException).code)
        throw new QueueUnavailableError(
          `${contract.name} could not be put into the queue (${homeName(home)}): ${reason}.`,
          {
            cause: error,
          },
        )
      }
    },
    close: async () => {
      const queue = await opening?.catch(() => null)
      await within(OPEN_MS_MAX, queue?.close() ?? Promise.resolve()).catch(onLost)
    },
  }
}

function optionsOf<Payload extends TenantJob>(
  contract: JobContract<Payload>,
  payload: Payload,
  turns: FairTurns,
): JobsOptions {
  return {
    // Not the key: ids of jobs that ended stay taken as long as these are kept.
    jobId: randomUUID(),
    deduplication: { id: `${contract.name}/${contract.key(payload)}` },
    priority: turns.next(payload.tenantId),
    attempts: contract.attempts,
    backoff: { type: 'exponential', delay: contract.backoffMs },
    stackTraceLimit: 3,
    ...KEPT,
  }
}
