import { createHash } from 'node:crypto'
import { askQuestion, findOpenLink, noteLinkView, type OpenLink } from '@outlay/db/audience/client-links'
import type { ClientViewAsk } from '@outlay/db/audience/client-view'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { shownMonths } from '@outlay/domain/audience/client-link'
import { clientPageSchema, type ClientPage } from '@outlay/domain/audience/client-page'
import type { ClientView } from '@outlay/domain/audience/client-view'
import { firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type pg from 'pg'
import { Attempts } from './attempts.ts'
import { answerNoLink, answerTooMany, PRIVATE_HEADERS } from './page-answers.ts'
import { isSecret, pagePath } from './page-path.ts'
import { sendPrinted, sendStatement } from './send-statement.ts'
import type { StatementPrinter } from './statement-printer.ts'

interface ClientPageDeps {
  pool: TenantPool
  /** Of outlay_auth, which finds a link before its tenant is known. */
  authPool: pg.Pool
  view: (ask: ClientViewAsk) => Promise<ClientView | null>
  printer: StatementPrinter
}

interface Limits {
  ofAddress: Attempts
  ofLink: Attempts
  ofPrints: Attempts
  ofQuestions: Attempts
}

const BODY_MAX = 16 * 1024
const STATEMENT_TASKS_MAX = 20_000
/** Of a PDF; how many more there are is said in it. */
export const PRINTED_TASKS_MAX = 300
/** Seconds after which whoever met a queue of others asks again. */
const PRINT_WAIT = 20

declare module 'fastify' {
  interface FastifyRequest {
    /** The working link whose page is asked for; null for every other address. */
    clientLink: OpenLink | null
  }
}

/** `https://outlay.example.com/c/…`: where the holder of a link goes. */
export function clientPageUrl(publicUrl: string, secret: string): string {
  return new URL(`/c/${secret}`, publicUrl).href
}

/**
 * What a link to a client's page leads to, with no session and no other rights: `/c/:secret` (drawn by the portal once the link is known to
 * work), its statement as CSV and PDF, and its question box, and `/api/c/:secret`, of which the portal draws the page. A link that does not work is answered
 * here, alike for all reasons.
 */
export function registerClientPages(app: FastifyInstance, deps: ClientPageDeps): void {
  const limits: Limits = {
    ofAddress: new Attempts({ max: 240 }),
    ofLink: new Attempts({ max: 120 }),
    // To print takes seconds, and the printer is everybody's.
    ofPrints: new Attempts({ max: 3 }),
    ofQuestions: new Attempts({ max: 10, windowMs: 3_600_000 }),
  }
  app.decorateRequest('clientLink', null)
  app.addHook('onRequest', (request, reply) => admit(request, reply, { deps, limits }))

  app.get<{ Params: { secret: string } }>('/api/c/:secret', async (request, reply) => {
    const { clientLink } = request
    const page = clientLink === null ? null : await pageOf(clientLink, monthOf(request), deps)
    if (clientLink === null || page === null) return answerNoLink(reply)
    await noteLinkView(deps, clientLink, 'PAGE')
    return reply.headers(PRIVATE_HEADERS).send(page)
  })
  app.get('/c/:secret/statement.csv', async (request, reply) => {
    const { clientLink } = request
    const asked = { tasksMax: STATEMENT_TASKS_MAX }
    const page = clientLink === null ? null : await pageOf(clientLink, monthOf(request), deps, asked)
    if (clientLink === null || page === null) return answerNoLink(reply)
    await noteLinkView(deps, clientLink, 'STATEMENT')
    return sendStatement(reply, page.view)
  })
  app.get('/c/:secret/statement.pdf', async (request, reply) => {
    const { clientLink } = request
    if (clientLink === null) return answerNoLink(reply)
    const wait = limits.ofPrints.tooMany(clientLink.linkId)
    if (wait !== null) return answerTooMany(reply, wait)
    const page = await pageOf(clientLink, monthOf(request), deps, { tasksMax: PRINTED_TASKS_MAX })
    if (page === null) return answerNoLink(reply)
    const pdf = await deps.printer.print(page.view, Date.now())
    if (pdf === null) return answerTooMany(reply, PRINT_WAIT)
    await noteLinkView(deps, clientLink, 'STATEMENT')
    return sendPrinted(reply, page.view, pdf)
  })
  void app.register((routes, _options, done) => {
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: BODY_MAX },
      (_request, body, parsed) => parsed(null, new URLSearchParams(body)),
    )
    // The address is what opens it, and no cookie: another site that knew it could open the page as well.
    routes.post<{ Params: { secret: string } }>('/c/:secret/question', (request, reply) =>
      takeQuestion(request, reply, { deps, limits }),
    )
    done()
  })
}

/** Lets through what is no client's page, and the page of a link that works. */
async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  { deps, limits }: { deps: ClientPageDeps; limits: Limits },
): Promise<FastifyReply | undefined> {
  const path = request.url.split('?')[0] ?? ''
  const asked = pagePath(path.replace(/^\/api(?=\/c\/)/, ''))
  if (asked === null) return undefined
  const address = addressOf(request)
  const wait =
    (address === null ? null : limits.ofAddress.tooMany(address)) ?? limits.ofLink.tooMany(nameOf(asked.secret))
  if (wait !== null) return answerTooMany(reply, wait)
  const link = isSecret(asked.secret) ? await findOpenLink(deps.authPool, asked.secret) : null
  if (link === null || !isServed(request.method, path, asked.rest)) return answerNoLink(reply)
  request.clientLink = link
  return undefined
}

const STATEMENTS = ['statement.csv', 'statement.pdf']

/** The page, the data that it is drawn of, its statement and its question box. */
function isServed(method: string, path: string, rest: string): boolean {
  if (method === 'POST') return rest === 'question' && path.startsWith('/c/')
  if (method !== 'GET' && method !== 'HEAD') return false
  return rest === '' ? !path.endsWith('/') : STATEMENTS.includes(rest) && path.startsWith('/c/')
}

/** Limits are counted by what a secret is found by: the secret itself is kept nowhere, not even for a minute. */
function nameOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/

/**
 * Where a request comes from; null for the portal, which asks from this machine and whose visitor was counted before. A proxy on this machine
 * puts the address that it was called from last.
 */
function addressOf(request: FastifyRequest): string | null {
  if (!LOOPBACK.test(request.ip)) return request.ip
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim()
  if (forwarded !== undefined && forwarded !== '') return forwarded
  return request.url.startsWith('/api/') ? null : request.ip
}

function monthOf({ query }: FastifyRequest): string | null {
  const month = (query as Record<string, unknown>)['month']
  return typeof month === 'string' && /^\d{4}-\d{2}$/.test(month) ? `${month}-01` : null
}

/** The month that is asked for where the link shows it, else its latest one; null where there is nothing to show any longer. */
async function pageOf(
  link: OpenLink,
  asked: CalendarDate | null,
  { view }: ClientPageDeps,
  more: { tasksMax?: number } = {},
): Promise<ClientPage | null> {
  const now = Date.now()
  const { tenantId, clientId, timeZone } = link
  const { months, month } = chosenMonth(link, asked, now)
  const shown = await view({ tenantId, clientId, month, now, ...more })
  if (shown === null) return null
  return clientPageSchema.parse({ view: shown, months, worksUntil: today(link.expiresAt, timeZone) })
}

function chosenMonth(
  link: OpenLink,
  asked: CalendarDate | null,
  now: number,
): { months: CalendarDate[]; month: CalendarDate } {
  const months = shownMonths(link, firstOfMonth(today(now, link.timeZone)))
  const chosen = asked !== null && months.includes(asked) ? asked : months[0]
  return { months, month: chosen ?? link.firstMonth }
}

async function takeQuestion(
  request: FastifyRequest<{ Params: { secret: string } }>,
  reply: FastifyReply,
  { deps, limits }: { deps: ClientPageDeps; limits: Limits },
): Promise<FastifyReply> {
  const { clientLink, body } = request
  if (clientLink === null) return answerNoLink(reply)
  const { tenantId, clientId, linkId } = clientLink
  const form = body instanceof URLSearchParams ? body : new URLSearchParams()
  const { month } = chosenMonth(clientLink, `${form.get('month') ?? ''}-01`, Date.now())
  const wait = limits.ofQuestions.tooMany(linkId)
  const question = { clientId, month, body: form.get('question') ?? '', by: { linkId, email: null } }
  const { userErrors } =
    wait === null ? await askQuestion(deps, tenantId, question) : { userErrors: [{ code: 'LIMIT_REACHED' }] }
  const said = userErrors[0]?.code ?? 'ASKED'
  const back = `/c/${request.params.secret}?month=${month.slice(0, 7)}&question=${said.toLowerCase()}#question`
  return reply.headers(PRIVATE_HEADERS).redirect(back, 303)
}
