import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { plainArray } from '../sql/pg-array.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { Finding } from './finding.ts'

/** What agents, clients, projects and resources are called, by their ids. */
export type Names = ReadonlyMap<string, string>

const NAMES: Prepared = {
  name: 'read_names',
  text: `SELECT id, name FROM agent WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])
    UNION ALL SELECT id, name FROM client WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])
    UNION ALL SELECT id, name FROM project WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])
    UNION ALL SELECT id, name FROM resource WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])`,
}

/** The names that sentences about some findings need. */
export async function readNames(db: TenantSql, findings: readonly Finding[]): Promise<Names> {
  const ids = new Set<string>()
  for (const finding of findings) {
    ids.add(finding.memberId)
    if (finding.secondId !== null) ids.add(finding.secondId)
    if (finding.kind === 'AGENT_FANOUT') for (const agent of finding.unseen) ids.add(agent)
  }
  ids.delete(NIL_UUID)
  if (ids.size === 0) return new Map()
  const rows = await db.query<{ id: string; name: string }>(NAMES, [plainArray([...ids])])
  return new Map(rows.map(({ id, name }) => [id, name]))
}
