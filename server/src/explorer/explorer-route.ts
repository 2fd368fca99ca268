import { randomBytes } from 'node:crypto'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { localDay } from '@outlay/domain/periods/local-day'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Kind, parse } from 'graphql'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { mayDo } from '../graphql/context.ts'
import { HttpError } from '../http/http-error.ts'
import { exampleOperations } from './example-operations.ts'
import { type GraphiqlBundle, loadGraphiqlBundle } from './graphiql-bundle.ts'

export interface ExplorerDeps {
  keys: ApiKeyAuth
  people: PersonAuth
}

const FILES_KEPT_SECONDS = 31_536_000

/**
 * `/graphiql`: the API explorer, for the frame of the portal's page. It asks as whoever is signed in, loads nothing from another host, and
 * runs under a policy of its own: no inline script, styles by nonce, workers from its own text.
 */
export function registerExplorer(app: FastifyInstance, deps: ExplorerDeps): void {
  let bundle: Promise<GraphiqlBundle> | null = null
  const loaded = (): Promise<GraphiqlBundle> => (bundle ??= loadGraphiqlBundle())
  app.get<{ Querystring: { query?: unknown } }>('/graphiql', async (request, reply) => {
    const asker = await signedIn(request, deps)
    const nonce = randomBytes(16).toString('base64')
    return reply
      .type('text/html; charset=utf-8')
      .headers({
        'content-security-policy': policyOf(nonce),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
      })
      .send(
        pageOf(await loaded(), {
          nonce,
          options: optionsOf(asker, request.headers.cookie, givenQuery(request.query.query)),
        }),
      )
  })
  app.get<{ Params: { file: string } }>('/graphiql/:file', async (request, reply) => {
    const { script, style } = await loaded()
    const file = [script, style].find(({ name }) => name === request.params.file)
    if (file === undefined) throw new HttpError(404, 'NOT_FOUND', 'The explorer has no such file.')
    return sendFile(request, reply, file)
  })
}

async function signedIn({ headers }: FastifyRequest, deps: ExplorerDeps): Promise<Authenticated> {
  if (headers.cookie === undefined) throw new HttpError(401, 'UNAUTHENTICATED', 'Sign in first.')
  const asker = await authenticate(deps, {
    authorization: undefined,
    cookie: headers.cookie,
    tenantKey: undefined,
  }).catch(() => null)
  if (asker === null) throw new HttpError(401, 'UNAUTHENTICATED', 'Sign in first.')
  // What a role may not see does not exist for it.
  if (!mayDo(asker, 'schema.read')) throw new HttpError(404, 'NOT_FOUND', 'There is no explorer here.')
  return asker
}

function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // The editor places its lines by style attributes, which can neither load nor run anything.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ')
}

/** Most characters of a query that the address brings along. */
const GIVEN_MAX = 8_000

/** What the address puts in the first tab: questions only. A link of somebody else's must not lay out a change for whoever follows it. */
function givenQuery(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > GIVEN_MAX) return null
  try {
    const { definitions } = parse(text, { maxTokens: GIVEN_MAX })
    const isQuestion = definitions.every((one) => one.kind !== Kind.OPERATION_DEFINITION || one.operation === 'query')
    return isQuestion ? text : null
  } catch {
    return null
  }
}

/**
 * How GraphiQL starts for this visitor: the query of the address, and the examples with the present month of their tenant, in the theme of the
 * portal.
 */
function optionsOf(
  { tenant }: Authenticated,
  cookie: string | undefined,
  given: string | null,
): Record<string, unknown> {
  const now = Date.now()
  const from = firstOfMonth(localDay(now, tenant.timeZone))
  const examples = exampleOperations({ from, to: addMonths(from, 1), now: new Date(now).toISOString() })
  const theme = /(?:^|;\s*)outlay_theme=(light|dark)(?:;|$)/.exec(cookie ?? '')?.[1]
  return {
    title: 'Outlay',
    logo: '<img src="/icon.svg" alt="" width="24" height="24" />',
    endpoint: '/graphql',
    additionalHeaders: { 'apollo-require-preflight': 'true' },
    // Where tabs are kept from before, the initial query becomes one more of them.
    ...(given === null ? {} : { initialQuery: given }),
    defaultTabs: [
      ...(given === null ? [] : [{ query: given }]),
      ...examples.map(({ query, variables }) => ({ query, variables: JSON.stringify(variables, null, 2) })),
    ],
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
    ...(theme === undefined ? {} : { forcedTheme: theme }),
  }
}

function pageOf({ script, style }: GraphiqlBundle, given: { nonce: string; options: Record<string, unknown> }): string {
  const options = JSON.stringify(given.options).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API explorer</title>
    <link rel="icon" href="/icon.svg" />
    <link rel="stylesheet" href="/graphiql/${style.name}" />
  </head>
  <body class="no-focus-outline">
    <noscript>The explorer needs JavaScript; the schema can be read without.</noscript>
    <div id="root"></div>
    <script type="application/json" id="options">${options}</script>
    <script src="/graphiql/${script.name}" nonce="${given.nonce}"></script>
  </body>
</html>
`
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: GraphiqlBundle['script']): FastifyReply {
  const isGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  void reply
    .type(file.type)
    .header('cache-control', `public, max-age=${FILES_KEPT_SECONDS}, immutable`)
    .header('vary', 'accept-encoding')
    .header('x-content-type-options', 'nosniff')
  if (isGzip) void reply.header('content-encoding', 'gzip')
  return reply.send(isGzip ? file.gzipped : file.body)
}
