import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import { sumParameters, WRITE_SUMS, type Sums } from '../sql/write-sums.ts'

/**
 * Writes carriers, participants and cells in one statement, in the transaction of their events, and proves that every carrier is new.
 * Nothing to write is nothing to ask.
 */
export async function writeSums(client: PoolClient, tenantId: string, sums: Sums): Promise<void> {
  if (sums.carriers.length === 0 && sums.participants.length === 0 && sums.deltas.isEmpty) return
  const result = await client.query<{ carriers: number }>({
    name: 'write_sums',
    text: WRITE_SUMS,
    values: sumParameters(tenantId, sums),
  })
  const taken = result.rows[0]?.carriers
  invariant(taken === sums.carriers.length, `Of ${sums.carriers.length} carriers the database took ${taken}.`)
}
