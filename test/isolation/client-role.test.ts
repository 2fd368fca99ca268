import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { deliver } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import { TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(300_000)

describe('a person of a client', () => {
  let outlay: Outlay
  let cookie: string
  let tenant: TenantClient

  beforeAll(async () => {
    outlay = await startOutlay()
    tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    await deliver(tenant, { kind: 'rates', rates: [plainRate('GBP')] })
    const tags = { trace: 'own', span: 's', task: 'own', project: 'own' }
    const items = [item('mine', tags), item('theirs', { ...tags, trace: 'other', task: 'other', client: 'contoso' })]
    await tenant.post('/v1/invocations', items)
    for (const key of ['own', 'other'])
      await deliver(tenant, { kind: 'task', change: { key, billed: { amount: '87.65', currency: 'GBP' } } })
    cookie = await outlay.signIn(await outlay.createMember(tenant, { role: 'CLIENT', clientKey: 'northwind' }))
  })

  afterAll(async () => {
    await outlay?.stop()
  })

  it('sees of its own tasks no more than key, name, status and times, and nothing of others’', async () => {
    const query = `{ tasks { nodes { key name status completedAt billed { amount } client { key } project { key } } }
      other: task(key: "other") { key } own: task(key: "own") { key billed { amount } } }`
    const headers = { authorization: null, cookie, origin: outlay.url }
    const hidden = { billed: null, client: null, project: null }
    const own = { key: 'own', name: 'own', status: 'OPEN', completedAt: null, ...hidden }
    expect((await tenant.post('/graphql', { query }, { headers })).body).toEqual({
      data: { tasks: { nodes: [own] }, other: null, own: { key: 'own', billed: null } },
    })
  })

  it('cannot record, whatever it sends along', async () => {
    const headers = { authorization: null, cookie }
    expect((await tenant.post('/v1/invocations', [item('x')], { headers })).status).toBe(401)
    expect((await tenant.post('/v1/traces', '{}', { headers })).status).toBe(401)
  })
})
