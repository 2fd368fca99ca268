import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { substitutionKey, type Substitution } from '@outlay/domain/rating/substitution'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { loadDraftRates } from './draft-card.ts'
import type { CostFilter } from './event-filter.ts'
import type { WhatIf } from './rerating.ts'

/** Most substitutions of one simulation. */
const SUBSTITUTIONS_MAX = 100
/** Most jobs of one tenant that may wait or be worked on: each reads a part of its history. */
const OPEN_JOBS_MAX = 20

export interface PreviewRequest {
  range: DateRange
  filter: CostFilter | null
  /** Null: what the prices of now make; else what others would. */
  whatIf: WhatIf | null
  /** An e-mail address, or the name of an API key. */
  requestedBy: string
}

export type RequestOutcome = { reratingId: string; userErrors: [] } | { reratingId: null; userErrors: UserError[] }

const INSERT = `
INSERT INTO rerating (tenant_id, id, kind, state, range_from, range_to, filter, what_if, requested_by)
VALUES ($1::uuid, $2::uuid, $3, 'PREVIEW_QUEUED', $4::date, $5::date, $6::jsonb, $7::jsonb, $8)`

/**
 * Asks for a preview: of a re-rating, or of a simulation. The row is the place in the queue, so it is asked for as soon as this commits,
 * whatever becomes of the message that tells a worker.
 */
export async function requestPreview(
  deps: { pool: Pool },
  tenantId: string,
  request: PreviewRequest,
): Promise<RequestOutcome> {
  const { range, filter, whatIf, requestedBy } = request
  return tenantTransaction(deps.pool, tenantId, async (client) => {
    const error =
      (await refusalOfWhatIf(client, tenantId, whatIf)) ??
      (await refusalOfPart(client, tenantId, request)) ??
      (await refusalOfCrowd(client, tenantId))
    if (error !== null) return { reratingId: null, userErrors: [error] }
    const reratingId = uuidv7()
    await client.query(INSERT, [
      tenantId,
      reratingId,
      whatIf === null ? 'RERATING' : 'SIMULATION',
      range.from,
      range.to,
      filter === null ? null : JSON.stringify(filter),
      whatIf === null ? null : JSON.stringify(whatIf),
      requestedBy,
    ])
    return { reratingId, userErrors: [] }
  })
}

async function refusalOfWhatIf(client: PoolClient, tenantId: string, whatIf: WhatIf | null): Promise<UserError | null> {
  if (whatIf === null) return null
  const { substitutions, draftCardId } = whatIf
  if (substitutions.length === 0 && draftCardId === null) {
    const message = 'A simulation needs substitutions or a draft card: without either nothing changes.'
    return { code: 'NOTHING_TO_SIMULATE', message, field: ['input', 'substitutions'] }
  }
  const wrong = refusalOfSubstitutions(substitutions)
  if (wrong !== null) return wrong
  if (draftCardId === null) return null
  const rates = await loadDraftRates(client, { tenantId, cardId: draftCardId })
  if (rates.length > 0) return null
  return {
    code: 'NOT_FOUND',
    message: 'There is no draft card with rates of this id.',
    field: ['input', 'draftCardId'],
  }
}

function refusalOfSubstitutions(substitutions: readonly Substitution[]): UserError | null {
  if (substitutions.length > SUBSTITUTIONS_MAX) {
    const message = `${substitutions.length} substitutions in one simulation; the most is ${SUBSTITUTIONS_MAX}.`
    return { code: 'TOO_MANY_ITEMS', message, field: ['input', 'substitutions'] }
  }
  const known = new Set<string>()
  for (const [index, substitution] of substitutions.entries()) {
    try {
      checkSubstitution(substitution)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      const field = ['input', 'substitutions', String(index), error.field ?? 'fromResource']
      return { code: error.code, message: error.message, field }
    }
    const key = substitutionKey(substitution)
    if (known.has(key)) {
      const message = `${quoted(substitution.fromResource)} is replaced twice; which one counts?`
      return { code: 'INVALID_FIELD', message, field: ['input', 'substitutions', String(index), 'fromResource'] }
    }
    known.add(key)
  }
  return null
}

function checkSubstitution(substitution: Substitution): void {
  for (const field of ['fromProvider', 'fromResource', 'toProvider', 'toResource'] as const) {
    const name = substitution[field]
    if (name === null) continue
    try {
      checkKey(name, field)
    } catch (error) {
      throw error instanceof DomainError ? new DomainError(error.code, error.message, field) : error
    }
  }
}

const HAS_GRADUATED_PRICES = `
SELECT EXISTS (SELECT 1 FROM rate r WHERE r.tenant_id = $1::uuid AND r.above_monthly_quantity IS NOT NULL
    AND (r.state = 'ACTIVE' OR r.card_id = $2::uuid))
  OR EXISTS (SELECT 1 FROM graduated_usage u WHERE u.tenant_id = $1::uuid AND u.quantity <> 0) AS graduated`

/**
 * What one event costs at a graduated price depends on all events of its month before it. To rate a part of a month again would move the
 * prices of the rest, which nobody had seen in the preview.
 */
async function refusalOfPart(
  client: PoolClient,
  tenantId: string,
  { range, filter, whatIf }: PreviewRequest,
): Promise<UserError | null> {
  const isWhole = range.from.endsWith('-01') && range.to.endsWith('-01')
  if (isWhole && filter === null) return null
  const { rows } = await client.query<{ graduated: boolean }>(HAS_GRADUATED_PRICES, [
    tenantId,
    whatIf?.draftCardId ?? null,
  ])
  if (rows[0]?.graduated !== true) return null
  const message =
    'With graduated prices every event of a month has its place in it: choose whole months, from the first of one to the first of another, and no filter.'
  return { code: 'WHOLE_MONTHS', message, field: ['input', isWhole ? 'filter' : 'range'] }
}

async function refusalOfCrowd(client: PoolClient, tenantId: string): Promise<UserError | null> {
  const { rows } = await client.query<{ jobs: number }>(
    `SELECT count(*)::int AS jobs FROM rerating
     WHERE tenant_id = $1::uuid AND state IN ('PREVIEW_QUEUED', 'PREVIEWING', 'APPLY_QUEUED', 'APPLYING')`,
    [tenantId],
  )
  const jobs = rows[0]?.jobs ?? 0
  if (jobs < OPEN_JOBS_MAX) return null
  const message = `${jobs} re-ratings and simulations wait or are being worked on; that is the most. Ask again when one is done.`
  return { code: 'TOO_MANY_JOBS', message, field: null }
}
