import { setTimeout as sleep } from 'node:timers/promises'
import { dueChannels } from '@outlay/db/channels/due-channels'
import { gatherDigest } from '@outlay/db/channels/gather-digest'
import { tryDelivery } from '@outlay/db/channels/try-delivery'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { send, type SendTools } from './send.ts'

/** Messages that one worker sends at the same time, each of another channel; each holds a connection of the pool. */
export const SENDING_MAX = 6

/** How often every tenant is looked at, for what nobody told us of. */
const LOOK_MS = 5_000
/** What is due later than this is seen by a later look. */
const HORIZON_MS = 60_000
const AGAIN_MS = 1_000

/** The deliveries that this process sends. */
export interface Deliveries {
  /** Looks at what a tenant has to send, now; what is due is on its way when this answers, what is due soon has its timer. */
  look: (tenantId: string) => Promise<void>
  /** Begins nothing more and waits for what is being sent. */
  close: () => Promise<void>
}

export interface DeliveriesOptions {
  app: TenantPool
  /** outlay_auth: which tenants there are. */
  auth: Pool
  log: Logger
  tools: SendTools
  lookMs?: number
}

/**
 * Sends what `alert_delivery` says is due, within milliseconds of when it is, until closed. A channel sends one message after the other, so
 * what a receiver hears is in order and a slow one holds up nobody else. It is no job: long jobs do not hold up alerts, and an alert that
 * waits six hours for its next try occupies nothing. The job `alert.deliver` only says that there is something.
 */
export function openDeliveries({ app, auth, log, tools, lookMs = LOOK_MS }: DeliveriesOptions): Deliveries {
  const stopping = new AbortController()
  const slots = new Slots(SENDING_MAX)
  const timers = new Map<string, NodeJS.Timeout>()
  const draining = new Map<string, { promise: Promise<void>; isAskedAgain: boolean }>()

  const look = async (tenantId: string, drained: string | null = null): Promise<void> => {
    if (stopping.signal.aborted) return
    const found = await dueChannels(tenantSql(app, tenantId))
    // What is still due of a channel that was just emptied is being sent by another worker.
    const channels = found.map((due) =>
      due.channelId === drained && due.inMs === 0 ? { ...due, inMs: AGAIN_MS } : due,
    )
    for (const { channelId, inMs } of channels) if (inMs === 0) drain(tenantId, channelId)
    const next = Math.min(...channels.flatMap(({ inMs }) => (inMs > 0 && inMs <= HORIZON_MS ? [inMs] : [])))
    clearTimeout(timers.get(tenantId))
    timers.delete(tenantId)
    if (Number.isFinite(next))
      timers.set(
        tenantId,
        setTimeout(() => void lookOrTell(tenantId), next),
      )
  }

  const lookOrTell = (tenantId: string, drained: string | null = null): Promise<void> =>
    look(tenantId, drained).catch((error: unknown) => {
      log.warn({ tenantId, err: error }, 'deliveries could not be looked at; they are looked at again')
    })

  /** Sends all that is due of a channel; whoever asks while that is under way makes it look once more before it ends. */
  const drain = (tenantId: string, channelId: string): void => {
    const under = draining.get(channelId)
    if (under !== undefined) {
      under.isAskedAgain = true
      return
    }
    const run = async () => {
      for (let isFirst = true; isFirst || draining.get(channelId)?.isAskedAgain === true; isFirst = false) {
        const own = draining.get(channelId)
        if (own !== undefined) own.isAskedAgain = false
        await sendDue(tenantId, channelId)
      }
    }
    const promise = run()
      .catch((error: unknown) => {
        log.warn({ tenantId, channelId, err: error }, 'a delivery could not be noted; it is tried again')
      })
      .then(() => {
        draining.delete(channelId)
        // When the next try is due.
        return lookOrTell(tenantId, channelId)
      })
    draining.set(channelId, { promise, isAskedAgain: false })
  }

  const sendDue = async (tenantId: string, channelId: string): Promise<void> => {
    await gatherDigest({ pool: app }, tenantId, channelId)
    while (!stopping.signal.aborted) {
      const tried = await slots.with(() =>
        stopping.signal.aborted
          ? null
          : tryDelivery({ pool: app }, { tenantId, channelId }, (outgoing) => send(outgoing, tools)),
      )
      if (tried === null) return
      const about = { tenantId, channelId, ...tried }
      if (tried.state === 'SENT') log.info(about, 'alert told')
      else log.warn(about, 'an alert could not be told')
    }
  }

  const keepLooking = async () => {
    while (!stopping.signal.aborted) {
      await lookAtAll().catch((error: unknown) => {
        log.warn({ err: error }, 'deliveries could not be looked at; they are looked at again')
      })
      await sleep(lookMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const lookAtAll = async () => {
    const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
    for (const { id } of tenants.rows) await lookOrTell(id)
  }

  const looking = keepLooking()
  return {
    look: (tenantId) => look(tenantId),
    close: async () => {
      stopping.abort()
      await looking
      while (draining.size > 0) await Promise.all([...draining.values()].map(({ promise }) => promise))
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}

/** So many at a time; the others wait in the order they came. */
class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(size: number) {
    this.#free = size
  }

  async with<T>(work: () => Promise<T> | T): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
