import type { Pool } from 'pg'
import { checkReason } from '@outlay/domain/invocation/reason'
import { insertEvent } from './policy-rows.ts'
import { policyToChange } from './policy-state.ts'
import { writePools, type Actor, type PoolWriter, type Written } from './pool-writer.ts'

/** Says no to a proposed version, and why. It stays as it is; another version is written instead. */
export function rejectPolicy(
  deps: { pool: Pool },
  tenantId: string,
  { policyId, reason, actor }: { policyId: string; reason: string; actor: Pick<Actor, 'by'> },
): Promise<Written<{ policyId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const why = checkReason(reason, 'A rejection needs a reason; its author reads it.')
    await policyToChange(writer.db, { policyId, states: ['PROPOSED'], change: 'rejected' })
    return end(writer, { policyId, state: 'REJECTED', reason: why, by: actor.by })
  })
}

/** Takes back a version that is not approved yet. */
export function withdrawPolicy(
  deps: { pool: Pool },
  tenantId: string,
  { policyId, actor }: { policyId: string; actor: Pick<Actor, 'by'> },
): Promise<Written<{ policyId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    await policyToChange(writer.db, { policyId, states: ['DRAFT', 'PROPOSED'], change: 'withdrawn' })
    return end(writer, { policyId, state: 'WITHDRAWN', reason: null, by: actor.by })
  })
}

async function end(
  writer: PoolWriter,
  {
    policyId,
    state,
    reason,
    by,
  }: {
    policyId: string
    state: 'REJECTED' | 'WITHDRAWN'
    reason: string | null
    by: string
  },
): Promise<{ policyId: string }> {
  const { client, tenantId } = writer
  await client.query('UPDATE allocation_policy SET state = $3 WHERE tenant_id = $1::uuid AND id = $2::uuid', [
    tenantId,
    policyId,
    state,
  ])
  await insertEvent(writer, { policyId, action: state, reason, by })
  return { policyId }
}
