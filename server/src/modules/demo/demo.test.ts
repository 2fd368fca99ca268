import { createApiKey } from '@outlay/db/admin/create-tenant'
import { eraseDemo } from '@outlay/db/demo/erase-demo'
import { loadDemo } from '@outlay/db/demo/load-demo'
import { readDemoData } from '@outlay/db/sql/read-demo-data'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(async () => {
  await test.close()
})

const control = { signal: new AbortController().signal, settleMs: 0 }

const load = 'mutation { loadDemoData { demoData { state percent tenantKey } userErrors { code } } }'
const remove = 'mutation { removeDemoData { demoData { state } userErrors { code } } }'
const viewer = '{ viewer { tenant { key } role memberships { tenantKey tenantName role isDemo isExample exampleOf } } }'

const as = (cookie: string, tenantKey?: string) => (query: string, variables?: Record<string, unknown>) =>
  ask(test.url, { cookie, ...(tenantKey === undefined ? {} : { 'x-outlay-tenant': tenantKey }) }, query, variables)

async function loaded(tenant: TestTenant, cookie: string): Promise<{ demoId: string; tenantKey: string }> {
  const { data } = await as(cookie)(load)
  expect(data).toEqual({
    loadDemoData: { demoData: { state: 'QUEUED', percent: 0, tenantKey: expect.any(String) }, userErrors: [] },
  })
  await loadDemo({ pool: test.server.pool, configs: test.server.configs }, { tenantId: tenant.id }, control)
  // What is believed of who belongs where, for 4 seconds, is of before.
  await as(cookie)('mutation { revokeOtherSessions { userErrors { code } } }')
  const demo = await readDemoData(tenantSql(test.server.pool, tenant.id))
  const demoId = demo?.demoId ?? ''
  return { demoId, tenantKey: `example-${demoId}` }
}

describe('example data', () => {
  it('makes who asked the owner of a tenant of its own, and shuts it at once when it is removed', async () => {
    const tenant = await test.tenant()
    const cookie = await tenant.signedIn('ADMIN')
    const { demoId, tenantKey } = await loaded(tenant, cookie)
    const own = { tenantKey: tenant.key, tenantName: 'Test', role: 'ADMIN' }
    const example = { tenantKey, tenantName: 'Example: Test', role: 'OWNER' }
    // The real one comes first, whatever their keys are.
    expect((await as(cookie)(viewer)).data).toEqual({
      viewer: {
        tenant: { key: tenant.key },
        role: 'ADMIN',
        memberships: [
          { ...own, isDemo: false, isExample: false, exampleOf: null },
          { ...example, isDemo: true, isExample: true, exampleOf: tenant.key },
        ],
      },
    })
    const cost = '{ taskCost(taskKey: "market-entry-analysis") { cost { total { amount currency } } } }'
    expect((await as(cookie, tenantKey)(cost)).data).toEqual({
      taskCost: { cost: { total: { amount: '4.41', currency: 'GBP' } } },
    })
    expect((await tenant.ask(cost)).data).toEqual({ taskCost: null })
    expect((await as(cookie, tenantKey)(load)).data).toMatchObject({
      loadDemoData: { userErrors: [{ code: 'DEMO_OF_DEMO' }] },
    })

    const { key } = await createApiKey(test.server.pool, { tenantId: demoId, name: 'Demo', scopes: ['ingest', 'read'] })
    const withKey = () => ask(test.url, { authorization: `Bearer ${key}` }, '{ tenant { key } }')
    expect((await withKey()).data).toEqual({ tenant: { key: tenantKey } })

    expect((await as(cookie)(remove)).data).toEqual({
      removeDemoData: { demoData: { state: 'REMOVING' }, userErrors: [] },
    })
    expect((await withKey()).status).toBe(401)
    // A browser that was in the example is in the real tenant again; who insists is told that it is not there.
    expect((await as(`${cookie}; outlay_tenant=${tenantKey}`)('{ tenant { key } }')).data).toEqual({
      tenant: { key: tenant.key },
    })
    expect((await as(cookie, tenantKey)('{ tenant { key } }')).errors[0]?.extensions['code']).toBe('NOT_FOUND')
    expect((await as(cookie)(load)).data).toMatchObject({ loadDemoData: { userErrors: [{ code: 'DEMO_REMOVING' }] } })

    await eraseDemo({ pool: test.server.pool }, { tenantId: tenant.id }, control)
    expect((await as(cookie)('{ demoData { state } }')).data).toEqual({ demoData: null })
    expect((await as(cookie)(remove)).data).toEqual({
      removeDemoData: { demoData: null, userErrors: [{ code: 'NOT_FOUND' }] },
    })
    const { data } = await tenant.ask('{ auditLog { nodes { action } } }')
    expect(data).toEqual({
      auditLog: {
        nodes: ['removeDemoData', 'revokeOtherSessions', 'loadDemoData'].map((action) => ({ action })),
      },
    })
  }, 300_000)

  it('is a matter of owners and administrators, and of persons', async () => {
    const tenant = await test.tenant()
    for (const role of ['FINANCE', 'PROJECT_MANAGER', 'VIEWER'] as const) {
      const cookie = await tenant.signedIn(role)
      expect((await as(cookie)(load)).errors[0]?.extensions['code']).toBe('FORBIDDEN')
      expect((await as(cookie)(remove)).errors[0]?.extensions['code']).toBe('FORBIDDEN')
      expect((await as(cookie)('{ demoData { state } }')).errors[0]?.extensions['code']).toBe('NOT_FOUND')
    }
    expect((await tenant.ask(load)).errors[0]?.extensions['code']).toBe('FORBIDDEN')
    expect((await as(await tenant.signedIn('OWNER'))('{ demoData { state } }')).data).toEqual({ demoData: null })
  })

  it('of another tenant can be neither seen nor removed', async () => {
    const [mine, theirs] = [await test.tenant(), await test.tenant()]
    const cookie = await theirs.signedIn('OWNER')
    await as(cookie)(load)
    const me = as(await mine.signedIn('OWNER'))
    expect((await me('{ demoData { state } }')).data).toEqual({ demoData: null })
    expect((await me(remove)).data).toMatchObject({ removeDemoData: { userErrors: [{ code: 'NOT_FOUND' }] } })
    expect((await as(cookie)('{ demoData { state } }')).data).toEqual({ demoData: { state: 'QUEUED' } })
  })
})
