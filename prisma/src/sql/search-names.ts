import { plainArray, textArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** What can be found by its name or key. */
export const SEARCH_KINDS = ['AGENT', 'CLIENT', 'PROJECT', 'TASK'] as const
export type SearchKind = (typeof SEARCH_KINDS)[number]

export interface SearchHit {
  kind: SearchKind
  key: string
  name: string
}

/** Tasks are without number: any part of a name is looked for among so many of the latest, every other task is found by its whole key. */
const TASKS_SEARCHED = 2_000

const named = (kind: SearchKind, table: string): string =>
  `SELECT '${kind}' AS kind, key, name, lower(name || ' ' || key) AS text FROM ${table} WHERE tenant_id = $1::uuid AND '${kind}' = ANY ($2::text[])`

// RLS and LIKE: patterns are looked for in rows of the tenant only, which an index on its id gives; no index on the text would be used.
const SEARCH: Prepared = {
  name: 'search_names',
  text: `
    WITH found AS (
      (${named('AGENT', 'agent')})
      UNION ALL (${named('CLIENT', 'client')})
      UNION ALL (${named('PROJECT', 'project')})
      UNION ALL (${named('TASK', 'task')} ORDER BY id DESC LIMIT ${TASKS_SEARCHED})
      UNION (${named('TASK', 'task')} AND key = $4)
    )
    SELECT kind, key, name FROM found WHERE text LIKE ALL (ARRAY(SELECT lower(p) FROM unnest($3::text[]) AS p))
    ORDER BY CASE
        WHEN lower($4) IN (lower(key), lower(name)) THEN 0
        WHEN starts_with(lower(name), lower($4)) OR starts_with(lower(key), lower($4)) THEN 1
        WHEN strpos(' ' || text, ' ' || lower($4)) > 0 THEN 2
        ELSE 3 END,
      array_position($2::text[], kind), lower(name), key
    LIMIT $5::int`,
}

/**
 * What is called by every word of a text, in any part of name or key: what is called so wholly first, then what begins so, then in the order
 * of `kinds` by name. No word finds all.
 */
export function searchNames(
  db: TenantSql,
  { text, kinds, first }: { text: string; kinds: readonly SearchKind[]; first: number },
): Promise<SearchHit[]> {
  const words = text.split(/\s+/).filter(Boolean)
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)
  return db.query<SearchHit>(SEARCH, [plainArray([...kinds]), textArray(patterns), text.trim(), first])
}
