import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hookPolicy } from '@outlay/db/channels/hook-policy'
import { sealer } from '@outlay/db/channels/seal'
import { testSecret } from '@outlay/db/embedded/test-database'
import { openDeliveries, type Deliveries } from '@outlay/workers/delivery/deliveries'
import { openMailer } from '@outlay/workers/mail/mailer'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { ask, startTestServer, type Answer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

const hooks = hookPolicy('127.0.0.1')
let test: TestServer
let worker: Deliveries

beforeAll(async () => {
  test = await startTestServer({ hooks })
  worker = openDeliveries({
    app: test.server.pool,
    auth: test.server.authPool,
    log: pino({ level: 'silent' }),
    tools: {
      mailer: openMailer({ smtp: null, dataDir: test.settings.dataDir }),
      mailDomain: 'localhost',
      sealer: sealer(testSecret),
      hooks,
      publicUrl: null,
    },
    lookMs: 50,
  })
}, 120_000)

afterAll(async () => {
  await worker.close()
  await test.close()
})

const FIELDS = `id name kind target kinds minSeverity scopes { scope key label } digest digestHour quietFrom quietTo criticalBreaksQuiet
  state lastError createdBy`

type Asking = (query: string, variables?: Record<string, unknown>) => Promise<Answer>
type UserErrors = { code: string; message: string; field: string[] | null }[]
interface Payload {
  channel: Record<string, unknown> | null
  delivery: Record<string, unknown> | null
  signingSecret: string | null
  userErrors: UserErrors
}

async function change(asking: Asking, call: string, fields: string, input: object = {}): Promise<Payload> {
  const usesInput = call.includes('$input')
  const answer = await asking(
    `mutation M${usesInput ? '($input: ChannelInput!)' : ''} { change: ${call} { ${fields} userErrors { code message field } } }`,
    usesInput ? { input } : {},
  )
  expect(answer.errors).toEqual([])
  return (answer.data as unknown as { change: Payload }).change
}

const create = (asking: Asking, input: object) =>
  change(asking, 'createChannel(input: $input)', `channel { ${FIELDS} } signingSecret`, {
    name: `channel ${uuidv7()}`,
    kind: 'EMAIL',
    target: 'ops@example.com',
    ...input,
  })

const idOf = ({ channel }: Payload): string => String(channel?.['id'])

async function channelsOf(asking: Asking): Promise<Record<string, unknown>[]> {
  const { data } = await asking(`{ channels { ${FIELDS} } }`)
  return (data as unknown as { channels: Record<string, unknown>[] }).channels
}

async function withAgent(tenant: TestTenant, key: string): Promise<void> {
  await test.owner.query('INSERT INTO agent (tenant_id, id, key, name) VALUES ($1, $2, $3, $4)', [
    tenant.id,
    uuidv7(),
    key,
    `The ${key} agent`,
  ])
}

describe('channels', () => {
  it('are made, listed, changed, paused, resumed and ended', async () => {
    const tenant = await test.tenant()
    await withAgent(tenant, 'coding')
    const made = await create(tenant.ask, {
      name: ' Ops ',
      target: 'ops@example.com,ada@example.com',
      kinds: ['COST_SPIKE', 'COST_SPIKE'],
      minSeverity: 'WARNING',
      scopes: [{ scope: 'AGENT', key: 'coding' }, { scope: 'FLEET' }],
      digest: 'DAILY',
      quietFrom: '22:00',
      quietTo: '07:00',
    })
    const stored = {
      id: expect.stringMatching(/^chn_/),
      name: 'Ops',
      kind: 'EMAIL',
      target: 'ops@example.com, ada@example.com',
      kinds: ['COST_SPIKE'],
      minSeverity: 'WARNING',
      scopes: [
        { scope: 'AGENT', key: 'coding', label: 'The coding agent' },
        { scope: 'FLEET', key: null, label: 'Fleet' },
      ],
      digest: 'DAILY',
      digestHour: 8,
      quietFrom: '22:00',
      quietTo: '07:00',
      criticalBreaksQuiet: true,
      state: 'ACTIVE',
      lastError: null,
      createdBy: 'API key Test',
    }
    expect(made).toEqual({ channel: stored, signingSecret: null, userErrors: [] })
    expect(await channelsOf(tenant.ask)).toEqual([stored])

    const id = idOf(made)
    const plain = { name: 'On call', kind: 'EMAIL', target: 'duty@example.com' }
    const changed = await change(
      tenant.ask,
      `updateChannel(id: "${id}", input: $input)`,
      `channel { ${FIELDS} }`,
      plain,
    )
    expect(changed.channel).toEqual({
      ...stored,
      ...{ id, name: 'On call', target: 'duty@example.com', kinds: [], minSeverity: 'INFO', scopes: [] },
      ...{ digest: 'NONE', digestHour: null, quietFrom: null, quietTo: null },
    })
    for (const [call, state] of Object.entries({
      pauseChannel: 'PAUSED',
      resumeChannel: 'ACTIVE',
      endChannel: 'ACTIVE',
    })) {
      const { channel, userErrors } = await change(tenant.ask, `${call}(id: "${id}")`, 'channel { state }')
      expect([userErrors, channel]).toEqual([[], { state }])
    }
    expect(await channelsOf(tenant.ask)).toEqual([])
    const again = await change(tenant.ask, `pauseChannel(id: "${id}")`, 'channel { id }')
    expect(again.userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['id'] }])
    expect((await tenant.ask(`{ channel(id: "${id}") { id } }`)).data).toEqual({ channel: null })
  })

  it('show a signing secret once, and of a hook what is no secret', async () => {
    const tenant = await test.tenant()
    const hook = await create(tenant.ask, {
      name: 'Hook',
      kind: 'WEBHOOK',
      target: 'https://hooks.example.com/in?token=1',
    })
    expect(hook.signingSecret).toMatch(/^whsec_[\w+/]{43}=$/)
    const address = 'https://hooks.slack.com/services/T000/B000/XXXXXXXX'
    const slack = await create(tenant.ask, { name: 'Slack', kind: 'SLACK', target: address })
    expect(slack).toMatchObject({ channel: { target: 'hooks.slack.com' }, signingSecret: null })

    const viewer = await personIn(tenant, 'VIEWER')
    const shown = async (asking: Asking) => (await channelsOf(asking)).map(({ target }) => target)
    expect(await shown(tenant.ask)).toEqual(['https://hooks.example.com/in?token=1', 'hooks.slack.com'])
    expect(await shown(viewer)).toEqual(['hooks.example.com', 'hooks.slack.com'])
    const { rows } = await test.owner.query('SELECT c::text AS dump FROM channel c WHERE tenant_id = $1', [tenant.id])
    const dump = (rows as { dump: string }[]).map((row) => row.dump).join('\n')
    expect(dump).not.toContain('XXXXXXXX')
    expect(dump).not.toContain(hook.signingSecret ?? '')

    const next = await change(tenant.ask, `rotateChannelSecret(id: "${idOf(hook)}")`, 'channel { id } signingSecret')
    expect(next.signingSecret).toMatch(/^whsec_/)
    expect(next.signingSecret).not.toBe(hook.signingSecret)
    const none = await change(tenant.ask, `rotateChannelSecret(id: "${idOf(slack)}")`, 'channel { id } signingSecret')
    expect(none.userErrors).toEqual([
      {
        code: 'INVALID_FIELD',
        message: 'The channel "Slack" is of kind SLACK; only a WEBHOOK has a signing secret.',
        field: ['id'],
      },
    ])

    const kept = await change(tenant.ask, `updateChannel(id: "${idOf(slack)}", input: $input)`, 'channel { target }', {
      name: 'Slack',
      kind: 'SLACK',
      target: 'hooks.slack.com',
    })
    expect(kept).toMatchObject({ channel: { target: 'hooks.slack.com' }, userErrors: [] })
    const sealed = await test.owner.query('SELECT id, secret FROM channel WHERE tenant_id = $1 AND kind = $2', [
      tenant.id,
      'SLACK',
    ])
    const [row] = sealed.rows as { id: string; secret: Buffer }[]
    expect(sealer(testSecret).open(row?.secret ?? Buffer.of(), { tenantId: tenant.id, id: row?.id ?? '' })).toBe(
      address,
    )
  })

  it.each([
    [{ name: ' ' }, 'INVALID_FIELD', ['input', 'name']],
    [{ target: '' }, 'MISSING_FIELD', ['input', 'target']],
    [{ target: 'ops@example.com\nBcc: eve@example.com' }, 'INVALID_FIELD', ['input', 'target']],
    [{ kind: 'WEBHOOK', target: 'http://hooks.example.com/' }, 'INVALID_FIELD', ['input', 'target']],
    [{ kind: 'WEBHOOK', target: 'https://169.254.169.254/' }, 'PRIVATE_ADDRESS', ['input', 'target']],
    [{ kind: 'SLACK', target: 'https://localhost/' }, 'PRIVATE_ADDRESS', ['input', 'target']],
    [{ kind: 'SLACK', target: 'hooks.slack.com' }, 'INVALID_FIELD', ['input', 'target']],
    [{ scopes: [{ scope: 'FLEET' }, { scope: 'AGENT', key: 'nobody' }] }, 'NOT_FOUND', ['input', 'scopes', '1', 'key']],
    [{ scopes: [{ scope: 'CLIENT' }] }, 'MISSING_FIELD', ['input', 'scopes', '0', 'key']],
    [{ scopes: [{ scope: 'FLEET', key: 'x' }] }, 'INVALID_FIELD', ['input', 'scopes', '0', 'key']],
    [{ digest: 'DAILY', digestHour: 24 }, 'INVALID_FIELD', ['input', 'digestHour']],
    [{ digest: 'HOURLY', digestHour: 8 }, 'INVALID_FIELD', ['input', 'digestHour']],
    [{ quietFrom: '22:00' }, 'MISSING_FIELD', ['input', 'quietTo']],
    [{ quietFrom: '22:00', quietTo: '24:00' }, 'INVALID_FIELD', ['input', 'quietTo']],
    [{ quietFrom: '22:00', quietTo: '22:00' }, 'INVALID_FIELD', ['input', 'quietTo']],
  ])('are refused with what is wrong: %j', async (input, code, field) => {
    const tenant = (refusing ??= await test.tenant())
    const payload = await create(tenant.ask, input)
    expect(payload).toEqual({
      channel: null,
      signingSecret: null,
      userErrors: [{ code, message: expect.stringMatching(/^.{20,}\.$/), field }],
    })
    expect(await channelsOf(tenant.ask)).toEqual([])
  })
  let refusing: TestTenant | null = null

  it('have names of their own, and keep their kind', async () => {
    const tenant = await test.tenant()
    const first = await create(tenant.ask, { name: 'Ops' })
    expect((await create(tenant.ask, { name: 'Ops' })).userErrors).toMatchObject([
      { code: 'CONFLICT', field: ['input', 'name'] },
    ])
    const other = { name: 'Ops', kind: 'SLACK', target: 'https://hooks.slack.com/services/1' }
    const changed = await change(
      tenant.ask,
      `updateChannel(id: "${idOf(first)}", input: $input)`,
      'channel { id }',
      other,
    )
    expect(changed.userErrors).toMatchObject([{ code: 'INVALID_FIELD', field: ['input', 'kind'] }])
    await change(tenant.ask, `endChannel(id: "${idOf(first)}")`, 'channel { id }')
    expect((await create(tenant.ask, { name: 'Ops' })).userErrors).toEqual([])
  })

  it('are tested the way alerts are told, and say what was answered', async () => {
    const tenant = await test.tenant()
    let status = 500
    const server = http.createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const id = idOf(await create(tenant.ask, { kind: 'WEBHOOK', target }))
    const tried = `delivery { id purpose state lastError attempts { status error } channel { id state lastError } }`
    const failed = await change(tenant.ask, `testChannel(id: "${id}")`, tried)
    const error = 'It answered 500.'
    expect(failed.delivery).toEqual({
      id: expect.stringMatching(/^dlv_/),
      purpose: 'TEST',
      state: 'GIVEN_UP',
      lastError: error,
      attempts: [{ status: 500, error }],
      channel: { id, state: 'ACTIVE', lastError: error },
    })
    status = 200
    const replayed = await change(
      tenant.ask,
      `replayDelivery(id: "${String(failed.delivery?.['id'])}")`,
      'delivery { state }',
    )
    expect(replayed.userErrors).toEqual([])
    const sent = await change(tenant.ask, `testChannel(id: "${id}")`, tried)
    expect(sent.delivery).toMatchObject({ state: 'SENT', attempts: [{ status: 200, error: null }] })
    const log = await tenant.ask(`{ channel(id: "${id}") { lastError deliveries(first: 5) { state purpose } } }`)
    expect(log.data).toEqual({
      channel: {
        lastError: null,
        deliveries: [
          { state: 'SENT', purpose: 'TEST' },
          { state: 'SENT', purpose: 'TEST' },
        ],
      },
    })
    server.close()
  })

  it('are managed by management, seen by staff, and are nothing to a client', async () => {
    const tenant = await test.tenant()
    const id = idOf(await create(tenant.ask, { name: 'Ops' }))
    const [viewer, client] = [await personIn(tenant, 'VIEWER'), await personIn(tenant, 'CLIENT')]
    expect(await channelsOf(viewer)).toMatchObject([{ name: 'Ops' }])
    const codes = async (asking: Asking, document: string) =>
      (await asking(document)).errors.map(({ extensions }) => extensions['code'])
    expect(await codes(viewer, `mutation { endChannel(id: "${id}") { channel { id } } }`)).toEqual(['FORBIDDEN'])
    expect(await codes(client, '{ channels { id } }')).toEqual(['NOT_FOUND'])
    expect(await codes(client, `mutation { testChannel(id: "${id}") { delivery { id } } }`)).toEqual(['FORBIDDEN'])
  })

  it('are of one tenant: another one finds neither the channel nor its deliveries', async () => {
    const [mine, theirs] = [await test.tenant(), await test.tenant()]
    const id = idOf(await create(mine.ask, {}))
    const { delivery } = await change(mine.ask, `testChannel(id: "${id}")`, 'delivery { id }')
    expect((await theirs.ask(`{ channel(id: "${id}") { id } }`)).data).toEqual({ channel: null })
    const calls = ['pauseChannel', 'resumeChannel', 'endChannel', 'rotateChannelSecret'].map(
      (name) => `${name}(id: "${id}")`,
    )
    for (const call of calls) {
      expect((await change(theirs.ask, call, 'channel { id }')).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    }
    for (const call of [`testChannel(id: "${id}")`, `replayDelivery(id: "${String(delivery?.['id'])}")`]) {
      expect((await change(theirs.ask, call, 'delivery { id }')).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    }
  })
})

async function personIn(tenant: TestTenant, role: 'VIEWER' | 'CLIENT'): Promise<Asking> {
  if (role === 'CLIENT') {
    await test.owner.query(`INSERT INTO client (tenant_id, id, key, name) VALUES ($1, $2, 'acme', 'acme')`, [
      tenant.id,
      uuidv7(),
    ])
  }
  const cookie = await tenant.signedIn(role, role === 'CLIENT' ? 'acme' : undefined)
  const headers = { cookie, 'x-outlay-tenant': tenant.key }
  return (query, variables) => ask(test.url, headers, query, variables)
}
