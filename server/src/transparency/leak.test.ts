import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sealer } from '@outlay/db/channels/seal'
import { testSecret } from '@outlay/db/embedded/test-database'
import { dueReportDeliveries, tryReportDelivery } from '@outlay/db/reports/report-deliveries'
import { runReport } from '@outlay/db/reports/run-report'
import { openMailer, type Mail } from '@outlay/workers/mail/mailer'
import { renderReport } from '@outlay/workers/reports/render'
import { sendReport } from '@outlay/workers/reports/report-mail'
import { unzipSync } from 'fflate'
import { decodeId, uuidOf } from '../graphql/ids.ts'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { allocateHundred, complete, london, ok, send, set } from '../modules/billing/billing-api-kit.ts'
import { publishedSecret, told } from './client-pages-kit.ts'
import { pdfTold, type PdfTold } from './pdf-test-kit.ts'

jest.setTimeout(120_000)

/** What no client may be told, whatever its agreement: each is seeded where it belongs. */
const NEVER = {
  otherClient: 'Canaryhalden',
  otherProject: 'Canarymerger',
  otherTask: 'Canaryhostile takeover',
  note: 'Canarynote between us',
  trace: 'canarytrace0001',
  span: 'canaryspan0001',
  eventId: 'canaryevent',
  agentKey: 'canaryagent',
  provider: 'acme',
  resource: 'small-1',
  pool: 'Hosting',
  linkLabel: 'Canarylabel',
  employee: '@example.test',
  otherCost: '8123.45',
  reason: 'Canaryreason',
}

/** Costs of the client's own work, its markup and how much it used: what a model charges by may be told, and nothing else. */
const COSTS = ['7319.17', '7319170', '219.03', '219030', '7538.2']
const MARKUP = ['0.1337', '13.37']

const MODELS: { terms: Record<string, unknown>; may: string[] }[] = [
  { terms: { model: 'PASS_THROUGH', basis: 'DIRECT' }, may: COSTS },
  { terms: { model: 'COST_PLUS', markup: '0.1337', basis: 'DIRECT' }, may: [] },
  {
    terms: {
      model: 'RATE_CARD',
      prices: [{ unit: 'TOKENS', mode: 'GRADUATED', steps: [{ above: '0', price: '0.003' }] }],
    },
    may: ['7319170', '219030', '7538200'],
  },
  { terms: { model: 'PER_TASK', price: '50' }, may: [] },
  {
    terms: { model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '1', overagePrice: '80', carryOverMonths: 0 },
    may: [],
  },
  { terms: { model: 'PER_AGENT', price: '30', isProrated: true }, may: [NEVER.agentKey] },
  { terms: { model: 'OUTCOME', price: '9' }, may: [] },
  { terms: { model: 'TIME', price: '11.07', incrementMinutes: 15 }, may: [] },
]

/** A text as it may be hidden in bytes: plain, in base64 and hex, in an address, with JSON's escapes, and with thousands apart. */
function formsOf(canary: string): string[] {
  const text = Buffer.from(canary)
  const grouped = canary.replace(/^\d+(?=\.|$)/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','))
  return [canary, text.toString('base64').replace(/=+$/, ''), text.toString('hex'), encodeURIComponent(canary), grouped]
}

function leaksIn(bytes: string, canaries: readonly string[]): string[] {
  const lower = bytes.toLowerCase()
  return canaries.filter((canary) => formsOf(canary).some((form) => lower.includes(form.toLowerCase())))
}

/** Without its spaces, as text is that was broken into lines. */
const condensed = (canaries: readonly string[]) => canaries.map((canary) => canary.replace(/\s+/g, ''))

const NUMBER = /^[\d.]+$/

/** The same for a PDF. Numbers are looked for in what is written in it: the rest of it is full of places on paper. */
function leaksInPdf({ words, bytes }: PdfTold, canaries: readonly string[]): string[] {
  return [
    ...leaksIn(words, [...canaries, ...condensed(canaries)]),
    ...leaksIn(
      bytes,
      [...canaries, ...condensed(canaries)].filter((canary) => !NUMBER.test(canary)),
    ),
  ]
}

let world: TestServer

beforeAll(async () => {
  world = await startTestServer()
}, 120_000)

afterAll(() => world.close())

/** The address of somebody of a role, whom a test signed in; made where there is nobody. */
async function emailOf(tenant: TestTenant, role: 'CLIENT' | 'VIEWER'): Promise<string> {
  if (role === 'VIEWER') await tenant.signedIn('VIEWER')
  const { rows } = await world.owner.query<{ email: string }>(
    'SELECT u.email FROM app_user u JOIN membership m ON m.user_id = u.id WHERE m.tenant_id = $1 AND m.role = $2 ORDER BY u.email LIMIT 1',
    [tenant.id, role],
  )
  return rows[0]?.email ?? ''
}

/** A tenant whose client northwind has terms of a model, beside another client; everything that may not be told is in it. */
async function seed(terms: Record<string, unknown>): Promise<TestTenant> {
  const tenant = await london(world)
  const own = {
    ...{ agent: NEVER.agentKey, client: 'northwind', project: 'launch', task: 'L1', trace: NEVER.trace },
    endedAt: '2026-10-05T11:00:00Z',
  }
  const other = {
    ...{ agent: NEVER.agentKey, client: NEVER.otherClient, project: NEVER.otherProject, task: NEVER.otherTask },
    endedAt: '2026-10-06T22:20:00Z',
  }
  await send(tenant, [
    ['2026-10-02T10:00:00Z', '7319170', { ...own, span: NEVER.span, id: NEVER.eventId }],
    ['2026-10-05T10:00:00Z', '219030', { ...own, task: 'L2', span: `${NEVER.span}b` }],
    ['2026-10-06T10:00:00Z', '8123450', other],
  ])
  for (const task of ['L1', 'L2', NEVER.otherTask]) await complete(tenant, task, '2026-10-08T10:00:00Z')
  await ok(
    tenant,
    `mutation { upsertTask(input: { key: "L1", billed: { amount: "9876.54", currency: "GBP" } }) { userErrors { code } } }`,
  )
  await allocateHundred(world, tenant)
  await set(tenant, { projectKey: 'launch', effectiveFrom: '2026-10-01', terms, note: NEVER.note })
  await set(tenant, { clientKey: NEVER.otherClient, effectiveFrom: '2026-10-01', terms })
  return tenant
}

const VIEW = `{ firm brand { light dark } client month to isSoFar currency timeZone total delivered taskCount
  agreements { project model words since from to total isProvisional rates { what amount quantity unit }
    lines { what quantity unit unitPrice amount } allowance { unit included used left } daily { what unit values rest } }
  tasks { title project deliveredOn ran why charge } days { day delivered tokens invocations } }`

/** Everything that goes to a client: by a link, and to its own login. */
async function everythingTold(tenant: TestTenant): Promise<Record<string, string>> {
  const { secret } = await publishedSecret(tenant, { label: NEVER.linkLabel, firstMonth: '2026-10-01' })
  const cookie = await tenant.signedIn('CLIENT', 'northwind')
  const get = async (path: string, init: RequestInit = {}) =>
    (await told(await fetch(`${world.url}${path}`, { redirect: 'manual', ...init }))).replaceAll(secret, '')
  const gql = async (query: string) => JSON.stringify(await ask(world.url, { cookie }, query))
  return {
    data: await get(`/api/c/${secret}?month=2026-10`),
    statement: await get(`/c/${secret}/statement.csv?month=2026-10`),
    question: await get(`/c/${secret}/question`, { method: 'POST', body: new URLSearchParams({ question: 'why' }) }),
    nothing: await get(`/c/${'A'.repeat(43)}`),
    ownStatement: await get('/v1/client-statement.csv?month=2026-10', { headers: { cookie } }),
    ownView: await gql(`{ clientView(month: "2026-10-01") ${VIEW} }`),
    ownTasks: await gql(
      '{ tasks { totalCount nodes { id key name status completedAt createdAt billed { amount } client { name } } } }',
    ),
    ownViewer: await gql('{ viewer { role client { key name } tenant { name currency } } }'),
    preview: await gql(`{ clientPreview(clientKey: "northwind", month: "2026-10-01") ${VIEW} }`),
    links: await gql('{ clientLinks(clientKey: "northwind") { label createdBy } }'),
    charges: await gql('{ charges(month: "2026-10-01") { total { amount } } }'),
    engagements: await gql('{ engagements { note createdBy } }'),
  }
}

/** A PDF with the head of its answer; the path has the secret in it, which is the holder's. */
async function printed(path: string, headers: Record<string, string> = {}): Promise<{ head: string; pdf: PdfTold }> {
  const response = await fetch(`${world.url}${path}`, { headers })
  const head = [String(response.status), ...[...response.headers].map(([name, value]) => `${name}: ${value}`)].join(
    '\n',
  )
  expect([path.replace(/[\w-]{43}/, '…'), response.headers.get('content-type')]).toEqual([
    path.replace(/[\w-]{43}/, '…'),
    'application/pdf',
  ])
  return { head, pdf: await pdfTold(new Uint8Array(await response.arrayBuffer())) }
}

/** A report as it is made and sent: to the recipients, and what their links open. */
async function sent(
  tenant: TestTenant,
  input: Record<string, unknown>,
): Promise<{ mails: Mail[]; outbox: string; opened: Record<string, string>; pdfs: PdfTold[] }> {
  const { requestReport } = await ok<{ requestReport: { report: { runs: { id: string }[] }; userErrors: object[] } }>(
    tenant,
    'mutation ($input: RequestReportInput!) { requestReport(input: $input) { report { runs { id } } userErrors { message } } }',
    { input: { range: { from: '2026-10-01', to: '2026-11-01' }, ...input } },
  )
  expect(requestReport.userErrors).toEqual([])
  const { pool, authPool } = world.server
  const runId = uuidOf('ReportRun', requestReport.report.runs[0]?.id ?? '', 'id')
  const control = { signal: new AbortController().signal }
  await runReport({ pool, render: renderReport }, { tenantId: tenant.id, runId }, control)
  const dataDir = await mkdtemp(join(tmpdir(), 'outlay-leak-'))
  const mails: Mail[] = []
  const file = openMailer({ smtp: null, dataDir })
  const mailer = { send: (mail: Mail) => (mails.push(mail), file.send(mail)) }
  for (const ref of await dueReportDeliveries(pool, tenant.id)) {
    await tryReportDelivery({ pool, auth: authPool, sealer: sealer(testSecret) }, ref, (mail) =>
      sendReport(mail, { mailer, mailDomain: 'outlay.test', publicUrl: world.url }),
    )
  }
  const opened: Record<string, string> = {}
  const pdfs: PdfTold[] = []
  const [path = ''] = /\/r\/\S+/.exec(mails[0]?.text ?? '') ?? []
  for (const end of path === '' ? [] : ['', '/csv', '/html', '/xlsx', '/pdf']) {
    const response = await fetch(`${world.url}${path}${end}`)
    expect([end, response.status]).toEqual([end, 200])
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (end === '/pdf') pdfs.push(await pdfTold(bytes))
    const files = end === '/xlsx' || isZip(bytes) ? Object.values(unzipSync(bytes)) : [bytes]
    const head = [...response.headers].map(([name, value]) => `${name}: ${value}`)
    if (end !== '/pdf') opened[end] = [...head, ...files.map((one) => Buffer.from(one).toString('utf8'))].join('\n')
  }
  const outbox = mails.length === 0 ? '' : await readFile(join(dataDir, 'outbox.txt'), 'utf8')
  await rm(dataDir, { recursive: true })
  return { mails, outbox, opened, pdfs }
}

const isZip = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b

describe('what is told to a client', () => {
  it.each(MODELS.map(({ terms, may }) => [String(terms['model']), terms, may] as const))(
    'by %s holds nothing that it may not know',
    async (_model, terms, may) => {
      const tenant = await seed(terms)
      const forbidden = [...Object.values(NEVER), ...COSTS, ...MARKUP, '9876.54'].filter(
        (canary) => !may.includes(canary),
      )
      const everything = await everythingTold(tenant)
      // What belongs to the client is there: silence would hide nothing.
      for (const part of ['data', 'statement', 'ownStatement', 'ownView'] as const)
        expect([part, everything[part]?.includes('L1')]).toEqual([part, true])
      for (const [part, bytes] of Object.entries(everything))
        expect([part, leaksIn(bytes, forbidden)]).toEqual([part, []])
      for (const part of ['preview', 'links', 'charges', 'engagements']) expect(everything[part]).toContain('NOT_FOUND')

      const { secret } = await publishedSecret(tenant, { label: NEVER.linkLabel, firstMonth: '2026-10-01' })
      const { head, pdf } = await printed(`/c/${secret}/statement.pdf?month=2026-10`)
      expect(pdf.words).toContain('L1')
      expect([leaksIn(head, forbidden), leaksInPdf(pdf, forbidden)]).toEqual([[], []])

      await tenant.signedIn('CLIENT', 'northwind')
      const login = await emailOf(tenant, 'CLIENT')
      const recipients = [login, 'board@northwind.example', await emailOf(tenant, 'VIEWER')]
      const statement = await sent(tenant, { kind: 'CLIENT_STATEMENT', clientKey: 'northwind', recipients })
      // The client and nobody's address; a colleague who may not read what is charged is sent nothing.
      expect(statement.mails.map(({ to }) => to).sort()).toEqual(['board@northwind.example', login].sort())
      expect(statement.outbox).toContain('Statement of 2026-10')
      expect(leaksIn(statement.outbox.replaceAll(login, ''), forbidden)).toEqual([])
      for (const [part, bytes] of Object.entries(statement.opened))
        expect([part, leaksIn(bytes, forbidden)]).toEqual([part, []])
      expect(statement.opened['/html']).toContain('L1')
      expect(statement.pdfs.map(({ words }) => words.includes('L1'))).toEqual([true])
      for (const one of statement.pdfs) expect(leaksInPdf(one, forbidden)).toEqual([])
    },
  )

  it('by the mail of a report of the firm is its name and a link where the address is nobody’s, and nothing to a client', async () => {
    const tenant = await seed({ model: 'COST_PLUS', markup: '0.1337', basis: 'DIRECT' })
    await tenant.signedIn('CLIENT', 'northwind')
    const login = await emailOf(tenant, 'CLIENT')
    const { mails, outbox } = await sent(tenant, {
      kind: 'FINANCE_PACK',
      recipients: [login, 'board@northwind.example'],
    })
    expect(mails.map(({ to }) => to)).toEqual(['board@northwind.example'])
    expect(leaksIn(outbox, [...Object.values(NEVER), ...COSTS, ...MARKUP, 'northwind capital'])).toEqual([])
    expect(outbox).not.toMatch(/\d[\d,.]* GBP/)
  })

  it('would be found in a PDF, on its pages, in its streams and in what it says of itself', async () => {
    const tenant = await seed({ model: 'PASS_THROUGH', basis: 'DIRECT' })
    await ok(
      tenant,
      `mutation { upsertTask(input: { key: "L1", name: "Canarynote between us" }) { userErrors { code } } }`,
    )
    const { secret } = await publishedSecret(tenant, { label: NEVER.linkLabel, firstMonth: '2026-10-01' })
    const { pdf } = await printed(`/c/${secret}/statement.pdf?month=2026-10`)
    expect(leaksInPdf(pdf, [NEVER.note])).not.toEqual([])
    // 7,319.17 as the page prints it, which is the client's here.
    expect(leaksInPdf(pdf, COSTS)).toContain('7319.17')
    expect(pdf.bytes).toContain('/ToUnicode')
    expect(leaksInPdf({ words: '', bytes: `Title (${NEVER.note})` }, [NEVER.note])).toEqual([NEVER.note])
  })

  it('would be found if it held anything, in whatever form', () => {
    for (const canary of [...Object.values(NEVER), ...COSTS, ...MARKUP])
      for (const form of formsOf(canary)) expect(leaksIn(`<p>${form}</p>`, [canary])).toEqual([canary])
  })

  it('names the client’s records by nothing that leads to them elsewhere', async () => {
    const tenant = await seed({ model: 'PASS_THROUGH' })
    const { data = '', ownView = '' } = await everythingTold(tenant)
    const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i
    const body = data.slice(data.indexOf('\n\n'))
    expect(body).not.toMatch(uuids)
    const ids = `${body} ${ownView}`.match(/\b[a-z]{3}_[0-9a-z]{26}\b/g) ?? []
    expect(ids.map((id) => decodeId(id)?.kind)).toEqual([])
  })
})
