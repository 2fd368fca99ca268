import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

// The lock makes two workers gather one after the other: the second one finds nothing left.
const LOCK = `
SELECT digest FROM channel WHERE tenant_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL AND state <> 'PAUSED' FOR NO KEY UPDATE`

const DUE = `
SELECT id FROM alert_delivery WHERE tenant_id = $1::uuid AND channel_id = $2::uuid AND state = 'PENDING'
  AND purpose NOT IN ('DIGEST', 'TEST') AND not_before <= clock_timestamp() FOR NO KEY UPDATE`

const INSERT = `
INSERT INTO alert_delivery (tenant_id, id, channel_id, purpose, state, not_before)
VALUES ($1::uuid, $2::uuid, $3::uuid, 'DIGEST', 'PENDING', clock_timestamp())`

const POINT = `
UPDATE alert_delivery SET state = 'DIGESTED', digest_id = $2::uuid, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = ANY ($3::uuid[])`

/**
 * Puts what a digest channel has to tell by now into one delivery. One alert alone is told as it is (a critical one does not wait for the
 * others), and so is everything of a channel without digests.
 */
export async function gatherDigest({ pool }: { pool: Pool }, tenantId: string, channelId: string): Promise<void> {
  await tenantTransaction(pool, tenantId, async (client) => {
    const channel = await client.query<{ digest: string }>(LOCK, [tenantId, channelId])
    const digest = channel.rows[0]?.digest ?? 'NONE'
    if (digest === 'NONE') return
    const due = await client.query<{ id: string }>(DUE, [tenantId, channelId])
    if (due.rows.length < 2) return
    const digestId = uuidv7()
    await client.query(INSERT, [tenantId, digestId, channelId])
    await client.query(POINT, [tenantId, digestId, due.rows.map(({ id }) => id)])
  })
}
