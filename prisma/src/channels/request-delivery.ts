import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { DeliveryState } from '../sql/read-channels.ts'

export interface DeliveryOutcome {
  deliveryId: string | null
  userErrors: UserError[]
}

// One statement: the channel is there, or there is no row.
const INSERT_TEST = `
INSERT INTO alert_delivery (tenant_id, id, channel_id, purpose, state, not_before)
SELECT $1::uuid, $2::uuid, c.id, 'TEST', 'PENDING', clock_timestamp() FROM channel c
WHERE c.tenant_id = $1::uuid AND c.id = $3::uuid AND c.ended_at IS NULL RETURNING id`

/** Asks for a test message: a delivery like every other, tried once. A channel that is paused can be tested. */
export function requestTest({ pool }: { pool: Pool }, tenantId: string, channelId: string): Promise<DeliveryOutcome> {
  return answer(async () => {
    const deliveryId = uuidv7()
    const inserted = await tenantTransaction(pool, tenantId, (client) =>
      client.query(INSERT_TEST, [tenantId, deliveryId, channelId]),
    )
    if (inserted.rowCount === 0) throw new DomainError('NOT_FOUND', 'This channel does not exist, or has ended.', 'id')
    return deliveryId
  })
}

const LOCK = `
SELECT d.state, d.digest_id IS NOT NULL AS "isInDigest", c.ended_at IS NOT NULL AS "hasEnded"
FROM alert_delivery d JOIN channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id
WHERE d.tenant_id = $1::uuid AND d.id = $2::uuid FOR NO KEY UPDATE OF d`

const REPLAY = `
UPDATE alert_delivery SET state = 'PENDING', not_before = clock_timestamp(), attempts = 0, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/**
 * Sends a delivery again, whatever became of it, with all its attempts and the id that it had. One that waits already changes nothing; what
 * was told in a digest is told again with the digest.
 */
export function replayDelivery(
  { pool }: { pool: Pool },
  tenantId: string,
  deliveryId: string,
): Promise<DeliveryOutcome> {
  return answer(() =>
    tenantTransaction(pool, tenantId, async (client) => {
      type Row = { state: DeliveryState; isInDigest: boolean; hasEnded: boolean }
      const { rows } = await client.query<Row>(LOCK, [tenantId, deliveryId])
      const [row] = rows
      if (row === undefined) throw new DomainError('NOT_FOUND', 'This delivery does not exist.', 'id')
      if (row.hasEnded) throw new DomainError('CHANNEL_ENDED', 'The channel of this delivery has ended.', 'id')
      if (row.isInDigest) {
        throw new DomainError('IN_DIGEST', 'This was told in a digest; replay the delivery of the digest.', 'id')
      }
      if (row.state !== 'PENDING') await client.query(REPLAY, [tenantId, deliveryId])
      return deliveryId
    }),
  )
}

async function answer(work: () => Promise<string>): Promise<DeliveryOutcome> {
  try {
    return { deliveryId: await work(), userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { code, message, field } = error
    return { deliveryId: null, userErrors: [{ code, message, field: field === undefined ? null : [field] }] }
  }
}
