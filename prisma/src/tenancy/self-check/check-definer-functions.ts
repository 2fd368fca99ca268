import { notOfExtension, ourSchemas, type Check, type SelfCheckFault } from './fault.ts'

/** Functions that run with their owner's rights. Each was read with that in mind; a new one is added here by hand. */
const allowed = ['public.ensure_invocation_partition(date)', 'public.erase_demo_tenant(uuid, bigint)']

interface Definer {
  signature: string
  search_path: string | null
  writable: string[]
}

export const checkDefinerFunctions: Check = async (client) => {
  const { rows } = await client.query<Definer>(`
    SELECT f.signature, f.search_path,
           ARRAY(SELECT s.nspname::text FROM pg_namespace s WHERE s.nspname = ANY (string_to_array(replace(f.search_path, ' ', ''), ','))
                 AND s.nspname <> 'pg_temp' AND has_schema_privilege(s.oid, 'CREATE')) AS writable
    FROM (
      SELECT format('%s.%s(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS signature,
             (SELECT o.option_value FROM pg_options_to_table(p.proconfig) o WHERE o.option_name = 'search_path') AS search_path
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.prosecdef AND ${ourSchemas} AND ${notOfExtension('pg_proc', 'p.oid')}
    ) f ORDER BY 1`)
  return rows.flatMap(definerFaults)
}

function definerFaults({ signature, search_path: searchPath, writable }: Definer): SelfCheckFault[] {
  if (!allowed.includes(signature)) {
    const message = `Function ${signature} runs with its owner's rights and is not on the list of allowed ones.`
    return [{ code: 'DEFINER_UNKNOWN', message }]
  }
  // Unless named last, a caller's temporary tables would be found first.
  const fixed = searchPath !== null && /(^|,\s*)pg_temp$/.test(searchPath) && !searchPath.includes('$user')
  if (fixed && writable.length === 0) return []
  const message = `Function ${signature} runs with its owner's rights without a fixed search_path that ends with pg_temp.`
  return [{ code: 'DEFINER_SEARCH_PATH', message }]
}
