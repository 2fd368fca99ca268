import type { PoolClient } from 'pg'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { goHomeSql, ROLLUP_TABLES } from '../ingest/counted-events.ts'
import { moveTaskCells, type CountedTask } from '../ingest/move-task-cells.ts'
import type { TenantConfig } from '../ingest/tenant-config.ts'
import { PUT_IN_ACTIVITY, TAKE_OUT_ACTIVITY } from '../sql/client-activity.ts'
import { MARK_CHANGED } from '../sql/mark-changed.ts'
import { plainArray } from '../sql/pg-array.ts'

// A correction is needed while the month it was used in or the month it was posted to is closed. $2 and $3 are the days of the month that
// has just been opened, $4 the months that are closed.
const RETURNED = `
UPDATE period_correction k SET returned_at = clock_timestamp()
WHERE k.tenant_id = $1::uuid AND k.returned_at IS NULL
  AND ((k.usage_day >= $2::date AND k.usage_day < $3::date) OR (k.posted_day >= $2::date AND k.posted_day < $3::date))
  AND NOT date_trunc('month', k.usage_day::timestamp)::date = ANY ($4::date[])
  AND NOT date_trunc('month', k.posted_day::timestamp)::date = ANY ($4::date[])
RETURNING k.id, k.task_id, k.client_id, k.agent_id`

interface ReturnedRow {
  id: string
  task_id: string
  client_id: string
  agent_id: string
}

const HOME = 'SELECT * FROM period_correction WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])'

const MARK_HOME = MARK_CHANGED(`SELECT usage_day AS day FROM (${HOME}) k UNION SELECT posted_day FROM (${HOME}) k`)

/**
 * Brings what was posted elsewhere home to a month that has just been opened again: out of the cells it was posted to, into those it was
 * used in, to the last decimal. The same for what other open months had posted to it. What was posted to a month that has been closed
 * since is part of that month's edition and stays. Tasks that were completed in the month and recognised later come home too.
 *
 * `config.closedMonths` no longer holds the month. Returns how many corrections went home.
 */
export async function goHome(
  client: PoolClient,
  { tenantId, month, config }: { tenantId: string; month: CalendarDate; config: TenantConfig },
): Promise<number> {
  const closed = plainArray([...config.closedMonths])
  const values = [tenantId, month, addMonths(month, 1), closed]
  const { rows } = await client.query<ReturnedRow>(RETURNED, values)
  if (rows.length > 0) {
    const ids = plainArray(rows.map(({ id }) => id))
    const members = [
      tenantId,
      plainArray(rows.map((row) => row.task_id)),
      plainArray(rows.map((row) => row.client_id)),
      plainArray(rows.map((row) => row.agent_id)),
    ]
    await client.query(TAKE_OUT_ACTIVITY, members)
    for (const table of ROLLUP_TABLES) await client.query(goHomeSql(table, HOME), [tenantId, ids])
    await client.query(MARK_HOME, [tenantId, ids])
    await client.query(PUT_IN_ACTIVITY, members)
  }
  await recogniseWhereCompleted(client, { tenantId, month, config, closed })
  return rows.length
}

const RECOGNISE = `
WITH late AS (
  SELECT t.id, t.client_id, t.completed_on, t.billed_amount, t.billed_currency FROM task t
  WHERE t.tenant_id = $1::uuid AND t.completed_at >= $2::timestamptz AND t.completed_at < $3::timestamptz
    AND t.completed_on <> (t.completed_at AT TIME ZONE $5)::date
    AND NOT date_trunc('month', t.completed_on::timestamp)::date = ANY ($4::date[])
), moved AS (
  UPDATE task t SET completed_on = (t.completed_at AT TIME ZONE $5)::date FROM late l
  WHERE t.tenant_id = $1::uuid AND t.id = l.id RETURNING t.id
)
SELECT l.id, l.client_id, l.completed_on::text AS completed_on, l.billed_amount::text AS billed_amount, l.billed_currency
FROM late l JOIN moved m ON m.id = l.id`

async function recogniseWhereCompleted(
  client: PoolClient,
  {
    tenantId,
    month,
    config: { timeZone },
    closed,
  }: { tenantId: string; month: CalendarDate; config: TenantConfig; closed: string },
): Promise<void> {
  const { start, end } = rangeBounds({ from: month, to: addMonths(month, 1) }, timeZone)
  const instants = [new Date(start).toISOString(), new Date(end).toISOString()]
  const late = await client.query<CountedTask>(RECOGNISE, [tenantId, ...instants, closed, timeZone])
  await moveTaskCells(client, tenantId, late.rows)
}
