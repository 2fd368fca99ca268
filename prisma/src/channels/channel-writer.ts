import type { Pool, PoolClient } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import type { UserError } from '../ingest/user-error.ts'
import { clientSql, type TenantSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { ChannelKind, ChannelState } from './channel-input.ts'
import type { HookPolicy } from './hook-policy.ts'
import type { Sealer } from './seal.ts'

/** What changing channels needs beside its input. */
export interface ChannelDeps {
  pool: Pool
  sealer: Sealer
  hooks: HookPolicy
}

/** A transaction that changes channels. */
export interface ChannelWriter {
  client: PoolClient
  tenantId: string
  db: TenantSql
}

/** `signingSecret`: shown once, when it was made. */
export interface ChannelOutcome {
  channelId: string | null
  signingSecret: string | null
  userErrors: UserError[]
}

/**
 * Runs a change of channels, whole or not at all: what the domain refuses rolls it back and comes back as a userError. Fields are paths
 * within `input`, but for `id`, which is an argument of its own.
 */
export async function writeChannels(
  { pool }: { pool: Pool },
  tenantId: string,
  work: (writer: ChannelWriter) => Promise<{ channelId: string; signingSecret?: string | null }>,
): Promise<ChannelOutcome> {
  try {
    const { channelId, signingSecret = null } = await tenantTransaction(pool, tenantId, (client) =>
      work({ client, tenantId, db: clientSql(client, tenantId) }),
    )
    return { channelId, signingSecret, userErrors: [] }
  } catch (error) {
    return { channelId: null, signingSecret: null, userErrors: [refusalOf(error)] }
  }
}

function refusalOf(error: unknown): UserError {
  if (error instanceof DomainError) {
    const { code, message, field } = error
    const path = field === undefined ? null : field === 'id' ? ['id'] : ['input', ...field.split('.')]
    return { code, message, field: path }
  }
  if (error instanceof Error && 'constraint' in error && error.constraint === 'channel_name_unique') {
    const message = 'Another channel has this name; choose one that tells them apart.'
    return { code: 'CONFLICT', message, field: ['input', 'name'] }
  }
  throw error
}

/** What a change of a channel has to know of it. */
export interface ChannelHead {
  id: string
  name: string
  kind: ChannelKind
  target: string
  state: ChannelState
}

/** The channel, locked until the transaction ends. Throws DomainError NOT_FOUND on `id`: unknown, another tenant's, or ended. */
export async function lockChannel({ client, tenantId }: ChannelWriter, id: string): Promise<ChannelHead> {
  const { rows } = await client.query<ChannelHead>(
    `SELECT id, name, kind, target, state FROM channel
     WHERE tenant_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL FOR NO KEY UPDATE`,
    [tenantId, id],
  )
  const [channel] = rows
  if (channel === undefined) throw new DomainError('NOT_FOUND', 'This channel does not exist, or has ended.', 'id')
  return channel
}
