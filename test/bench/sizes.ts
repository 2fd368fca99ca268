import type { Client } from 'pg'

export interface TableSize {
  part: string
  bytes: number
}

// A table without partitions has no partition tree, so the table itself is added to it.
const SIZES = `
SELECT root.relname AS part, sum(pg_total_relation_size(member.oid))::bigint AS bytes
FROM pg_class root
CROSS JOIN LATERAL (SELECT root.oid UNION SELECT relid FROM pg_partition_tree(root.oid)) AS member(oid)
WHERE root.relname = ANY ($1) AND root.relnamespace = 'public'::regnamespace
GROUP BY root.relname ORDER BY 2 DESC`

const PARTS = [
  'invocation',
  'invocation_key',
  'rollup_fine',
  'rollup_day',
  'rollup_task',
  'task',
  'task_agent',
  'completed_cell',
  'client_activity',
  'client_revenue',
  'shared_use',
]

/** What everything that an event leaves behind takes on disk, indexes and TOAST included. */
export async function tableSizes(owner: Client): Promise<TableSize[]> {
  const result = await owner.query<{ part: string; bytes: string }>(SIZES, [PARTS])
  return result.rows.map(({ part, bytes }) => ({ part, bytes: Number.parseInt(bytes, 10) }))
}
