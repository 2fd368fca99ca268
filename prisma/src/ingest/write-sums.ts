import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import type { CellDeltas } from '@outlay/domain/rollup/cells'
import { correctionParameters, sumParameters, WRITE_CORRECTIONS, WRITE_SUMS, type Sums } from '../sql/write-sums.ts'

/**
 * Writes carriers, participants and cells in one statement, in the transaction of their events, and proves that every carrier is new.
 * What happened to closed months follows in a second one, down the same connection. Nothing to write is nothing to ask.
 */
export async function writeSums(client: PoolClient, tenantId: string, sums: Sums): Promise<void> {
  if (sums.carriers.length === 0 && sums.participants.length === 0 && sums.deltas.isEmpty) return
  const [result] = await Promise.all([
    client.query<{ carriers: number }>({
      name: 'write_sums',
      text: WRITE_SUMS,
      values: sumParameters(tenantId, sums),
    }),
    writeCorrections(client, tenantId, sums.deltas),
  ])
  const taken = result.rows[0]?.carriers
  invariant(taken === sums.carriers.length, `Of ${sums.carriers.length} carriers the database took ${taken}.`)
}

async function writeCorrections(client: PoolClient, tenantId: string, deltas: CellDeltas): Promise<void> {
  const { posting } = deltas
  const corrections = deltas.corrections()
  if (posting === null || corrections.length === 0) return
  const result = await client.query({
    name: 'write_period_corrections',
    text: WRITE_CORRECTIONS,
    values: correctionParameters(tenantId, posting, corrections),
  })
  invariant(
    result.rowCount === corrections.length,
    `Of ${corrections.length} corrections the database took ${result.rowCount}.`,
  )
}
