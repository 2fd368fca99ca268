import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import type { Ingestor } from '@outlay/db/ingest/ingestor'
import { IngestUnavailableError } from '@outlay/db/ingest/ingest-error'
import { HttpError } from '../http/http-error.ts'
import { recordTraces } from './otlp/record-traces.ts'
import { encodePartialSuccess } from './otlp/partial-success.ts'
import { parseJsonItems, parseNdjsonItems, type ParsedItems } from './parse-items.ts'
import { readBody } from './request-body.ts'

/** Who sends, as far as ingest needs it. */
export interface Sender {
  tenantId: string
  scopes: readonly string[]
}

export interface IngestDeps {
  ingestor: Ingestor
  /** The application's pool, for tags that spans inherit from stored parents. */
  pool: Pool
  /** Finds the sender of an Authorization header; null when the key is missing, unknown or revoked. */
  authenticate: (authorization: string | undefined) => Promise<Sender | null>
}

/** `/v1/invocations`, `/v1/traces`, and polite answers for the signals that are not read. */
export function registerIngestRoutes(app: FastifyInstance, deps: IngestDeps): void {
  void app.register((routes, _options, done) => {
    // The bodies are read by us: they may be compressed, and are measured after decompression.
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
    routes.post('/v1/invocations', (request, reply) => recordInvocations(request, reply, deps))
    routes.post('/v1/traces', (request, reply) => recordSpans(request, reply, deps))
    for (const signal of ['logs', 'metrics'] as const) {
      routes.post(`/v1/${signal}`, (request, reply) => declineSignal(request, reply, deps, signal))
    }
    done()
  })
}

async function sender(request: FastifyRequest, deps: IngestDeps): Promise<Sender> {
  const found = await deps.authenticate(request.headers.authorization)
  if (found === null) {
    throw new HttpError(401, 'UNAUTHENTICATED', 'Send a valid API key as "Authorization: Bearer outl_…".')
  }
  if (!found.scopes.includes('ingest')) {
    throw new HttpError(403, 'FORBIDDEN', 'This API key does not have the scope "ingest".')
  }
  return found
}

const PARSERS: Record<string, (body: Buffer) => ParsedItems | Promise<ParsedItems>> = {
  'application/json': parseJsonItems,
  'application/x-ndjson': parseNdjsonItems,
  'application/ndjson': parseNdjsonItems,
  'application/jsonl': parseNdjsonItems,
}

function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

async function recordInvocations(request: FastifyRequest, reply: FastifyReply, deps: IngestDeps): Promise<unknown> {
  const { tenantId } = await sender(request, deps)
  const parse = PARSERS[mediaType(request)]
  if (parse === undefined) {
    throw new HttpError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type ${JSON.stringify(mediaType(request))} is neither application/json nor application/x-ndjson.`,
    )
  }
  const parsed = await parse(await readBody(request.raw))
  const outcome = await available(deps.ingestor.record({ tenantId, items: parsed.items }))
  const rejected = [
    ...parsed.rejected,
    ...outcome.rejected.map((refusal) => ({ ...refusal, index: parsed.indices[refusal.index] ?? refusal.index })),
  ].sort((a, b) => a.index - b.index)
  return reply.send({
    accepted: outcome.accepted,
    duplicates: outcome.duplicates,
    unpriced: outcome.unpriced,
    rejected,
  })
}

/** OTLP answers in the encoding it was asked in. */
function otlpEncoding(request: FastifyRequest): 'json' | 'protobuf' {
  const type = mediaType(request)
  if (type === 'application/json') return 'json'
  if (type === 'application/x-protobuf') return 'protobuf'
  throw new HttpError(
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    `Content-Type ${JSON.stringify(type)} is neither application/x-protobuf nor application/json.`,
  )
}

async function recordSpans(request: FastifyRequest, reply: FastifyReply, deps: IngestDeps): Promise<unknown> {
  const { tenantId } = await sender(request, deps)
  const encoding = otlpEncoding(request)
  const body = await readBody(request.raw)
  const success = await available(recordTraces(deps, { tenantId, body, encoding }))
  return sendOtlp(reply, encoding, success)
}

async function declineSignal(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: IngestDeps,
  signal: 'logs' | 'metrics',
): Promise<unknown> {
  await sender(request, deps)
  const encoding = otlpEncoding(request)
  await readBody(request.raw)
  const errorMessage = `Outlay reads traces; these ${signal} were received and not kept.`
  return sendOtlp(reply, encoding, { rejectedSpans: 0, errorMessage })
}

function sendOtlp(
  reply: FastifyReply,
  encoding: 'json' | 'protobuf',
  success: { rejectedSpans: number; errorMessage: string },
): FastifyReply {
  const body = encodePartialSuccess(success, encoding)
  return reply.header('content-type', encoding === 'json' ? 'application/json' : 'application/x-protobuf').send(body)
}

async function available<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof IngestUnavailableError)) throw error
    throw new HttpError(503, 'UNAVAILABLE', error.message, { retryAfterSeconds: error.retryAfterSeconds })
  }
}
