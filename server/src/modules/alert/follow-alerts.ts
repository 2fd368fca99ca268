import type { AlertKind } from '@outlay/domain/alerts/alert'
import { readChangedAlerts } from '@outlay/db/sql/read-alerts'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import type { AlertSource } from './alert.ref.ts'

const PAGE = 100
/** More than this was missed: whoever asks pages through Query.alerts. */
const REPLAY_MAX = 10_000

/** A place in the order in which alerts last changed. */
interface Position {
  updatedAt: string
  id: string
}

/**
 * The alerts of the tenant as they are raised or change, each change once: first what changed after `since`, then what comes. Hints say that
 * something changed; what is sent is read from there, from the place where the last reading ended, so a lost hint costs time and no alert.
 * Alerts that another one explains are left out. `context` is made anew for every reading, so that nothing is shown from a memory.
 */
export async function* followAlerts(
  context: Context,
  { kinds, since }: { kinds?: readonly AlertKind[] | null | undefined; since?: string | null | undefined },
): AsyncGenerator<AlertSource> {
  const { db, live } = context
  if (live === undefined) throw apiError('BAD_USER_INPUT', 'Subscriptions are served over the WebSocket of /graphql.')
  // Listening first: what changes while the past is replayed waits in the subscription.
  const notices = live.subscribe('alert')
  try {
    let position: Position = { updatedAt: since ?? new Date(context.now).toISOString(), id: NIL_UUID }
    const isWanted = ({ kind, suppressedBy }: AlertSource) =>
      suppressedBy === null && ((kinds ?? []).length === 0 || kinds?.includes(kind) === true)
    let replayed = 0
    for await (const notice of notices) {
      for (;;) {
        const rows = await readChangedAlerts(db, { after: position, limit: PAGE })
        for (const row of rows) {
          const alert: AlertSource = { ...row, nodeKind: 'Alert' }
          if (isWanted(alert)) yield alert
          position = { updatedAt: row.updatedAt, id: row.id }
        }
        replayed += rows.length
        if (notice.kind === 'reread' && replayed > REPLAY_MAX) {
          throw apiError(
            'QUERY_TOO_COMPLEX',
            `More than ${REPLAY_MAX} alerts changed since then; page through \`alerts\`.`,
            'since',
          )
        }
        if (rows.length < PAGE) break
      }
      replayed = 0
    }
  } finally {
    notices.end()
  }
}
