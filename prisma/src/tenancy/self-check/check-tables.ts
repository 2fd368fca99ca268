import { notOfExtension, ourSchemas, type Check, type SelfCheckFault } from './fault.ts'

interface TenantTable {
  table: string
  name: string
  kind: string
  enabled: boolean
  forced: boolean
  may_truncate: boolean
  policies: Policy[]
}

interface Policy {
  name: string
  permissive: boolean
  command: string
  roles: string[]
  /** Whether it applies to the role of this connection. */
  mine: boolean
  using: string | null
  check: string | null
}

/** What outlay_auth may read across tenants, by columns: who a key, a link or a person belongs to. */
const lookups = ['api_key', 'client_link', 'membership', 'membership_client', 'tenant']

/** Every table of a tenant, partitions included: row-level security enabled, forced, and with the one right policy. */
export const checkTables: Check = async (client) => {
  const { rows } = await client.query<TenantTable>(`
    SELECT c.oid::regclass::text AS table, c.relname AS name, c.relkind AS kind, c.relrowsecurity AS enabled,
           c.relforcerowsecurity AS forced, has_table_privilege(c.oid, 'TRUNCATE') AS may_truncate,
           COALESCE((SELECT jsonb_agg(jsonb_build_object('name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd,
               'roles', ARRAY(SELECT COALESCE(r.rolname, 'PUBLIC') FROM unnest(p.polroles) o LEFT JOIN pg_roles r ON r.oid = o),
               'mine', EXISTS (SELECT 1 FROM unnest(p.polroles) o WHERE o = 0 OR pg_has_role(current_user, o, 'USAGE')),
               'using', pg_get_expr(p.polqual, c.oid), 'check', pg_get_expr(p.polwithcheck, c.oid)))
             FROM pg_policy p WHERE p.polrelid = c.oid), '[]') AS policies
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f') AND ${ourSchemas} AND ${notOfExtension('pg_class', 'c.oid')}
      AND (c.oid = to_regclass('public.tenant') OR EXISTS (
        SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
    ORDER BY 1`)
  return rows.flatMap(tableFaults)
}

function tableFaults(table: TenantTable): SelfCheckFault[] {
  if (table.kind === 'f') {
    return [
      {
        code: 'FOREIGN_TABLE',
        message: `${table.table} is a foreign table of tenants: it can have no row-level security.`,
      },
    ]
  }
  const faults: SelfCheckFault[] = []
  if (!table.enabled) {
    faults.push({ code: 'RLS_NOT_ENABLED', message: `Row-level security of ${table.table} is not enabled.` })
  }
  if (!table.forced) {
    faults.push({ code: 'RLS_NOT_FORCED', message: `Row-level security of ${table.table} is not forced on its owner.` })
  }
  if (table.may_truncate) {
    const message = `This role may TRUNCATE ${table.table}, which no policy stops: revoke it.`
    faults.push({ code: 'ROLE_MAY_TRUNCATE', message })
  }
  return [...faults, ...policyFaults(table)]
}

function policyFaults(table: TenantTable): SelfCheckFault[] {
  // Permissive policies are joined by OR: one that says too much undoes all others. Restrictive ones only take away.
  const granting = table.policies.filter((policy) => policy.permissive)
  const mine = granting.filter((policy) => policy.mine)
  const faults = granting
    .filter(
      (policy) =>
        !(policy.mine
          ? isIsolation(table, policy)
          : isLookup(table, policy) || isLimited(table, policy) || isErasure(table, policy)),
    )
    .map((policy): SelfCheckFault => {
      const message = `Policy ${policy.name} of ${table.table} gives ${policy.roles.join(', ')} more than the rows of app.tenant_id.`
      return { code: 'POLICY_WRONG', message }
    })
  if (mine.length === 0) {
    const message = `${table.table} has no policy for this role: it would read as empty.`
    faults.push({ code: 'POLICY_MISSING', message })
  }
  return faults
}

function isIsolation(table: TenantTable, policy: Policy): boolean {
  const column = table.name === 'tenant' ? 'id' : 'tenant_id'
  const expected = `(${column} = (current_setting('app.tenant_id'::text))::uuid)`
  return policy.command === '*' && policy.using === expected && policy.check === expected
}

/** What people who are limited to clients may read, or note, and what a client may read: within the tenant, whatever else their policy asks. */
function isLimited(table: TenantTable, { command, roles, using, check }: Policy): boolean {
  const column = table.name === 'tenant' ? 'id' : 'tenant_id'
  const own = `(${column} = (current_setting('app.tenant_id'::text))::uuid)`
  const role = roles.join()
  if (role !== 'outlay_limited' && role !== 'outlay_client') return false
  if (command === 'a') return role === 'outlay_limited' && check === own
  return command === 'r' && (using === own || using?.startsWith(`(${own} AND `) === true)
}

/** What the owner of erase_demo_tenant sees: the rows of the one example that it was called for, and the request that names it. */
function isErasure(table: TenantTable, policy: Policy): boolean {
  if (policy.roles.join() !== 'outlay_eraser' || policy.check !== null) return false
  const erased = (column: string) => `(${column} = (current_setting('app.erased_tenant'::text))::uuid)`
  if (table.name === 'demo_data' && policy.command === 'r') return policy.using === erased('demo_id')
  return policy.command === '*' && policy.using === erased(table.name === 'tenant' ? 'id' : 'tenant_id')
}

function isLookup(table: TenantTable, policy: Policy): boolean {
  return policy.command === 'r' && policy.roles.join() === 'outlay_auth' && lookups.includes(table.name)
}
