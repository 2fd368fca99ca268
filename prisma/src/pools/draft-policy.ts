import type { Pool } from 'pg'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { checkNote } from '@outlay/domain/invocation/reason'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { PoolRecord } from '../sql/read-pools.ts'
import { refuseCycles } from './pool-cycles.ts'
import type { PolicyByKey } from './policy-by-key.ts'
import { insertDraft, updateDraft, type NewPolicy } from './policy-rows.ts'
import { policyToChange } from './policy-state.ts'
import { checkMonthOfPool, poolToChange } from './pool-state.ts'
import { writePools, type Actor, type PoolWriter, type Written } from './pool-writer.ts'
import { resolvePolicy } from './resolve-policy.ts'

/** A version as its author writes it. */
export type DraftInput = PolicyByKey & { effectiveFrom: CalendarDate }

/** Writes the next version of a pool's policy as a draft: it counts nothing until it is proposed and approved. */
export function draftPolicy(
  deps: { pool: Pool },
  tenantId: string,
  { poolId, input, actor }: { poolId: string; input: DraftInput; actor: Actor },
): Promise<Written<{ policyId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const draft = await checkDraft(writer, { pool: await poolToChange(writer.db, poolId), input })
    const policyId = await insertDraft(writer, { ...draft, actor })
    await refuseCycles(writer.db, { from: draft.effectiveFrom, candidateId: policyId })
    return { policyId }
  })
}

/** Puts another content into a version that is still a draft. */
export function changePolicy(
  deps: { pool: Pool },
  tenantId: string,
  { policyId, input, actor }: { policyId: string; input: DraftInput; actor: Actor },
): Promise<Written<{ policyId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const { pool } = await policyToChange(writer.db, { policyId, states: ['DRAFT'], change: 'changed' })
    const draft = await checkDraft(writer, { pool, input })
    await updateDraft(writer, { ...draft, policyId, by: actor.by })
    await refuseCycles(writer.db, { from: draft.effectiveFrom, candidateId: policyId })
    return { policyId }
  })
}

async function checkDraft(
  { db }: PoolWriter,
  { pool, input }: { pool: PoolRecord; input: DraftInput },
): Promise<NewPolicy> {
  const effectiveFrom = checkMonth(input.effectiveFrom, 'effectiveFrom')
  checkMonthOfPool(pool, effectiveFrom, 'effectiveFrom')
  const ofPolicy = { id: pool.id, hasResource: pool.resourceName !== null, hasCapacity: pool.capacity !== null }
  const policy = await resolvePolicy(db, { input, pool: ofPolicy })
  return { poolId: pool.id, effectiveFrom, policy, note: checkNote(input.note, 'note') }
}
