import type { Pool } from 'pg'
import type { AdaptedItem, Ingestor } from '@outlay/db/ingest/ingestor'
import { readSpanTags } from '@outlay/db/sql/read-span-tags'
import { HttpError } from '../../http/http-error.ts'
import { decodeOtlpTraces, type OtlpEncoding } from './decode-otlp.ts'
import { inheritFromStored, neededParents } from './inherit-from-stored.ts'
import { OtlpDecodeError } from './otlp-decode-error.ts'
import { otlpContentKey, type OtlpItem } from './otlp-item.ts'
import { spansToInvocations } from './spans-to-invocations.ts'

// A partial success names the first refused spans, not all ten thousand of them.
const REASONS_MAX = 20

/**
 * Records the spans of one OTLP export through the same path as every other event. Spans refused for their content are counted and
 * explained; the exporter does not send them again. Throws HttpError 400 for bytes that are not OTLP, 413 for too many spans.
 */
export async function recordTraces(
  deps: { ingestor: Ingestor; pool: Pool },
  { tenantId, body, encoding }: { tenantId: string; body: Buffer; encoding: OtlpEncoding },
): Promise<{ rejectedSpans: number; errorMessage: string }> {
  const conversion = spansToInvocations(decode(body, encoding))
  const items = await withStoredTags(deps.pool, tenantId, conversion.items)
  const outcome = await deps.ingestor.recordAdapted({ tenantId, items: items.map(adapted) })
  const refused = [
    ...conversion.rejected.map(({ spanId, code, message }) => ({ spanId, code, message })),
    ...outcome.rejected.map(({ index, code, message }) => ({
      spanId: items[index]?.invocation.span ?? '',
      code,
      message,
    })),
  ]
  return { rejectedSpans: refused.length, errorMessage: explain(refused) }
}

function decode(body: Buffer, encoding: OtlpEncoding) {
  try {
    return decodeOtlpTraces(body, encoding)
  } catch (error) {
    if (!(error instanceof OtlpDecodeError)) throw error
    throw new HttpError(error.code === 'TOO_MANY_SPANS' ? 413 : 400, error.code, error.message)
  }
}

async function withStoredTags(pool: Pool, tenantId: string, items: readonly OtlpItem[]): Promise<OtlpItem[]> {
  const needed = neededParents(items)
  const spans = needed.map(({ traceId, parentSpanId }) => ({ traceId, spanId: parentSpanId }))
  const stored = await readSpanTags(pool, { tenantId, spans })
  return inheritFromStored(items, new Map(stored.map((tags) => [`${tags.traceId}:${tags.spanId}`, tags])))
}

function adapted(item: OtlpItem): AdaptedItem {
  const raw = { ...item.raw, 'outlay.convention': item.convention }
  return { item: item.invocation, raw, contentKey: otlpContentKey(item) }
}

function explain(refused: readonly { spanId: string; code: string; message: string }[]): string {
  const reasons = refused
    .slice(0, REASONS_MAX)
    .map(({ spanId, code, message }) => `span ${spanId}: ${code}: ${message}`)
  if (refused.length > REASONS_MAX) reasons.push(`and ${refused.length - REASONS_MAX} more`)
  return reasons.join('\n')
}
