import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createServer as createHttpServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { createServer } from '../http/create-server.ts'
import { ask, startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { alertsElsewhere, draft } from '../modules/alert/alert-test-kit.ts'
import { settled, TestSocket } from './socket-test-kit.ts'

jest.setTimeout(60_000)

let test: TestServer
let tenant: TestTenant
let elsewhere: ReturnType<typeof alertsElsewhere>
const opened: TestSocket[] = []

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  elsewhere = alertsElsewhere(test)
}, 120_000)

afterAll(async () => {
  for (const socket of opened) socket.raw.terminate()
  await elsewhere.close()
  await test.close()
})

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

async function connect(options: Parameters<typeof TestSocket.connect>[1] = {}): Promise<TestSocket> {
  const socket = await TestSocket.connect(test.url, options)
  opened.push(socket)
  return socket
}

async function open(options: Parameters<typeof TestSocket.open>[1] = bearer(tenant.apiKey)): Promise<TestSocket> {
  const socket = await TestSocket.open(test.url, options)
  opened.push(socket)
  return socket
}

describe('a socket', () => {
  it('that says nothing of who it is is closed with 4408', async () => {
    const socket = await connect()
    expect(await socket.closed).toBe(4408)
  })

  it('may not subscribe before it was admitted (4401)', async () => {
    const socket = await connect()
    socket.subscribe('1')
    expect(await socket.closed).toBe(4401)
  })

  it.each([
    ['an unknown key', bearer(`outl_live_${'x'.repeat(50)}`)],
    ['another scheme', { authorization: 'Basic eDp5' }],
    ['nothing', {}],
    ['an unknown session', { headers: { cookie: 'outlay.session_token=x.y' } }],
  ])('with %s is closed with 4403', async (_name, options) => {
    expect(await (await open(options)).closed).toBe(4403)
  })

  it('that says twice who it is is closed with 4429, and one that uses an id twice with 4409', async () => {
    const [twice, sameId] = [await open(), await open()]
    twice.send({ type: 'connection_init' })
    expect(await twice.closed).toBe(4429)
    sameId.subscribe('1')
    sameId.subscribe('1')
    expect(await sameId.closed).toBe(4409)
  })

  it('that speaks another protocol, sends no JSON or more than 64 KB is closed', async () => {
    const [noise, large] = [await open(), await open()]
    noise.raw.send('hello')
    expect(await noise.closed).toBe(4400)
    large.raw.send('x'.repeat(64 * 1024 + 1))
    expect(await large.closed).toBe(1009)
    await expect(connect({ protocol: 'graphql-ws' })).rejects.toThrow()
  })

  it('may be opened by a page of ours with the cookie, and by no page of another site', async () => {
    const cookie = await tenant.signedIn('VIEWER')
    const own = await open({ headers: { cookie, origin: test.url } })
    expect(own.messages).toEqual([{ type: 'connection_ack' }])
    own.close()
    await expect(connect({ headers: { cookie, origin: 'https://evil.example' } })).rejects.toThrow('403')
    await expect(connect({ headers: { cookie, origin: 'null' } })).rejects.toThrow('403')
  })

  it('may have 20 subscriptions at a time and no more', async () => {
    const socket = await open()
    for (let i = 1; i <= 21; i += 1) socket.subscribe(String(i))
    expect(await socket.refusal('21')).toEqual(['RATE_LIMITED'])
    socket.send({ type: 'complete', id: '1' })
    socket.subscribe('22', { since: 'never' })
    expect(await socket.refusal('22')).toEqual(['BAD_USER_INPUT'])
    socket.close()
  })

  it('is one of at most ten of its principal; a place that is given back can be taken', async () => {
    const key = await tenant.keyWith('read')
    const ten = await Promise.all(Array.from({ length: 10 }, () => open(bearer(key))))
    expect(await (await open(bearer(key))).closed).toBe(4429)
    expect((await open()).messages).toEqual([{ type: 'connection_ack' }])
    ten[0]?.close()
    await ten[0]?.closed
    await settled(50)
    const again = await open(bearer(key))
    expect(again.messages).toEqual([{ type: 'connection_ack' }])
    for (const socket of [...ten, again]) socket.close()
  })

  it('leaves nothing behind, however often it comes and goes, also while it is being admitted', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => tenant.keyWith('read')))
    const round = async () => {
      const sockets = await Promise.all(keys.flatMap((key) => Array.from({ length: 10 }, () => open(bearer(key)))))
      for (const socket of sockets) socket.subscribe('1')
      const hasty = await Promise.all(keys.map(() => connect()))
      for (const [i, socket] of hasty.entries()) {
        socket.send({ type: 'connection_init', payload: bearer(keys[i] ?? '') })
        socket.raw.terminate()
      }
      await settled(50)
      for (const socket of sockets) socket.raw.terminate()
      await Promise.all(sockets.map(({ closed }) => closed))
      await settled(200)
    }
    await round()
    const counts = () =>
      process.getActiveResourcesInfo().filter((name) => ['TCPSocketWrap', 'Timeout'].includes(name)).length
    const before = counts()
    for (let i = 0; i < 4; i += 1) await round()
    // Each round has 110 sockets, which a busy machine takes a while to close; the pools of the database come and go.
    for (let tries = 0; counts() >= before + 40 && tries < 100; tries += 1) await settled(100)
    expect(counts()).toBeLessThan(before + 40)
  })
})

describe('a subscription', () => {
  const refused = async (query: string, options = bearer(tenant.apiKey)) => {
    const socket = await open(options)
    socket.subscribe('1', {}, query)
    const codes = await socket.refusal('1')
    socket.close()
    return codes
  }

  it('is held to the limits of documents and to the policy', async () => {
    const field = (name: string) => `${name}: title`
    expect(await refused('{ viewer { role } }')).toEqual(['BAD_USER_INPUT'])
    expect(await refused('mutation { endBudget(id: "x") { budget { id } } }')).toEqual(['BAD_USER_INPUT'])
    expect(await refused('subscription {')).toEqual(['GRAPHQL_PARSE_FAILED'])
    expect(await refused('subscription { anomalyAlerts { nothing } }')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(await refused('subscription { __schema { types { name } } }')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    const aliases = Array.from({ length: 51 }, (_, i) => field(`a${i}`)).join(' ')
    expect(await refused(`subscription { anomalyAlerts { ${aliases} } }`)).toEqual(['QUERY_TOO_COMPLEX'])
    const nested =
      'suppressed { suppressed { suppressed { suppressed { suppressed { suppressed { hours { start } } } } } } }'
    expect(await refused(`subscription { anomalyAlerts { ${nested} } }`)).toEqual(['QUERY_TOO_COMPLEX'])
    const plain = 'subscription { anomalyAlerts { id } }'
    expect(await refused(plain, bearer(await tenant.keyWith('ingest')))).toEqual(['FORBIDDEN'])
    await ask(test.url, bearer(tenant.apiKey), RECORD_FOR_CLIENT)
    const cookie = await tenant.signedIn('CLIENT', 'northwind')
    const client = await open({ headers: { cookie } })
    client.subscribe('1', {}, plain)
    expect(await client.refusal('1')).toEqual(['NOT_FOUND'])
    client.close()
  })

  it('is not answered over HTTP', async () => {
    const answer = await tenant.ask('subscription { anomalyAlerts { id } }')
    expect(answer).toEqual({
      status: 400,
      data: null,
      errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) })],
    })
  })

  it('sends alerts as they are raised and change, those of its kinds, none that another explains, and each change once', async () => {
    const own = await test.tenant()
    const socket = await open(bearer(own.apiKey))
    socket.subscribe('all')
    socket.subscribe('spikes', { kinds: ['COST_SPIKE'] })
    await settled()
    const [first = ''] = await elsewhere.raise(own.id, [draft('first')])
    await elsewhere.raise(own.id, [draft('explained', { suppressedBy: first })])
    await elsewhere.raise(own.id, [draft('fan-out', { kind: 'AGENT_FANOUT' })])
    await socket.until(() => socket.titles('all').length === 2)
    const { id } = socket.frames('all')[0] ?? { id: '' }
    await own.ask('mutation ($id: ID!) { acknowledgeAlert(id: $id) { alert { state } } }', { id })
    await own.ask('mutation ($id: ID!) { acknowledgeAlert(id: $id) { alert { state } } }', { id })
    await elsewhere.events.publish('alert', own.id, { alertId: first })
    await elsewhere.events.publish('alert', own.id, { alertId: 'nonsense' })
    await socket.until(() => socket.titles('all').length === 3)
    await settled()
    expect(socket.titles('all')).toEqual(['first', 'fan-out', 'first'])
    expect(socket.titles('spikes')).toEqual(['first', 'first'])
    socket.close()
  })

  it('needs no hint to send what a reading finds, and begins anew from an instant without a gap in 2,000 changes', async () => {
    const own = await test.tenant()
    const socket = await open(bearer(own.apiKey))
    socket.subscribe('1')
    await settled()
    const all = Array.from({ length: 2_000 }, (_, i) => `alert ${i}`)
    await elsewhere.raise(
      own.id,
      all.slice(0, 100).map((name) => draft(name)),
    )
    await socket.until(() => socket.titles('1').length === 100)
    socket.raw.terminate()
    const since = socket.frames('1').at(-1)?.updatedAt
    // Nobody hears of these; they are found by reading.
    for (let from = 100; from < 1_900; from += 300)
      await elsewhere.raise(
        own.id,
        all.slice(from, from + 300).map((name) => draft(name)),
        { hint: false },
      )
    const again = await open(bearer(own.apiKey))
    again.subscribe('2', { since })
    await elsewhere.raise(
      own.id,
      all.slice(1_900).map((name) => draft(name)),
    )
    await again.until(() => again.titles('2').length >= 1_901, 30_000)
    await settled(300)
    // The change of that very instant comes once more: others may have happened in it.
    expect(again.titles('2')).toEqual(all.slice(99))
    again.close()
  })

  it('does not wait for an instant that is still to come', async () => {
    const own = await test.tenant()
    const socket = await open(bearer(own.apiKey))
    socket.subscribe('1', { since: '2099-01-01T00:00:00+01:00' })
    await settled()
    await elsewhere.raise(own.id, [draft('now')])
    await socket.until(() => socket.titles('1').length === 1)
    socket.close()
  })

  it('refuses to replay more than 10,000 changes', async () => {
    const own = await test.tenant()
    await elsewhere.raise(own.id, [draft('one')], { hint: false })
    await test.owner.query(
      `INSERT INTO alert SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'series', n, 'dedupe_key', n))).*
       FROM alert a, generate_series(1, 10000) n WHERE a.tenant_id = $1`,
      [own.id],
    )
    const socket = await open(bearer(own.apiKey))
    socket.subscribe('1', { since: '2026-01-01T00:00:00Z' })
    expect(await socket.refusal('1')).toEqual(['BAD_USER_INPUT'])
    socket.close()
  })

  it('tells twenty tenants their own fifty alerts each, and nobody anything else', async () => {
    const tenants = await Promise.all(Array.from({ length: 20 }, () => test.tenant()))
    const sockets = await Promise.all(tenants.map(({ apiKey }) => open(bearer(apiKey))))
    for (const socket of sockets) socket.subscribe('1')
    await settled(500)
    const named = tenants.map((_, i) => Array.from({ length: 50 }, (__, n) => `tenant ${i} alert ${n}`))
    await Promise.all(
      tenants.map(async ({ id }, i) => {
        for (const name of named[i] ?? []) await elsewhere.raise(id, [draft(name)])
      }),
    )
    await Promise.all(sockets.map((socket) => socket.until(() => socket.titles('1').length >= 50, 30_000)))
    await settled(300)
    expect(sockets.map((socket) => socket.titles('1'))).toEqual(named)
    for (const socket of sockets) socket.close()
  })

  it('waits for a reader that stands still, and then sends it all there is', async () => {
    const own = await test.tenant()
    const socket = await open(bearer(own.apiKey))
    const fields = 'id title updatedAt reason'
    socket.subscribe('1', {}, `subscription { anomalyAlerts { ${fields} } }`)
    await settled()
    socket.raw.pause()
    const reason = 'x'.repeat(20_000)
    const all = Array.from({ length: 600 }, (_, i) => `alert ${i}`)
    for (let from = 0; from < 600; from += 100)
      await elsewhere.raise(
        own.id,
        all.slice(from, from + 100).map((name) => draft(name, { reason })),
      )
    await settled(1_000)
    socket.raw.resume()
    await socket.until(() => socket.titles('1').length >= 600, 30_000)
    expect(socket.titles('1')).toEqual(all)
    socket.close()
  })
})

const RECORD_FOR_CLIENT = `mutation { upsertTask(input: { key: "t", client: "northwind" }) { task { key } } }`

describe('who may no longer read', () => {
  const cut = async (socket: TestSocket, how: () => Promise<unknown>): Promise<void> => {
    socket.subscribe('1')
    await settled()
    const since = Date.now()
    await how()
    expect(await socket.closed).toBe(4403)
    expect(Date.now() - since).toBeLessThan(5_000)
  }

  it('is cut off within five seconds when the key is revoked, in whichever process', async () => {
    const key = await tenant.keyWith('read')
    const other = await open(bearer(await tenant.keyWith('read')))
    const prefix = key.slice(0, 18)
    await cut(await open(bearer(key)), async () => {
      const { rowCount } = await test.owner.query(
        'UPDATE api_key SET revoked_at = now() WHERE tenant_id = $1 AND starts_with($2, prefix)',
        [tenant.id, prefix],
      )
      expect(rowCount).toBe(1)
    })
    expect(other.raw.readyState).toBe(other.raw.OPEN)
    other.close()
  })

  it.each([
    ['the session ends', 'DELETE FROM session WHERE user_id = $1'],
    ['the membership ends', 'DELETE FROM membership WHERE user_id = $1'],
    ['the role changes', `UPDATE membership SET role = 'ADMIN' WHERE user_id = $1`],
    ['the session runs out', `UPDATE session SET expires_at = now() WHERE user_id = $1`],
  ])('is cut off within five seconds when %s', async (_name, statement) => {
    const cookie = await tenant.signedIn('VIEWER')
    const { rows } = await test.owner.query<{ user_id: string }>(
      'SELECT user_id FROM membership WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 1',
      [tenant.id],
    )
    await cut(await open({ headers: { cookie } }), () => test.owner.query(statement, [rows[0]?.user_id]))
  })
})

describe('the port', () => {
  it('answers upgrades of other addresses with 404', async () => {
    const { port } = new URL(test.url)
    const headers = { connection: 'upgrade', upgrade: 'websocket' }
    const status = await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/elsewhere', headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.on('error', reject).end()
    })
    expect(status).toBe(404)
  })

  it('is given up at once, with 1001, and who comes back misses nothing', async () => {
    const own = await test.tenant()
    const second = await createServer({ ...test.settings })
    const url = await second.listen()
    const socket = await TestSocket.open(url, bearer(own.apiKey))
    socket.subscribe('1')
    await settled()
    await elsewhere.raise(own.id, [draft('before')])
    await socket.until(() => socket.titles('1').length === 1)
    const began = Date.now()
    await second.close()
    expect(await socket.closed).toBe(1001)
    expect(Date.now() - began).toBeLessThan(4_000)
    await elsewhere.raise(own.id, [draft('meanwhile')])
    const again = await open(bearer(own.apiKey))
    again.subscribe('1', { since: socket.frames('1')[0]?.updatedAt })
    await again.until(() => again.titles('1').includes('meanwhile'))
    expect(again.titles('1')).toEqual(['before', 'meanwhile'])
    again.close()
  })

  it('keeps /graphql for itself where a portal behind it takes all other sockets', async () => {
    const upstream = createHttpServer((_request, response) => response.end('a page'))
    new WebSocketServer({ server: upstream }).on('connection', (socket) => socket.send('from the portal'))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const portal = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    const server = await createServer({ ...test.settings, portal: { kind: 'proxy', url: portal } })
    const url = await server.listen()
    const socket = await TestSocket.open(url, bearer(tenant.apiKey))
    expect(socket.messages).toEqual([{ type: 'connection_ack' }])
    await settled(300)
    expect(socket.raw.readyState).toBe(socket.raw.OPEN)
    socket.raw.terminate()
    await server.close()
    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
  })
})
