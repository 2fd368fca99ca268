import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { readingScope, type ExportAsker } from './export-asker.ts'
import type { ExportFormat } from './export-job.ts'
import { formatsOf } from './export-kind.ts'
import { checkedQuestion, type ExportWish } from './export-question.ts'

/** Jobs of one tenant that wait or run: each reads a part of its history. */
const OPEN_MAX = 10
/** Files of one tenant that are kept, together. */
const KEPT_BYTES_MAX = 10 * 1024 ** 3

export interface ExportRequest {
  wish: ExportWish
  format: ExportFormat
  asker: ExportAsker
  /** An e-mail address, or the name of an API key. */
  requestedBy: string
}

export type ExportOutcome = { exportId: string; userErrors: [] } | { exportId: null; userErrors: UserError[] }

const INSERT = `
INSERT INTO export_job (tenant_id, id, kind, format, range_from, range_to, filter, asker_kind, asker_id, requested_by)
VALUES ($1::uuid, $2::uuid, $3, $4, $5::date, $6::date, $7::jsonb, $8, $9, $10)`

/**
 * Asks for an export. The row is the place in the queue, so it is asked for as soon as this commits, whatever becomes of the message that
 * tells a worker.
 *
 * userErrors: those of checkedQuestion, INVALID_FIELD for a format that the kind is not written in, FORBIDDEN for a table that the asker may not read, TOO_MANY_JOBS, LIMIT_REACHED.
 */
export async function requestExport(
  { pool }: { pool: Pool },
  tenantId: string,
  { wish, format, asker, requestedBy }: ExportRequest,
): Promise<ExportOutcome> {
  try {
    const { kind, range, filter } = checkedQuestion(wish)
    if (!formatsOf(kind).includes(format)) {
      const known = formatsOf(kind).join(' and ')
      throw new DomainError('INVALID_FIELD', `${kind.label} are written as ${known}.`, 'format')
    }
    const exportId = uuidv7()
    await tenantTransaction(pool, tenantId, async (client) => {
      if ((await readingScope(client, { tenantId, asker, action: kind.action })) === null) {
        throw new DomainError('FORBIDDEN', `You may not read ${kind.label.toLowerCase()}.`, 'kind')
      }
      await refuseCrowd(client, tenantId)
      await client.query(INSERT, [
        tenantId,
        exportId,
        kind.name,
        format,
        range?.from ?? null,
        range?.to ?? null,
        JSON.stringify(filter),
        asker.kind,
        asker.id,
        requestedBy,
      ])
    })
    return { exportId, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', error.field]
    return { exportId: null, userErrors: [{ code: error.code, message: error.message, field }] }
  }
}

const CROWD = `
SELECT count(*) FILTER (WHERE state IN ('QUEUED', 'RUNNING'))::int AS open, coalesce(sum(bytes), 0)::float8 AS bytes
FROM export_job WHERE tenant_id = $1::uuid AND state IN ('QUEUED', 'RUNNING', 'DONE')`

async function refuseCrowd(client: PoolClient, tenantId: string): Promise<void> {
  const { rows } = await client.query<{ open: number; bytes: number }>(CROWD, [tenantId])
  const { open = 0, bytes = 0 } = rows[0] ?? {}
  if (open >= OPEN_MAX) {
    const message = `${open} exports wait or are being written; that is the most. Ask again when one is done.`
    throw new DomainError('TOO_MANY_JOBS', message)
  }
  if (bytes >= KEPT_BYTES_MAX) {
    const message = 'The files of earlier exports take 10 GiB, the most there may be; the oldest goes within a week.'
    throw new DomainError('LIMIT_REACHED', message)
  }
}
