import type pg from 'pg'
import { NIL_UUID } from '@outlay/domain/rollup/grain'

/**
 * The facts of a month reckoned a second way: event by event from the rows, in JavaScript, without the statements of production. Amounts
 * and quantities are the texts of the database; days are asked of the clock of the zone.
 */
export interface OracleEvent {
  id: string
  agent: string | null
  task: string | null
  client: string | null
  project: string | null
  taskClient: string | null
  taskProject: string | null
  trace: string | null
  resource: string
  billing: string
  /** Microseconds. */
  began: number
  ended: number
  isSeen: boolean
  tokens: number
  /** Scaled 10^18. */
  cost: bigint
}

export async function readEvents(owner: pg.Pool, tenantId: string, snapshot: string): Promise<OracleEvent[]> {
  const { rows } = await owner.query(
    `SELECT i.id, i.agent_id AS agent, i.task_id AS task, i.client_id AS client, i.project_id AS project, t.client_id AS "taskClient",
       t.project_id AS "taskProject", i.trace_id AS trace, r.provider || '/' || r.name AS resource, i.billing,
       (extract(epoch FROM i.occurred_at) * 1000000)::float8 AS began, (extract(epoch FROM i.ended_at) * 1000000)::float8 AS ended,
       i.ingested_at < $2::timestamptz AS "isSeen", i.meters, i.quantities::text[] AS quantities, (coalesce(i.cost, 0) * 1e18)::numeric(60,0)::text AS cost
     FROM invocation i LEFT JOIN task t ON t.id = i.task_id LEFT JOIN resource r ON r.id = i.resource_id WHERE i.tenant_id = $1`,
    [tenantId, snapshot],
  )
  return rows.map(({ meters, quantities, cost, ended, ...row }) => {
    const sum = (isWanted: (meter: string) => boolean) =>
      (meters as string[]).reduce((total, meter, n) => total + (isWanted(meter) ? Number(quantities[n]) : 0), 0)
    return {
      ...row,
      cost: BigInt(cost),
      tokens: sum((meter) => meter.endsWith('_tokens')),
      ended: ended ?? row.began + sum((meter) => meter === 'seconds') * 1e6,
    }
  })
}

/** Whether an event is of a month by the clock on the wall of the zone. */
export function isOfMonth({ began }: OracleEvent, month: string, timeZone: string): boolean {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return format.format(new Date(Math.floor(began / 1000))).slice(0, 7) === month.slice(0, 7)
}

export const isOwn = ({ billing, agent }: OracleEvent): boolean =>
  (billing === 'DIRECT' || billing === 'WRAPPER') && agent !== null

export const placeOf = ({ agent, task, client, project }: OracleEvent): string =>
  [agent, task ?? NIL_UUID, client ?? NIL_UUID, project ?? NIL_UUID].join(' ')

/** What each event adds to the time its agent was busy in its trace: microseconds by event. */
export function addedTime(events: readonly OracleEvent[]): Map<string, number> {
  const added = new Map<string, number>()
  const covered = new Map<string, number>()
  for (const event of [...events].sort((a, b) => a.began - b.began || (a.id < b.id ? -1 : 1))) {
    const chain = event.trace === null ? `alone ${event.id}` : `${event.agent} ${event.trace}`
    const from = Math.max(event.began, covered.get(chain) ?? 0)
    added.set(event.id, Math.max(0, event.ended - from))
    covered.set(chain, Math.max(covered.get(chain) ?? 0, event.ended))
  }
  return added
}

export function groupSum<T>(items: readonly T[], keyOf: (item: T) => string, valueOf: (item: T) => bigint) {
  const sums: Record<string, bigint> = {}
  for (const item of items) sums[keyOf(item)] = (sums[keyOf(item)] ?? 0n) + valueOf(item)
  return sums
}
