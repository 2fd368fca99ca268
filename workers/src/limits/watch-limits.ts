import { setTimeout as sleep } from 'node:timers/promises'
import { evaluateLimits } from '@outlay/db/alerts/evaluate-limits'
import { hasPendingDays } from '@outlay/db/alerts/pending-days'
import { lookAtToday } from '@outlay/db/anomalies/check-today'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Events } from '../events.ts'
import { tellWatched, type TellTools } from './tell-watched.ts'

/** Tenants that one process looks at at the same time; each holds a connection. */
export const LOOKS_MAX = 2
/**
 * What today's events say beside limits is looked at at most so often in a tenant. Should this process end in between, the look that every
 * tenant gets each minute finds it.
 */
const TODAY_MS = 1_000
/** How often every tenant is asked for changes that nobody told us of. */
const SWEEP_MS = 15_000

export interface WatchOptions {
  app: TenantPool
  /** outlay_auth: which tenants there are. */
  auth: Pool
  events: Pick<Events, 'subscribeAll' | 'publish'>
  deliveries: TellTools['deliveries']
  log: Logger
  sweepMs?: number
}

/** The watch of one process over the limits of all tenants. */
export interface LimitWatch {
  /** Begins no more looks, and waits for those under way. */
  close: () => Promise<void>
}

/**
 * Looks at a tenant's limits whenever its sums have changed, within milliseconds of the commit, until closed. The hint `sums` says where to
 * look and may get lost: the marks in `sums_change` do not, and every tenant is asked for them at the start, after every outage of the
 * hints, and every 15 seconds. Many processes may watch: what they find is raised once, by the keys in Postgres.
 */
export function watchLimits(options: WatchOptions): LimitWatch {
  const { app, auth, events, deliveries, log, sweepMs = SWEEP_MS } = options
  const tools: TellTools = { publish: (kind, tenantId, ids) => events.publish(kind, tenantId, ids), deliveries }
  const stopping = new AbortController()
  const waiting = new Set<string>()
  const changedToday = new Set<string>()
  const lookedAtToday = new Map<string, number>()
  const timers = new Map<string, NodeJS.Timeout>()
  const looking = new Map<string, Promise<void>>()

  const want = (tenantId: string): void => {
    waiting.add(tenantId)
    begin()
  }

  /** Who is being looked at waits: what changes during a look is seen by the next one. */
  const begin = (): void => {
    for (const tenantId of waiting) {
      if (looking.size >= LOOKS_MAX || stopping.signal.aborted) return
      if (looking.has(tenantId)) continue
      waiting.delete(tenantId)
      const look = lookAt(tenantId)
        .catch((error: unknown) => log.warn({ tenantId, err: error }, 'limits could not be looked at; they are again'))
        .finally(() => {
          looking.delete(tenantId)
          begin()
        })
      looking.set(tenantId, look)
    }
  }

  const lookAt = async (tenantId: string): Promise<void> => {
    const look = await evaluateLimits({ pool: app, nowMs: Date.now() }, tenantId)
    if (look.isMore) waiting.add(tenantId)
    const telling = tellWatched(tools, tenantId, look)
    if (look.isTodayChanged) changedToday.add(tenantId)
    if (changedToday.has(tenantId)) await lookAtTodayInTurn(tenantId)
    await telling
  }

  const later = (tenantId: string, waitMs: number): NodeJS.Timeout =>
    setTimeout(() => {
      timers.delete(tenantId)
      want(tenantId)
    }, waitMs)

  /** Now, or when a second has passed since the last time: nobody who waits for a limit waits for this again and again. */
  const lookAtTodayInTurn = async (tenantId: string): Promise<void> => {
    const wait = (lookedAtToday.get(tenantId) ?? 0) + TODAY_MS - Date.now()
    if (wait > 0) {
      if (!timers.has(tenantId)) timers.set(tenantId, later(tenantId, wait))
      return
    }
    lookedAtToday.set(tenantId, Date.now())
    await tellWatched(tools, tenantId, await lookAtToday({ pool: app, nowMs: Date.now() }, tenantId))
    // What changed meanwhile is looked at after the next look at the limits, which its own mark asks for.
    changedToday.delete(tenantId)
  }

  const sweep = async (): Promise<void> => {
    const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
    for (const { id } of tenants.rows) {
      if (stopping.signal.aborted) return
      if (await hasPendingDays(app, id)) want(id)
    }
  }

  const tellOfSweep = (error: unknown) =>
    log.warn({ err: error }, 'tenants could not be asked for changes; they are asked again')

  const keepListening = async (): Promise<void> => {
    for await (const notice of events.subscribeAll('sums', { signal: stopping.signal })) {
      const tenantId = notice.kind === 'event' ? notice.ids['tenantId'] : undefined
      if (tenantId !== undefined) want(tenantId)
      // Hints were or may have been missed.
      else await sweep().catch(tellOfSweep)
    }
  }

  const keepSweeping = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sweep().catch(tellOfSweep)
      await sleep(sweepMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const running = Promise.all([keepListening(), keepSweeping()])
  return {
    close: async () => {
      stopping.abort()
      await running
      await Promise.all(looking.values())
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}
