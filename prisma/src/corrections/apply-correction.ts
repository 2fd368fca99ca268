import type { PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { invariant, quoted } from '@outlay/domain/errors'
import { BILLED, type CellDeltas } from '@outlay/domain/rollup/cells'
import type { Candidate } from '../ingest/candidate.ts'
import { cellDeltas } from '../ingest/cell-deltas.ts'
import { decideBilling } from '../ingest/decide-billing.ts'
import { DimensionMemory } from '../ingest/dimensions.ts'
import { flipWrappers, loadSpans, recordBatch, StaleConfigError } from '../ingest/record-batch.ts'
import { settleLadders } from '../ingest/settle-ladders.ts'
import { countedEvent, loadStoredEvents, type StoredCount } from '../ingest/stored-event.ts'
import type { TenantConfig } from '../ingest/tenant-config.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import { writeSums } from '../ingest/write-sums.ts'
import { instantText } from '../sql/cell-sums.ts'
import { RefusedCorrection, type CorrectionRecord } from './correction.ts'
import { withdrawParticipation } from './participation.ts'
import { endSharedUse, handOnSharedUse } from './shared-use.ts'

/** An event goes, and perhaps another takes its place. */
export interface Correction {
  tenantId: string
  id: string
  reason: string
  by: string
  replacement: Candidate | null
  config: TenantConfig
  /** The moment of writing: what belongs to closed months is posted to it. */
  nowMs: number
}

/**
 * Takes an event out of everything that counts and records its replacement, inside the open transaction of `client`. The event itself
 * stays, as VOID; what follows from it follows exactly: its cells, the shared use it carried, the wrappers above it, who took part in
 * its task. The sums afterwards are those that the standing events alone would have made (docs/decisions/0013).
 *
 * Throws RefusedCorrection, and StaleConfigError when the configuration is no longer the tenant's.
 */
export async function applyCorrection(client: PoolClient, correction: Correction): Promise<CorrectionRecord> {
  const { tenantId, id, config, replacement, nowMs } = correction
  if ((await lockTenant(client, tenantId)) !== config.version) throw new StaleConfigError()
  const event = await standingEvent(client, correction)
  const { traceId, sharedKey, taskId, agentId } = event
  const deltas = cellDeltas(config, { nowMs, cause: 'CORRECTION', reference: id })
  deltas.add(countedEvent(event, config), -1)
  const record = await voidEvent(client, correction, event)
  const recounted = BILLED.has(event.billing) ? [event.id] : []
  if (event.billing === 'SHARED') {
    invariant(traceId !== null && sharedKey !== null, `The carrier ${event.id} has no use`)
    recounted.push(...(await passOn(client, correction, { use: { traceId, sharedKey }, deltas })))
  }
  // Before the replacement takes its place on a graduated price, the original has given its own back.
  await settleLadders(client, { tenantId, config, deltas, added: [], recounted })
  if (replacement !== null) await recordReplacement(client, correction, replacement)
  if (traceId !== null) {
    const flipped = await settleWrappers(client, { tenantId, traceId, deltas, config })
    await settleLadders(client, { tenantId, config, deltas, added: [], recounted: flipped })
  }
  await writeSums(client, tenantId, { carriers: [], participants: [], deltas })
  if (taskId !== null && agentId !== null) await withdrawParticipation(client, tenantId, { taskId, agentId })
  return record
}

interface StandingEvent extends StoredCount {
  traceId: string | null
  sharedKey: string | null
}

const PLACE = `
SELECT i.trace_id AS "traceId", i.shared_key AS "sharedKey" FROM invocation_key k
JOIN invocation i ON i.tenant_id = $1::uuid AND i.occurred_at = k.occurred_at AND i.id = k.id
WHERE k.tenant_id = $1::uuid AND k.id = $2`

async function standingEvent(client: PoolClient, { tenantId, id }: Correction): Promise<StandingEvent> {
  const [event] = await loadStoredEvents(client, { tenantId, ids: [id] })
  if (event === undefined) throw new RefusedCorrection('NOT_FOUND', `There is no invocation ${quoted(id)}.`, ['id'])
  if (event.billing === 'VOID') throw await alreadyCorrected(client, tenantId, id)
  const place = await client.query<Pick<StandingEvent, 'traceId' | 'sharedKey'>>({
    name: 'place_of_event',
    text: PLACE,
    values: [tenantId, id],
  })
  const row = place.rows[0]
  invariant(row !== undefined, `The invocation ${id} is gone`)
  return { ...event, ...row }
}

const CORRECTION = `kind, invocation_id AS "invocationId", replacement_id AS "replacementId", reason, corrected_by AS "correctedBy",
  ${instantText('corrected_at')} AS "correctedAt"`

const OF_EVENT = `SELECT ${CORRECTION} FROM invocation_correction WHERE tenant_id = $1::uuid AND invocation_id = $2`

async function alreadyCorrected(client: PoolClient, tenantId: string, id: string): Promise<RefusedCorrection> {
  const result = await client.query<CorrectionRecord>({ name: 'correction_of', text: OF_EVENT, values: [tenantId, id] })
  const made = result.rows[0]
  invariant(made !== undefined, `The voided invocation ${id} has no correction`)
  const { replacementId, correctedAt, correctedBy } = made
  const what = replacementId === null ? 'voided' : `replaced by ${quoted(replacementId)}`
  const message = `The invocation ${quoted(id)} was ${what} at ${correctedAt} by ${correctedBy}.`
  return new RefusedCorrection('ALREADY_CORRECTED', message, ['id'])
}

const VOID_EVENT = `
WITH event AS (
  UPDATE invocation SET billing = 'VOID' WHERE tenant_id = $1::uuid AND id = $3 AND occurred_at =
    (SELECT k.occurred_at FROM invocation_key k WHERE k.tenant_id = $1::uuid AND k.id = $3)
  RETURNING occurred_at
)
INSERT INTO invocation_correction (tenant_id, id, invocation_id, occurred_at, kind, replacement_id, billing_before, reason, corrected_by, corrected_at)
SELECT $1::uuid, $2::uuid, $3, e.occurred_at, $4, $5, $6, $7, $8, clock_timestamp() FROM event e RETURNING ${CORRECTION}`

async function voidEvent(client: PoolClient, correction: Correction, event: StandingEvent): Promise<CorrectionRecord> {
  const replacementId = correction.replacement?.invocation.id ?? null
  const result = await client.query<CorrectionRecord>({
    name: 'void_event',
    text: VOID_EVENT,
    values: [
      correction.tenantId,
      uuidv7(),
      event.id,
      replacementId === null ? 'VOID' : 'REPLACE',
      replacementId,
      event.billing,
      correction.reason,
      correction.by,
    ],
  })
  const record = result.rows[0]
  invariant(record !== undefined, `The invocation ${event.id} was not voided`)
  return record
}

/**
 * Finds who carries a shared use after its carrier: a replacement that reports the same use stands in the original's place, so it
 * carries as soon as it is recorded; else the earliest of the other reports does. Answers the stored events that count from now on.
 */
async function passOn(
  client: PoolClient,
  { tenantId, replacement, config }: Correction,
  { use, deltas }: { use: { traceId: string; sharedKey: string }; deltas: CellDeltas },
): Promise<string[]> {
  if (replacement !== null && replacement.isLeafKind) {
    const { trace, sharedKey } = replacement.invocation
    if (trace === use.traceId && sharedKey === use.sharedKey) {
      await endSharedUse(client, tenantId, use)
      return []
    }
  }
  const next = await handOnSharedUse(client, tenantId, use)
  if (next === null) return []
  // Loaded as SHARED: now it counts for the client and project of its task.
  const carriers = await loadStoredEvents(client, { tenantId, ids: [next] })
  for (const carrier of carriers) deltas.add(countedEvent(carrier, config))
  return [next]
}

async function recordReplacement(
  client: PoolClient,
  { tenantId, id, config, nowMs }: Correction,
  replacement: Candidate,
): Promise<void> {
  const { fates } = await recordBatch(client, {
    tenantId,
    candidates: [replacement],
    config,
    memory: new DimensionMemory(),
    nowMs,
    cause: 'CORRECTION',
    reference: id,
  })
  const fate = fates[0]?.kind
  if (fate === 'cycle') {
    const message = 'The parent of the replacement is one of its own descendants.'
    throw new RefusedCorrection('CYCLE', message, ['replacement', 'parentSpan'])
  }
  invariant(fate === 'accepted', `The replacement ${replacement.invocation.id} met the fate ${fate}`)
}

/** What the event stood above or below may be billed otherwise without it. Answers the events whose billing has changed. */
async function settleWrappers(
  client: PoolClient,
  change: { tenantId: string; traceId: string; deltas: CellDeltas; config: TenantConfig },
): Promise<string[]> {
  const { tenantId, traceId, deltas, config } = change
  const spans = await loadSpans(client, tenantId, [traceId])
  const { flips } = decideBilling([], { spans, carried: new Set() })
  await flipWrappers(client, { tenantId, flips, deltas, config })
  return flips.map((flip) => flip.id)
}
