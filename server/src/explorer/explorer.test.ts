import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { getIntrospectionQuery, parse, validate } from 'graphql'
import { schema } from '../graphql/schema.ts'
import { startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { exampleOperations } from './example-operations.ts'

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ currency: 'GBP', timeZone: 'Pacific/Auckland' })
})
afterAll(() => test.close())

const open = (cookie?: string, path = '/graphiql') =>
  fetch(test.url + path, { headers: cookie === undefined ? {} : { cookie } })

const examples = exampleOperations({ from: '2026-03-01', to: '2026-04-01', now: '2026-03-02T10:00:00Z' })

describe('the explorer', () => {
  it('is for people of the firm: not for somebody not signed in, nor for a client', async () => {
    expect((await open()).status).toBe(401)
    expect((await open('better-auth.session_token=forged')).status).toBe(401)
    await tenant.ask('mutation { upsertTask(input: { key: "brief", client: "northwind" }) { task { id } } }')
    expect((await open(await tenant.signedIn('CLIENT', 'northwind'))).status).toBe(404)
    expect((await open(await tenant.signedIn('VIEWER'))).status).toBe(200)
  })

  it('runs no inline script, styles by nonce only, and may speak to no other host', async () => {
    const cookie = await tenant.signedIn('VIEWER')
    const [one, other] = [await open(cookie), await open(cookie)]
    const policy = one.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; ")
    expect(policy).toContain("connect-src 'self'; worker-src blob:")
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy.match(/\b(https?|data:|blob:|unsafe-\w+)[^;]*/g)).toEqual([
      "unsafe-inline'",
      'data:',
      'data:',
      'blob:',
    ])
    expect(policy).not.toBe(other.headers.get('content-security-policy'))
    const page = await one.text()
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
    expect(page).toContain(`nonce="${nonce}"`)
    const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)([^>]*)>/g)].map(([, attributes]) => attributes?.trim())
    expect(inline).toEqual(['type="application/json" id="options"'])
    expect(page).not.toContain('<style')
  })

  it('begins with the examples, in the theme of the portal and the month of the tenant', async () => {
    const cookie = `${await tenant.signedIn('VIEWER')}; outlay_theme=dark`
    const page = await (await open(cookie)).text()
    const options = JSON.parse(/id="options">(.*)<\/script>/.exec(page)?.[1] ?? '{}') as {
      forcedTheme: string
      defaultTabs: { query: string; variables: string }[]
    }
    expect(options.forcedTheme).toBe('dark')
    expect(options.defaultTabs.map(({ query }) => query)).toEqual(examples.map(({ query }) => query))
    expect(options.defaultTabs[0]?.variables).toMatch(/"from": "\d{4}-\d{2}-01"/)
  })

  it('puts the question of the address in the first tab, and nothing that changes something', async () => {
    const cookie = await tenant.signedIn('VIEWER')
    const firstTab = async (query: string) => {
      const page = await (await open(cookie, `/graphiql?query=${encodeURIComponent(query)}`)).text()
      const options = JSON.parse(/id="options">(.*)<\/script>/.exec(page)?.[1] ?? '{}') as {
        initialQuery?: string
        defaultTabs: { query: string }[]
      }
      return [options.initialQuery, options.defaultTabs[0]?.query]
    }
    const question = '{ tenant { name } } # </script>'
    expect(await firstTab(question)).toEqual([question, question])
    for (const refused of ['mutation { closePeriod }', 'subscription { alertChanged }', 'no query', ''])
      expect(await firstTab(refused)).toEqual([undefined, examples[0]?.query])
  })

  it('has its script and style in files that are kept, compressed where the browser takes it', async () => {
    const page = await (await open(await tenant.signedIn('VIEWER'))).text()
    const paths = [...page.matchAll(/\/graphiql\/[\w-]+\.(?:js|css)/g)].map(([path]) => path)
    expect(paths).toHaveLength(2)
    for (const path of paths) {
      const file = await open(undefined, path)
      expect(file.headers.get('cache-control')).toContain('immutable')
      expect(file.headers.get('content-encoding')).toBe('gzip')
      expect((await file.text()).length).toBeGreaterThan(10_000)
      const plain = await fetch(test.url + path, { headers: { 'accept-encoding': 'identity' } })
      expect(plain.headers.get('content-encoding')).toBeNull()
    }
    expect((await open(undefined, '/graphiql/other.js')).status).toBe(404)
  })

  it.each(
    examples.map(({ query, variables }) => ({ name: /\b(?:query|mutation) (\w+)/.exec(query)?.[1], query, variables })),
  )('has an example $name that is valid and answers', async ({ query, variables }) => {
    expect(validate(schema, parse(query))).toEqual([])
    const answer = await tenant.ask(query, variables)
    expect(answer.errors).toEqual([])
    expect(answer.data).not.toBeNull()
  })

  it('lets the question for the schema through, as GraphiQL asks it', async () => {
    const query = getIntrospectionQuery({
      descriptions: true,
      schemaDescription: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      inputValueDeprecation: true,
    })
    const answer = await tenant.ask(query)
    expect(answer.errors).toEqual([])
    expect(Object.keys(answer.data ?? {})).toEqual(['__schema'])
  })
})

describe('the list of operations', () => {
  it('names every root field of the schema, and who may use it', async () => {
    const { data } = await tenant.ask('{ apiOperations { kind name may roles scopes } }')
    const { apiOperations } = data as never as { apiOperations: Record<string, unknown>[] }
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    expect(apiOperations.map(({ name }) => name)).toEqual(roots.flatMap((type) => Object.keys(type?.getFields() ?? {})))
    expect(apiOperations.find(({ name }) => name === 'recordInvocations')).toEqual({
      kind: 'MUTATION',
      name: 'recordInvocations',
      may: 'record invocations',
      roles: ['OWNER', 'ADMIN'],
      scopes: ['ingest'],
    })
  })
})
