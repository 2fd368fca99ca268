import type { Pool } from 'pg'
import { checkNote } from '@outlay/domain/invocation/reason'
import { insertEvent, nextReview } from './policy-rows.ts'
import { policyToChange } from './policy-state.ts'
import { writePools, type Actor, type Written } from './pool-writer.ts'

/** Says that an approved version was looked at again and stays; it is due again in the next quarter (law L21). */
export function reviewPolicy(
  deps: { pool: Pool },
  tenantId: string,
  { policyId, note, actor }: { policyId: string; note: string | null; actor: Pick<Actor, 'by' | 'today'> },
): Promise<Written<{ policyId: string }>> {
  return writePools(deps, tenantId, async (writer) => {
    const said = checkNote(note, 'note')
    await policyToChange(writer.db, { policyId, states: ['APPROVED'], change: 'reviewed' })
    await writer.client.query(
      'UPDATE allocation_policy SET review_due_on = $3::date WHERE tenant_id = $1::uuid AND id = $2::uuid',
      [tenantId, policyId, nextReview(actor.today)],
    )
    await insertEvent(writer, { policyId, action: 'REVIEWED', reason: said, by: actor.by })
    return { policyId }
  })
}
