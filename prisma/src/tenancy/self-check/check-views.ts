import { notOfExtension, ourSchemas, type Check, type SelfCheckFault } from './fault.ts'

/** A view reads with its owner's rights, a materialised one holds what its owner saw: both pass row-level security by. */
export const checkViews: Check = async (client) => {
  const { rows } = await client.query<{ view: string; kind: 'v' | 'm' }>(`
    SELECT c.oid::regclass::text AS view, c.relkind AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${ourSchemas} AND ${notOfExtension('pg_class', 'c.oid')} AND (
      (c.relkind = 'v' AND NOT EXISTS (
        SELECT 1 FROM pg_options_to_table(c.reloptions) o
        WHERE o.option_name = 'security_invoker' AND lower(o.option_value) IN ('true', 'on', 'yes', '1')))
      OR (c.relkind = 'm' AND has_any_column_privilege(c.oid, 'SELECT')))
    ORDER BY 1`)
  return rows.map(({ view, kind }): SelfCheckFault => {
    return kind === 'v'
      ? {
          code: 'VIEW_NOT_INVOKER',
          message: `View ${view} reads with its owner's rights: create it WITH (security_invoker = true).`,
        }
      : {
          code: 'MATVIEW_GRANTED',
          message: `This role may read materialised view ${view}, which has no row-level security: revoke it.`,
        }
  })
}
