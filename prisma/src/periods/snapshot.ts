import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { writeFrozenTime, type FrozenTime } from '../sql/read-task-time.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { BridgeLine } from './bridge.ts'
import type { KeptCheck } from './period-checks.ts'
import { hashSql, MADE_ROWS, ROW_COLUMNS } from './snapshot-sql.ts'

/** What an edition says beside its rows. Amounts are decimal texts in the reporting currency. */
export interface SnapshotContent {
  currency: string
  timeZone: string
  /** Σ of the pools less what was allocated. */
  unallocated: string
  tasksCompleted: number
  checks: KeptCheck[]
  accepted: AcceptedCheck[]
  runs: { poolId: string; runId: string; policyId: string; inputsHash: string; amount: string; allocated: string }[]
  /** Of the rows of period_task_time; absent where no terms charged by the hour. */
  time?: { rows: number; micros: string; sha256: string }
}

/**
 * What an edition says of its time, so that its hash covers that too: how many rows, their sum in microseconds, and sha256 in hex over a line
 * for each, `task|day|client|project|micros|charged to`, in the order of these texts, joined by line feeds.
 */
export function timeContent(time: readonly FrozenTime[]): NonNullable<SnapshotContent['time']> {
  const lines = time.map(({ taskId, day, clientId, projectId, micros, chargedTo }) =>
    [taskId, day, clientId, projectId, micros, chargedTo ?? '-'].join('|'),
  )
  return {
    rows: time.length,
    micros: String(time.reduce((sum, { micros }) => sum + micros, 0n)),
    sha256: createHash('sha256').update(lines.sort().join('\n')).digest('hex'),
  }
}

/** A check that did not pass, and why the month was closed all the same. */
export interface AcceptedCheck {
  item: string
  reason: string
}

export interface Edition {
  tenantId: string
  month: CalendarDate
  edition: number
  content: SnapshotContent
  bridge: readonly BridgeLine[] | null
  closedBy: string
  /** The rows of `content.time`; null without it. */
  time: readonly FrozenTime[] | null
}

const WRITE = `
WITH ${MADE_ROWS}, snapshot AS (
  INSERT INTO period_snapshot (tenant_id, month, edition, hash, content, bridge, closed_by, closed_at)
  SELECT $1::uuid, $2::date, $5::int, ${hashSql({ month: '$2::date', edition: '$5::int', content: '$6::jsonb', rows: 'made r' })},
    $6::jsonb, $7::jsonb, $8, clock_timestamp()
)
INSERT INTO period_snapshot_row (tenant_id, month, edition, ${ROW_COLUMNS})
SELECT $1::uuid, $2::date, $5::int, ${ROW_COLUMNS} FROM made`

/** Writes an edition with its rows and its hash, and proves that what is stored makes the hash. The month must have its row. */
export async function writeSnapshot(client: PoolClient, db: TenantSql, made: Edition): Promise<void> {
  const { tenantId, month, edition, content, bridge, closedBy, time } = made
  await client.query(WRITE, [
    tenantId,
    month,
    addMonths(month, 1),
    content.currency,
    edition,
    JSON.stringify(content),
    bridge === null ? null : JSON.stringify(bridge),
    closedBy,
  ])
  if (time !== null) await writeFrozenTime(db, { month, edition, time })
  const isIntact = await verifySnapshot(db, { month, edition })
  invariant(isIntact, `The edition ${edition} of ${month} is not stored as it was made`)
}

// Without time in the content there are no rows of it, and no hash of them.
const TIME_HASH = `SELECT CASE WHEN count(*) = 0 AND s.content -> 'time' IS NULL THEN ''
    ELSE encode(sha256(convert_to(coalesce(string_agg(f.line, E'\\n' ORDER BY f.line COLLATE "C"), ''), 'UTF8')), 'hex') END
  FROM (SELECT concat_ws('|', f.task_id, f.day, f.client_id, f.project_id, f.micros, coalesce(f.charged_to::text, '-')) AS line FROM period_task_time f
    WHERE f.tenant_id = $1::uuid AND f.month = s.month AND f.edition = s.edition) f`

const VERIFY: Prepared = {
  name: 'verify_snapshot',
  text: `SELECT s.hash = ${hashSql({
    month: 's.month',
    edition: 's.edition',
    content: 's.content',
    rows: 'period_snapshot_row r WHERE r.tenant_id = $1::uuid AND r.month = s.month AND r.edition = s.edition',
  })} AND coalesce(s.content -> 'time' ->> 'sha256', '') = (${TIME_HASH}) AS "isIntact" FROM period_snapshot s WHERE s.tenant_id = $1::uuid AND s.month = $2::date AND s.edition = $3::int`,
}

/** Whether an edition, as it is stored, still makes its hash; false for one that does not exist. */
export async function verifySnapshot(
  db: TenantSql,
  { month, edition }: { month: CalendarDate; edition: number },
): Promise<boolean> {
  const [row] = await db.query<{ isIntact: boolean }>(VERIFY, [month, edition])
  return row?.isIntact === true
}

const KEPT = ['cost_direct', 'cost_shared', 'cost_allocated', 'invocations', 'tokens', 'unpriced', 'unconverted']

// By client and project revenue follows a task to the client that its first event names, so it is compared where it cannot move.
const COMPARE: Prepared = {
  name: 'compare_snapshot',
  text: `WITH ${MADE_ROWS}, kept AS (
      SELECT r.* FROM period_snapshot_row r WHERE r.tenant_id = $1::uuid AND r.month = $2::date AND r.edition = $5::int
    )
    SELECT count(*)::int AS rows FROM made m FULL JOIN kept k ON k.dimension = m.dimension AND k.member_id = m.member_id
    WHERE (${KEPT.map((column) => `coalesce(m.${column}, 0) <> coalesce(k.${column}, 0)`).join(' OR ')}
      OR (coalesce(m.dimension, k.dimension) IN ('FLEET', 'TASK') AND m.revenue IS DISTINCT FROM k.revenue))`,
}

/** How many rows of a closed month differ between its edition and what its cells say now; 0 is what a close promises. */
export async function compareWithSnapshot(
  db: TenantSql,
  { month, edition, currency }: { month: CalendarDate; edition: number; currency: string },
): Promise<number> {
  const [row] = await db.query<{ rows: number }>(COMPARE, [month, addMonths(month, 1), currency, edition])
  return row?.rows ?? 0
}
