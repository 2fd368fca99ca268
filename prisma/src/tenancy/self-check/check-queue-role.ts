import { notOfExtension, ourSchemas, type Check, type SelfCheckFault } from './fault.ts'

/**
 * The queue holds jobs of all tenants, and no row-level security of ours covers it: its role must see nothing but the queue, and the roles
 * that answer requests must not see the queue.
 */
export const checkQueueRole: Check = async (client) => {
  const { rows } = await client.query<{ role: string; tables: string }>(`
    SELECT me.rolname AS role, string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname) AS tables
    FROM pg_roles me, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE me.rolname IN (current_user, 'outlay_app', 'outlay_auth', 'outlay_queue') AND NOT me.rolsuper
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${ourSchemas} AND ${notOfExtension('pg_class', 'c.oid')}
      AND (me.rolname = 'outlay_queue') <> (n.nspname = 'bullmq') AND has_schema_privilege(me.oid, n.oid, 'USAGE')
      AND (has_any_column_privilege(me.oid, c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(me.oid, c.oid, 'DELETE, TRUNCATE'))
    GROUP BY me.rolname`)
  return rows.map(({ role, tables }): SelfCheckFault => ({
    code: 'QUEUE_NOT_APART',
    message: `The role ${role} may reach ${tables}: only outlay_queue uses the schema bullmq, and it uses nothing else. Revoke it.`,
  }))
}
