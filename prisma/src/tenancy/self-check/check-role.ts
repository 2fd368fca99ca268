import { notOfExtension, ourSchemas, type Check, type SelfCheckFault } from './fault.ts'

/** The role that serves (and those that sign people in, keep the queue and erase examples) must not be able to step around row-level security. */
export const checkRole: Check = async (client) => [
  ...(await powers(client)),
  ...(await ownership(client)),
  ...(await creation(client)),
]

const serving = `rolname IN (current_user, 'outlay_app', 'outlay_auth', 'outlay_queue', 'outlay_eraser')`

// Membership counts: whoever may SET ROLE to a superuser is one.
const powers: Check = async (client) => {
  const { rows } = await client.query<{ role: string; power: string; through: string }>(`
    SELECT me.rolname AS role, r.rolname AS through,
           concat_ws(', ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'bypassrls' END,
             CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolreplication THEN 'replication' END) AS power
    FROM pg_roles me JOIN pg_roles r ON r.oid = me.oid OR pg_has_role(me.oid, r.oid, 'MEMBER')
    WHERE me.${serving} AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication)
      -- A superuser is a member of every role: one line for itself is enough.
      AND (r.oid = me.oid OR NOT me.rolsuper)`)
  return rows.map(({ role, power, through }): SelfCheckFault => ({
    code: 'ROLE_TOO_POWERFUL',
    message: `The role ${role} is ${power}${through === role ? '' : ` through ${through}`}: serve with outlay_app as the migrations make it.`,
  }))
}

const ownership: Check = async (client) => {
  const { rows } = await client.query<{ role: string; tables: string }>(`
    SELECT me.rolname AS role, string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname) AS tables
    FROM pg_roles me, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE me.${serving} AND NOT me.rolsuper AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${ourSchemas}
      AND ${notOfExtension('pg_class', 'c.oid')} AND pg_has_role(me.oid, c.relowner, 'MEMBER')
    GROUP BY me.rolname`)
  return rows.map(({ role, tables }): SelfCheckFault => ({
    code: 'ROLE_OWNS_TABLES',
    message: `The role ${role} owns ${tables} and could switch its row-level security off: give it to the role that migrates.`,
  }))
}

const creation: Check = async (client) => {
  const { rows } = await client.query<{ role: string; schema: string }>(`
    SELECT me.rolname AS role, n.nspname AS schema FROM pg_roles me, pg_namespace n
    WHERE me.${serving} AND NOT me.rolsuper AND ${ourSchemas}
      AND has_schema_privilege(me.oid, n.oid, 'CREATE')`)
  return rows.map(({ role, schema }): SelfCheckFault => ({
    code: 'ROLE_MAY_CREATE',
    message: `The role ${role} may create objects in schema ${schema}, which others would then run: revoke CREATE from it and from PUBLIC.`,
  }))
}
