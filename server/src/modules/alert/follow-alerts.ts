import { setTimeout as sleep } from 'node:timers/promises'
import type { AlertRow } from '@outlay/db/alerts/alert-row'
import { countChangedAlerts, readAlertsBehind, readChangedAlerts, readNewestChange } from '@outlay/db/sql/read-alerts'
import type { TenantSql } from '@outlay/db/sql/tenant-sql'
import type { AlertKind } from '@outlay/domain/alerts/alert'
import { DomainError } from '@outlay/domain/errors'
import { formatInstant, parseInstant } from '@outlay/domain/periods/instant'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { apiError, badInput, isUnreachableDatabase } from '../../graphql/errors.ts'
import type { AlertSource } from './alert.ref.ts'
import { ChangeHints } from './change-hints.ts'

const PAGE = 100
/** More than this was missed: whoever asks pages through Query.alerts. */
export const REPLAY_MAX = 10_000
/** Alerts whose last revision is remembered, so that nothing is sent twice. */
const REMEMBERED_MAX = 1_024
/** How long until a database that did not answer is asked again. */
const RETRY_MS = 1_000

/** A place in the order in which alerts last changed. */
interface Position {
  updatedAt: string
  id: string
}

export interface FollowArgs {
  kinds?: readonly AlertKind[] | null | undefined
  /** RFC 3339. */
  since?: string | null | undefined
}

/**
 * The alerts of the tenant as they are raised or change: first what has changed since an instant (the changes of that very instant
 * included), then what comes. It listens before it reads the past, so nothing falls between the two.
 *
 * Hints say that something has changed; what is sent is read from the alerts, on from where the last reading ended. Whoever writes alerts
 * stamps them in the order of the commits (prisma/src/alerts/lock-alerts.ts), so a lost hint costs time and no alert. Where the clock of
 * the database was put back that order is broken for a while, and an alert that a hint names is read by its id.
 *
 * A revision of an alert is sent once. Alerts that another one explains are left out.
 */
export function followAlerts(context: Context, args: FollowArgs): AsyncIterableIterator<AlertSource> {
  const { db, live } = context
  if (live === undefined) throw apiError('BAD_USER_INPUT', 'Subscriptions are served over the WebSocket of /graphql.')
  const since = instantOf(args.since ?? null)
  const hints = new ChangeHints(live.subscribe('alert'))
  const alerts = follow(db, { hints, since, isWanted: wanted(args.kinds ?? []) })
  return {
    next: () => alerts.next(),
    // The generator would hear of it only after the next hint, which may never come.
    return: () => {
      hints.end()
      return alerts.return()
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function instantOf(text: string | null): string | null {
  if (text === null) return null
  try {
    return formatInstant(parseInstant(text))
  } catch (error) {
    if (error instanceof DomainError) throw badInput('since', error.message)
    throw error
  }
}

function wanted(kinds: readonly AlertKind[]): (alert: AlertRow) => boolean {
  return ({ kind, suppressedBy }) => suppressedBy === null && (kinds.length === 0 || kinds.includes(kind))
}

async function* follow(
  db: TenantSql,
  options: { hints: ChangeHints; since: string | null; isWanted: (alert: AlertRow) => boolean },
): AsyncGenerator<AlertSource, void, void> {
  const { hints, since, isWanted } = options
  try {
    const changes = new Changes(db, await begin(db, since))
    for (let named: string[] | null = []; named !== null; named = await hints.next()) {
      for await (const alert of changes.read(named)) {
        if (isWanted(alert)) yield { ...alert, nodeKind: 'Alert' }
      }
    }
  } finally {
    hints.end()
  }
}

/** Where to begin. An instant that is still to come begins now: what comes must not wait for it. */
async function begin(db: TenantSql, since: string | null): Promise<Position> {
  const newest = (await readNewestChange(db)) ?? { updatedAt: '1970-01-01T00:00:00.000000Z', id: NIL_UUID }
  if (since === null || parseInstant(since) > parseInstant(newest.updatedAt)) return newest
  const position = { updatedAt: since, id: NIL_UUID }
  if ((await countChangedAlerts(db, { after: position, most: REPLAY_MAX + 1 })) > REPLAY_MAX) {
    const message = `More than ${REPLAY_MAX} alerts have changed since ${since}; page through Query.alerts instead.`
    throw badInput('since', message)
  }
  return position
}

/** The alerts that have changed, each revision once. */
class Changes {
  readonly #db: TenantSql
  #position: Position
  readonly #revisions = new Map<string, number>()

  constructor(db: TenantSql, position: Position) {
    this.#db = db
    this.#position = position
  }

  /** What has changed since the last reading, in the order of the changes; then what of `named` a clock put back kept from it. */
  async *read(named: readonly string[]): AsyncGenerator<AlertRow> {
    const missed = new Set(named)
    for (let isMore = true; isMore;) {
      const page = await patiently(() => readChangedAlerts(this.#db, { after: this.#position, limit: PAGE }))
      for (const alert of page) {
        missed.delete(alert.id)
        this.#position = { updatedAt: alert.updatedAt, id: alert.id }
        if (this.#isNew(alert)) yield alert
      }
      isMore = page.length === PAGE
    }
    const ids = [...missed].filter((id) => UUID.test(id))
    if (ids.length === 0) return
    const { updatedAt } = this.#position
    for (const alert of await patiently(() => readAlertsBehind(this.#db, { ids, updatedAt }))) {
      if (this.#isNew(alert)) yield alert
    }
  }

  #isNew({ id, revision }: AlertRow): boolean {
    if (this.#revisions.get(id) === revision) return false
    this.#revisions.delete(id)
    this.#revisions.set(id, revision)
    const [oldest] = this.#revisions.keys()
    if (this.#revisions.size > REMEMBERED_MAX && oldest !== undefined) this.#revisions.delete(oldest)
    return true
  }
}

/** A hint may come from whoever reaches the home of the events. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Reads until the database answers: who follows alerts has nothing to do about an outage but to wait. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (!isUnreachableDatabase(error)) throw error
      await sleep(RETRY_MS)
    }
  }
}
