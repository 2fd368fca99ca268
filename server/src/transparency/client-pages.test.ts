import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { complete, london, ok, send, set } from '../modules/billing/billing-api-kit.ts'
import { publish, publishedSecret, told } from './client-pages-kit.ts'
import { pdfText } from './pdf-test-kit.ts'

jest.setTimeout(60_000)

let world: TestServer
let tenant: TestTenant

beforeAll(async () => {
  world = await startTestServer()
  tenant = await london(world)
  await send(tenant, [
    ['2026-10-02T10:00:00Z', '1000', { agent: 'writer', client: 'northwind', project: 'launch', task: 'L1' }],
  ])
  await complete(tenant, 'L1', '2026-10-04T10:00:00Z', { name: '=1+1 <script>alert(1)</script>' })
  await set(tenant, { projectKey: 'launch', effectiveFrom: '2026-09-01', terms: { model: 'PER_TASK', price: '50' } })
}, 120_000)

afterAll(() => world.close())

const get = (path: string, init: RequestInit = {}) => fetch(`${world.url}${path}`, { redirect: 'manual', ...init })

async function page(secret: string, month = '2026-10'): Promise<{ view: Record<string, unknown>; months: string[] }> {
  const response = await get(`/api/c/${secret}?month=${month}`)
  expect(response.status).toBe(200)
  return (await response.json()) as { view: Record<string, unknown>; months: string[] }
}

async function links(): Promise<Record<string, unknown>[]> {
  const query = `{ clientLinks(clientKey: "northwind") { id label isWorking viewCount views { what } revokedBy } }`
  return (await ok<{ clientLinks: Record<string, unknown>[] }>(tenant, query)).clientLinks
}

function ask404(secret: string): Promise<string[]> {
  const paths = [
    `/c/${secret}`,
    `/c/${secret}?month=2026-10`,
    `/c/${secret}/statement.csv`,
    `/c/${secret}/statement.pdf`,
    `/api/c/${secret}`,
  ]
  return Promise.all([
    ...paths.map((path) => get(path).then(bytes)),
    get(`/c/${secret}/question`, { method: 'POST', body: new URLSearchParams({ question: 'why' }) }).then(bytes),
  ])
}

/** Without the date of the answer, which is the only thing that may differ. */
async function bytes(response: Response): Promise<string> {
  return (await told(response)).replace(/^date: .*$/m, '')
}

describe('a link', () => {
  it('opens the months of its client, without a session, and is noted each time without saying who', async () => {
    const { secret, id } = await publishedSecret(tenant)
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const { view, months } = await page(secret)
    expect(view).toMatchObject({ client: 'northwind', month: '2026-10-01', total: '50.00', delivered: 1 })
    expect(months.at(-1)).toBe('2026-09-01')
    expect((await page(secret, '2020-01')).view['month']).toBe(months[0])
    expect((await page(secret, 'x')).view['month']).toBe(months[0])
    await get(`/c/${secret}/statement.csv?month=2026-10`)
    expect((await links()).find((link) => link['id'] === id)).toMatchObject({
      ...{ label: 'Board', isWorking: true, viewCount: 4 },
      views: [{ what: 'STATEMENT' }, { what: 'PAGE' }, { what: 'PAGE' }, { what: 'PAGE' }],
    })
    const { rows } = await world.owner.query<Record<string, unknown>>('SELECT * FROM client_link_view LIMIT 1')
    expect(Object.keys(rows[0] ?? {}).sort()).toEqual(['id', 'link_id', 'tenant_id', 'viewed_at', 'what'])
  })

  it('is stored as a hash only, and in no log of what was done', async () => {
    const { secret } = await publishedSecret(tenant)
    const { rows } = await world.owner.query<{ found: string }>(
      `SELECT 'link' AS found FROM client_link l WHERE l::text LIKE '%' || $1 || '%'
       UNION ALL SELECT 'audit' FROM audit_event a WHERE a::text LIKE '%' || $1 || '%'`,
      [secret],
    )
    expect(rows).toEqual([])
    const { rows: noted } = await world.owner.query(`SELECT 1 FROM audit_event WHERE action = 'publishClientLink'`)
    expect(noted.length).toBeGreaterThan(0)
  })

  it('shows the months it was published for', async () => {
    const { secret } = await publishedSecret(tenant, { firstMonth: '2026-09-01', lastMonth: '2026-09-01' })
    const { view, months } = await page(secret)
    expect(months).toEqual(['2026-09-01'])
    expect(view['month']).toBe('2026-09-01')
  })

  it('that is unknown, revoked or expired is answered alike, to the last byte', async () => {
    const [revoked, expired, working] = [
      await publishedSecret(tenant),
      await publishedSecret(tenant),
      await publishedSecret(tenant),
    ]
    await ok(tenant, 'mutation ($id: ID!) { revokeClientLink(id: $id) { userErrors { code } } }', { id: revoked.id })
    await world.owner.query(
      `UPDATE client_link SET created_at = now() - interval '2 days', expires_at = now() - interval '1 second' WHERE hash = sha256($1::bytea)`,
      [Buffer.from(expired.secret)],
    )
    const unknown = 'A'.repeat(43)
    const answers = await Promise.all([unknown, revoked.secret, expired.secret, 'x', `${unknown}B`].map(ask404))
    const all = new Set(answers.flat())
    expect(all.size).toBe(1)
    const [answer = ''] = all
    expect(answer).toMatch(/^404\n/)
    expect(answer).toContain('cache-control: private, no-store')
    expect(answer).toContain('referrer-policy: no-referrer')
    expect(answer).toContain('x-robots-tag: noindex, nofollow')
    expect(answer).toMatch(/content-security-policy: default-src 'none'/)
    expect(answer).not.toMatch(/x-request-id|set-cookie|<script/i)
    for (const { secret } of [revoked, expired]) expect(answer).not.toContain(secret)
    // What a working link does not serve is answered like one that does not work.
    for (const [method, rest] of [
      ['GET', '/'],
      ['GET', '/other'],
      ['GET', '/question'],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', ''],
    ] as const)
      expect(await get(`/c/${working.secret}${rest}`, { method }).then(bytes)).toBe(answer)
    expect((await links()).find(({ id }) => id === revoked.id)).toMatchObject({ isWorking: false })
  })

  it('makes ten thousand secrets of 256 bits, all different', async () => {
    const { randomBytes } = await import('node:crypto')
    const secrets = new Set(Array.from({ length: 10_000 }, () => randomBytes(32).toString('base64url')))
    expect(secrets.size).toBe(10_000)
    expect([...secrets].every((secret) => Buffer.from(secret, 'base64url').length === 32)).toBe(true)
  })

  it('is refused where its wish is wrong, and opens nothing by the API', async () => {
    expect(await publish(tenant, { label: ' ' })).toMatchObject({
      url: null,
      userErrors: [{ code: 'MISSING_FIELD', field: ['input', 'label'] }],
    })
    expect((await publish(tenant, { clientKey: 'nobody' })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    const { secret } = await publishedSecret(tenant)
    for (const authorization of [`Bearer ${secret}`, `Bearer outl_${secret}`]) {
      const { status, data } = await ask(world.url, { authorization }, '{ viewer { name } }')
      expect([status, data]).toEqual([401, null])
    }
  })

  it('is counted by itself: who asks too often waits, whether it works or not', async () => {
    const { secret } = await publishedSecret(tenant)
    for (const one of [secret, 'B'.repeat(43)]) {
      const answers = await Promise.all(Array.from({ length: 130 }, () => get(`/api/c/${one}`)))
      const refused = answers.filter(({ status }) => status === 429)
      expect(refused.length).toBe(10)
      expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await told(refused[0] as Response)).not.toContain(one)
    }
  })

  it('is counted by address too, as the nearest proxy says it', async () => {
    const from = (address: string) =>
      get('/c/x', { headers: { 'x-forwarded-for': `198.51.100.9, ${address}` } }).then(({ status }) => status)
    const answers = await Promise.all(Array.from({ length: 125 }, (_, index) => from(`203.0.113.${index % 250}`)))
    // The one name that is asked for is counted, too: what is refused after 120 is that.
    expect(answers.filter((status) => status === 404).length).toBeLessThanOrEqual(120)
    const many = await Promise.all(
      Array.from({ length: 250 }, (_, index) =>
        get(`/c/${String(index).padStart(43, 'C')}`, { headers: { 'x-forwarded-for': '203.0.113.251' } }),
      ),
    )
    expect(many.filter(({ status }) => status === 429)).toHaveLength(10)
  })
})

describe('the colours of the firm', () => {
  const change =
    'mutation ($brand: TenantBrandInput) { updateTenantSettings(input: { brand: $brand }) { userErrors { code field } } }'
  const give = async (cookie: string, brand: object) => (await ask(world.url, { cookie }, change, { brand })).data

  it('are given by an administrator, are in the log, and are on the page of a link and of a login', async () => {
    const [owner, finance, client] = await Promise.all([
      tenant.signedIn('OWNER'),
      tenant.signedIn('FINANCE'),
      tenant.signedIn('CLIENT', 'northwind'),
    ])
    const { secret } = await publishedSecret(tenant)
    const shown = async () => {
      const own = '{ tenant { brand { light dark } } clientView(month: "2026-10-01") { brand { light dark } } }'
      return [(await page(secret)).view['brand'], (await ask(world.url, { cookie: client }, own)).data]
    }
    const brand = { light: '#1d5c48', dark: '#6cc6a0' }
    expect(await shown()).toEqual([null, { tenant: { brand: null }, clientView: { brand: null } }])
    expect(await give(owner, { ...brand, light: '#8fc7a8' })).toEqual({
      updateTenantSettings: { userErrors: [{ code: 'LOW_CONTRAST', field: ['input', 'brand', 'light'] }] },
    })
    expect(await give(finance, brand)).toBeNull()
    expect(await shown()).toEqual([null, { tenant: { brand: null }, clientView: { brand: null } }])
    expect(await give(owner, brand)).toEqual({ updateTenantSettings: { userErrors: [] } })
    expect(await shown()).toEqual([brand, { tenant: { brand }, clientView: { brand } }])
    const { rows } = await world.owner.query<{ entry: string }>(
      `SELECT a::text AS entry FROM audit_event a WHERE tenant_id = $1 AND action = 'updateTenantSettings'`,
      [tenant.id],
    )
    expect(rows.map(({ entry }) => [entry.includes('#1d5c48'), entry.includes('#8fc7a8')])).toEqual([[true, false]])
    await give(owner, {})
    expect((await page(secret)).view['brand']).toBeNull()
  })
})

describe('the statement', () => {
  it('is a CSV file that no spreadsheet runs', async () => {
    const { secret } = await publishedSecret(tenant)
    const response = await get(`/c/${secret}/statement.csv?month=2026-10`)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="statement-2026-10.csv"')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect((await response.text()).replace('\ufeff', '').split('\r\n')).toEqual([
      'section,agreement,what,day,quantity,unit,unit_price,amount,currency,note',
      'charge,launch,Completed tasks,2026-10-01,1,tasks,50.00,50.00,GBP,',
      'total,,Test to northwind,2026-10-01,,,,50.00,GBP,',
      `task,launch,'=1+1 <script>alert(1)</script>,2026-10-04,,,,50.00,GBP,1 step by 1 agent. Charged at the price of a completed task.`,
      '',
    ])
  })

  it('is a PDF of real text with the instant it is of and its hash, private by its headers, and so often a minute', async () => {
    const { secret, id } = await publishedSecret(tenant)
    const response = await get(`/c/${secret}/statement.pdf?month=2026-10`)
    const { headers } = response
    expect(response.status).toBe(200)
    expect(headers.get('content-type')).toBe('application/pdf')
    expect(headers.get('content-disposition')).toBe('attachment; filename="statement-2026-10.pdf"')
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('x-robots-tag')).toBe('noindex, nofollow')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    const text = await pdfText(new Uint8Array(await response.arrayBuffer()))
    for (const part of [
      'Statement of 2026-10',
      'Completed tasks',
      '50.00 GBP',
      '=1+1 <script>alert(1)</script>',
      'Together',
    ])
      expect([part, text.includes(part)]).toEqual([part, true])
    expect(text).toMatch(/Edition 2026-10 as of \d{4}-\d{2}-\d{2}T[\d:.]+Z\s+SHA-256 [0-9a-f]{64}/)
    expect((await links()).find((link) => link['id'] === id)).toMatchObject({ views: [{ what: 'STATEMENT' }] })
    const more = await Promise.all(Array.from({ length: 4 }, () => get(`/c/${secret}/statement.pdf?month=2026-10`)))
    expect(more.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429])
    expect((await get(`/c/${'A'.repeat(43)}/statement.pdf`)).status).toBe(404)
  })

  it('and the view are those of a client’s own login, and of nobody else', async () => {
    const cookie = await tenant.signedIn('CLIENT', 'northwind')
    const own = (path: string, headers: Record<string, string>) => get(path, { headers })
    const file = await own('/v1/client-statement.csv?month=2026-10', { cookie })
    expect(await file.text()).toContain('Test to northwind')
    const { data } = await ask(world.url, { cookie }, '{ clientView(month: "2026-10-01") { client total } }')
    expect(data).toEqual({ clientView: { client: 'northwind', total: '50.00' } })
    const printed = await own('/v1/client-statement.pdf?month=2026-10', { cookie })
    expect(await pdfText(new Uint8Array(await printed.arrayBuffer()))).toContain('Statement of 2026-10')
    const finance = await tenant.signedIn('FINANCE')
    for (const [headers, status] of [
      [{ cookie: finance }, 404],
      [{}, 401],
    ] as const)
      expect((await own('/v1/client-statement.pdf?month=2026-10', headers)).status).toBe(status)
    expect((await own('/v1/client-statement.csv?month=2026-10', { cookie: finance })).status).toBe(404)
    expect((await own('/v1/client-statement.csv?month=2026-10', {})).status).toBe(401)
    expect((await own('/v1/client-statement.csv?month=soon', { cookie })).status).toBe(400)
    const preview = '{ clientPreview(clientKey: "northwind", month: "2026-10-01") { client total } }'
    expect((await ask(world.url, { cookie: finance }, preview)).data).toEqual({
      clientPreview: { client: 'northwind', total: '50.00' },
    })
  })
})

describe('a question', () => {
  const asked = () =>
    ok<{ clientQuestions: Record<string, unknown>[] }>(
      tenant,
      '{ clientQuestions(clientKey: "northwind") { body month askedBy linkLabel } }',
    ).then(({ clientQuestions }) => clientQuestions)

  const post = (secret: string, fields: Record<string, string>) =>
    get(`/c/${secret}/question`, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: 'null' } })

  it('is kept for the firm, and leads back to the page', async () => {
    const { secret } = await publishedSecret(tenant, { label: 'Finance of Northwind' })
    const response = await post(secret, { month: '2026-10', question: ' Why <b>this</b>? ' })
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `/c/${secret}?month=2026-10&question=asked#question`,
    ])
    expect((await asked())[0]).toEqual({
      ...{ body: 'Why <b>this</b>?', month: '2026-10-01', askedBy: null, linkLabel: 'Finance of Northwind' },
    })
    for (const [question, said] of [
      [' ', 'missing_field'],
      ['x'.repeat(1_001), 'invalid_field'],
      ['a\u0000b', 'invalid_field'],
    ] as const) {
      const { headers } = await post(secret, { month: '2026-13', question })
      expect(headers.get('location')).toContain(`question=${said}`)
    }
    expect((await post(secret, { question: 'x'.repeat(20_000) })).status).toBe(413)
  })

  it('can be asked by a login of the client, and so often a day', async () => {
    const cookie = await tenant.signedIn('CLIENT', 'northwind')
    const say = (body: string) =>
      ask(
        world.url,
        { cookie },
        'mutation ($body: String!) { askQuestion(month: "2026-10-01", body: $body) { userErrors { code } } }',
        { body },
      )
    expect((await say('Who did it?')).data).toEqual({ askQuestion: { userErrors: [] } })
    expect((await asked())[0]).toMatchObject({ body: 'Who did it?', askedBy: expect.stringMatching(/^client-/) })
    for (let count = 0; count < 20; count += 1) await say(`${count}`)
    expect((await say('once more')).data).toEqual({ askQuestion: { userErrors: [{ code: 'LIMIT_REACHED' }] } })
    const { secret } = await publishedSecret(tenant)
    expect((await post(secret, { question: 'x' })).headers.get('location')).toContain('question=limit_reached')
  })
})
