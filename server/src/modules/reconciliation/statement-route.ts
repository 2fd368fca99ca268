import { detectFormat } from '@outlay/domain/reconciliation/detect-format'
import { STATEMENT_FORMATS, type ProviderLine, type StatementFormat } from '@outlay/domain/reconciliation/provider-line'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiKeyAuth } from '../../auth/api-key-auth.ts'
import type { Authenticated } from '../../auth/authenticate.ts'
import type { PersonAuth } from '../../auth/person-auth.ts'
import { httpErrorOf } from '../../exports/http-error-of.ts'
import { noteAudit } from '../../graphql/audit-mutations.ts'
import type { Context } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { HttpError } from '../../http/http-error.ts'
import { isOwnOrigin } from '../../http/own-origin.ts'
import { mustBeAllowed, routeAsker } from '../../http/route-asker.ts'
import { importStatement, repeatedLines, SHOWN_MAX, type ImportInput, type ImportSource } from './statement.service.ts'

interface StatementDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  contextOf: (asker: Authenticated, requestId: string) => Context
  publicUrl: string
}

/** A statement has at most 50,000 lines; with the widest columns of FOCUS that is less. */
const BODY_MAX = 16 * 1024 * 1024

declare module 'fastify' {
  interface FastifyRequest {
    statementContext: Context | null
  }
}

/**
 * `POST /v1/statements`: a provider's file as it is, without the limit of a person's GraphQL request; parameters of the address are the rest of
 * importProviderStatement's input. Who asks is settled before a byte of the file is read.
 */
export function registerStatements(app: FastifyInstance, deps: StatementDeps): void {
  void app.register((routes, _options, done) => {
    routes.decorateRequest('statementContext', null)
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body))
    routes.route<{ Body: string; Querystring: Record<string, unknown> }>({
      method: 'POST',
      url: '/v1/statements',
      bodyLimit: BODY_MAX,
      onRequest: async (request) => {
        request.statementContext = await admitted(request, deps)
      },
      handler: async (request, reply) => {
        const context = request.statementContext
        if (context === null) throw new HttpError(401, 'UNAUTHENTICATED', 'Sign in first.')
        void reply.header('cache-control', 'no-store')
        return await answer(context, request.query, request.body ?? '')
      },
    })
    done()
  })
}

async function admitted(request: FastifyRequest, deps: StatementDeps): Promise<Context> {
  // A cookie comes along from any page that a browser shows.
  if (request.headers.authorization === undefined && !isOwnOrigin(request.headers, deps.publicUrl))
    throw new HttpError(403, 'FORBIDDEN', 'Requests from another site are not answered.')
  try {
    const context = deps.contextOf(await routeAsker(request, deps), request.id)
    mustBeAllowed(context, 'reconciliation.manage', 'Statements need')
    return context
  } catch (error) {
    throw httpErrorOf(error)
  }
}

const FLAG = z.enum(['true', 'false']).default('false')

const QUERY = z.object({
  name: z.string(),
  format: z.enum(STATEMENT_FORMATS).optional(),
  mapping: z.string().optional(),
  dryRun: FLAG,
  withoutRefused: FLAG,
})

const MAPPING = z.array(z.object({ field: z.string(), column: z.string().optional(), text: z.string().optional() }))

async function answer(context: Context, query: Record<string, unknown>, text: string) {
  const asked = QUERY.safeParse(query)
  if (!asked.success) {
    const [issue] = asked.error.issues
    throw new HttpError(
      400,
      'BAD_USER_INPUT',
      `${issue?.path.join('.') ?? 'The address'}: ${issue?.message ?? 'is not as documented'}.`,
    )
  }
  const { name, mapping, dryRun, withoutRefused } = asked.data
  const format = asked.data.format ?? detectFormat(text)
  if (format === null) {
    const message = `This JSON is none of ${STATEMENT_FORMATS.filter((known) => !known.endsWith('CSV')).join(', ')}.`
    throw new HttpError(400, 'UNKNOWN_SHAPE', message)
  }
  const input: ImportInput = {
    ...{ name, format, text, mapping: mappingOf(mapping) },
    ...{ dryRun: dryRun === 'true', withoutRefused: withoutRefused === 'true' },
  }
  try {
    const imported = await importStatement(context, input, { textMax: BODY_MAX })
    const isDone = imported.userErrors.length === 0 && !input.dryRun
    if (isDone)
      await noteAudit(context, 'importProviderStatement', {
        input: { name, format, withoutRefused: input.withoutRefused },
      })
    return answerOf(imported, format)
  } catch (error) {
    throw httpErrorOf(error)
  }
}

function mappingOf(text: string | undefined): ImportInput['mapping'] {
  if (text === undefined) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  const mapping = MAPPING.safeParse(value)
  if (mapping.success)
    return mapping.data.map(({ field, column, text: same }) => ({ field, column: column ?? null, text: same ?? null }))
  throw new HttpError(
    400,
    'BAD_USER_INPUT',
    'mapping is JSON: [{"field": "day", "column": "Date"}, {"field": "provider", "text": "openai"}].',
  )
}

function answerOf(
  { statement, isRepeat, lines, refused, columns, mapping, userErrors }: ImportSource,
  format: StatementFormat,
) {
  const days = lines.map(({ day }) => day).sort()
  return {
    format,
    statement: statement === null ? null : { ...statement, id: encodeId('ProviderStatement', statement.id) },
    isRepeat,
    lineCount: lines.length,
    repeatedCount: repeatedLines(lines),
    firstDay: days[0] ?? null,
    lastDay: days.at(-1) ?? null,
    lines: lines.slice(0, SHOWN_MAX).map(shown),
    refusedCount: refused.length,
    refused: refused.slice(0, SHOWN_MAX),
    columns,
    mapping: mapping.map(({ field, source }) =>
      source.kind === 'column'
        ? { field, column: source.column, text: null }
        : { field, column: null, text: source.text },
    ),
    userErrors,
  }
}

/** A line as JSON: exact numbers are texts. */
function shown(line: ProviderLine) {
  const { quantity, amount, fxRate } = line
  return {
    ...line,
    quantity: quantity === null ? null : formatQuantity(quantity),
    amount: amount === null ? null : formatFixed18(amount),
    fxRate: fxRate === null ? null : formatFixed18(fxRate),
  }
}
