import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { idText } from '@outlay/domain/ids/id-text'
import { openDeliveryWorld, openReceiver, until, type DeliveryWorld, type Receiver } from './test-world.ts'

let world: DeliveryWorld
beforeAll(async () => {
  world = await openDeliveryWorld()
}, 120_000)

afterEach(() => world.stopWorkers())

const receivers: Receiver[] = []
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()))
  await world.close()
})

async function receiver(): Promise<Receiver> {
  const opened = await openReceiver()
  receivers.push(opened)
  return opened
}

/** What the rows say of deliveries, in their order. */
async function deliveries(tenantId: string): Promise<Record<string, unknown>[]> {
  return world.rows(
    'SELECT id, purpose, state, attempts, last_error AS error FROM alert_delivery WHERE tenant_id = $1 ORDER BY created_at, id',
    [tenantId],
  )
}

const pending = async (tenantId: string): Promise<number> =>
  (await deliveries(tenantId)).filter(({ state }) => state === 'PENDING').length

const channelState = async (id: string): Promise<unknown> =>
  (await world.rows('SELECT state, failures, last_error AS error FROM channel WHERE id = $1', [id]))[0]

/** Makes everything that waits due now. */
const hurry = (tenantId: string) =>
  world.rows(`UPDATE alert_delivery SET not_before = now() WHERE tenant_id = $1 AND state = 'PENDING'`, [tenantId])

describe('deliveries', () => {
  it('tell an alert once by mail, signed webhook and Slack, with what happened and what it costs', async () => {
    const [hook, slack] = [await receiver(), await receiver()]
    const tenantId = await world.tenant()
    const channels = [
      await world.channel(tenantId, { name: 'Ops', target: 'ops@example.com, ada@example.com' }),
      await world.channel(tenantId, { kind: 'WEBHOOK', target: `${hook.url}/in` }),
      await world.channel(tenantId, { kind: 'SLACK', target: `${slack.url}/services/T0/B0/secret` }),
    ]
    const title = 'Fleet <b>costs</b> £300 & more'
    const ids = await world.raise(tenantId, { title, channels: channels.map(({ id }) => id) })
    await world.worker().look(tenantId)
    await until(async () => (await pending(tenantId)) === 0)
    expect(await deliveries(tenantId)).toEqual(
      ids.map((id) => ({ id, purpose: 'RAISED', state: 'SENT', attempts: 1, error: null })),
    )

    const [row] = await world.rows('SELECT id FROM alert WHERE tenant_id = $1', [tenantId])
    const alertId = idText('alr', String(row?.['id']))
    const link = `https://outlay.example.com/anomalies/${alertId}`
    expect((await world.outbox()).replace(/^Date: .*$/m, 'Date: …').split('\n')).toEqual([
      'To: ops@example.com, ada@example.com',
      `Subject: [CRITICAL] ${title}`,
      `Message-ID: <${idText('dlv', ids[0] ?? '')}@outlay.example.com>`,
      'Date: …',
      '',
      `[CRITICAL] ${title}`,
      'The fleet costs six times as much as usual.',
      '',
      'Actual: 300.12 GBP',
      'Expected: 50.00 GBP',
      'Impact so far: 250.12 GBP',
      'Day: 2026-11-26',
      'State: open',
      '',
      link,
      '',
      'Outlay, Fernhill, channel Ops',
      '---',
      '',
    ])

    expect(hook.heard).toHaveLength(1)
    const [heard] = hook.heard
    expect(heard?.url).toBe('/in')
    expect(heard?.headers).toMatchObject({
      'webhook-id': idText('dlv', ids[1] ?? ''),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
    })
    expect(JSON.parse(heard?.body ?? '')).toEqual({
      type: 'alert.raised',
      timestamp: '2026-11-26T10:00:00.000000Z',
      data: {
        id: alertId,
        kind: 'COST_SPIKE',
        severity: 'CRITICAL',
        state: 'OPEN',
        scope: 'FLEET',
        key: null,
        label: null,
        title,
        reason: 'The fleet costs six times as much as usual.',
        expected: { amount: '50.00', currency: 'GBP' },
        actual: { amount: '300.125', currency: 'GBP' },
        impact: { amount: '250.125', currency: 'GBP' },
        impactPerHour: null,
        threshold: null,
        firstDay: '2026-11-26',
        lastDay: '2026-11-26',
        windowStart: '2026-11-26T00:00:00.000000Z',
        windowEnd: '2026-11-27T00:00:00.000000Z',
        raisedAt: '2026-11-26T10:00:00.000000Z',
        updatedAt: '2026-11-26T10:00:00.000000Z',
        url: link,
      },
    })

    expect(slack.heard.map(({ url }) => url)).toEqual(['/services/T0/B0/secret'])
    const message = JSON.parse(slack.heard[0]?.body ?? '') as { text: string; blocks: { text: { text: string } }[] }
    const reason = 'The fleet costs six times as much as usual.'
    expect(message.text).toBe(`[CRITICAL] Fleet &lt;b&gt;costs&lt;/b&gt; £300 &amp; more\n${reason}\n${link}`)
    expect(message.blocks[1]?.text.text).toContain(`<${link}|Open in Outlay>`)
  })

  it('are sent once each by two workers that look at the same time', async () => {
    const hook = await receiver()
    const tenantId = await world.tenant()
    const channels: string[] = []
    for (const n of [1, 2, 3]) {
      channels.push((await world.channel(tenantId, { kind: 'WEBHOOK', target: `${hook.url}/${n}` })).id)
    }
    const workers = [world.worker(), world.worker()]
    for (let n = 0; n < 20; n += 1) {
      await world.raise(tenantId, { title: `alert ${n}`, channels })
      for (const worker of workers) void worker.look(tenantId)
    }
    await until(async () => (await pending(tenantId)) === 0)
    const ids = hook.heard.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(60)
    expect(new Set(ids).size).toBe(60)
    expect((await deliveries(tenantId)).every(({ attempts }) => attempts === 1)).toBe(true)
  })

  it('are tried again, each try later, until they are given up; five in a row make a channel failing, one that arrives mends it', async () => {
    const hook = await receiver()
    hook.answer(503, 'busy\r\nnow')
    const tenantId = await world.tenant()
    const { id: channelId } = await world.channel(tenantId, { kind: 'WEBHOOK', target: hook.url })
    const worker = world.worker()
    const [deliveryId] = await world.raise(tenantId, { title: 'one', channels: [channelId] })
    const waits: number[] = []
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await worker.look(tenantId)
      await until(async () => (await deliveries(tenantId))[0]?.['attempts'] === attempt)
      const [row] = await world.rows(
        `SELECT round(extract(epoch FROM not_before - updated_at))::int AS wait FROM alert_delivery WHERE id = $1`,
        [deliveryId],
      )
      if (attempt < 8) waits.push(Number(row?.['wait']))
      await hurry(tenantId)
    }
    expect(waits).toEqual([5, 30, 120, 600, 1_800, 7_200, 21_600])
    const error = 'It answered 503: busy now.'
    expect(await deliveries(tenantId)).toEqual([
      { id: deliveryId, purpose: 'RAISED', state: 'GIVEN_UP', attempts: 8, error },
    ])
    expect(new Set(hook.heard.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([idText('dlv', deliveryId ?? '')]),
    )
    const log = await world.rows(
      'SELECT attempt, status, error, ms >= 0 AS timed FROM delivery_attempt WHERE delivery_id = $1 ORDER BY attempt',
      [deliveryId],
    )
    expect(log).toEqual(Array.from({ length: 8 }, (_, n) => ({ attempt: n + 1, status: 503, error, timed: true })))
    expect(await channelState(channelId)).toEqual({ state: 'ACTIVE', failures: 1, error })

    hook.answer(410)
    for (let n = 2; n <= 5; n += 1) await world.raise(tenantId, { title: `no. ${n}`, channels: [channelId] })
    await worker.look(tenantId)
    await until(async () => (await pending(tenantId)) === 0)
    expect(await channelState(channelId)).toEqual({ state: 'FAILING', failures: 5, error: 'It answered 410.' })

    hook.answer(204)
    expect((await world.channels.replay(tenantId, deliveryId ?? '')).userErrors).toEqual([])
    await worker.look(tenantId)
    await until(async () => (await pending(tenantId)) === 0)
    expect((await deliveries(tenantId))[0]).toEqual({
      id: deliveryId,
      purpose: 'RAISED',
      state: 'SENT',
      attempts: 1,
      error: null,
    })
    expect(await channelState(channelId)).toEqual({ state: 'ACTIVE', failures: 0, error: null })
  })

  it('are sent when they are due, not at the next look', async () => {
    const hook = await receiver()
    const tenantId = await world.tenant()
    const { id: channelId } = await world.channel(tenantId, { kind: 'WEBHOOK', target: hook.url })
    const notBefore = new Date(Date.now() + 400)
    await world.raise(tenantId, { title: 'later', channels: [channelId], notBefore })
    await world.worker().look(tenantId)
    await until(() => hook.heard.length === 1)
    expect(Date.now()).toBeGreaterThanOrEqual(notBefore.getTime())
  })

  it('of a channel that answers nobody hold up no other', async () => {
    const [dead, alive] = [await receiver(), await receiver()]
    dead.answer(null)
    const tenantId = await world.tenant()
    const { id: deadId } = await world.channel(tenantId, { kind: 'WEBHOOK', target: dead.url })
    const { id: aliveId } = await world.channel(tenantId, { kind: 'WEBHOOK', target: alive.url })
    for (let n = 0; n < 3; n += 1) await world.raise(tenantId, { title: `${n}`, channels: [deadId, aliveId] })
    await world.worker().look(tenantId)
    await until(() => alive.heard.length === 3)
    expect(dead.heard.length).toBeLessThanOrEqual(1)
    await until(async () => (await deliveries(tenantId)).some(({ error }) => error !== null))
    expect((await deliveries(tenantId)).flatMap(({ error }) => error ?? [])[0]).toBe(
      'There was no answer within 5 seconds.',
    )
    await world.channels.end(tenantId, { channelId: deadId, by: 'ada@example.com' })
  })

  it('of a digest channel are one message, which the deliveries point to; one alone is told as it is', async () => {
    const hook = await receiver()
    const tenantId = await world.tenant()
    const digest = { kind: 'WEBHOOK', target: hook.url, digest: 'HOURLY' } as const
    const { id: channelId } = await world.channel(tenantId, digest)
    const later = new Date(Date.now() + 3_600_000)
    for (const title of ['a', 'b', 'c']) {
      await world.raise(tenantId, { title, channels: [channelId], ...(title === 'c' ? { notBefore: later } : {}) })
    }
    await Promise.all([world.worker().look(tenantId), world.worker().look(tenantId)])
    await until(async () => (await pending(tenantId)) === 1)
    await until(() => hook.heard.length > 0)
    const { type, data } = JSON.parse(hook.heard[0]?.body ?? '') as {
      type: string
      data: { alerts: { type: string; data: { title: string } }[] }
    }
    expect(type).toBe('alert.digest')
    expect(data.alerts.map((alert) => [alert.type, alert.data.title])).toEqual([
      ['alert.raised', 'a'],
      ['alert.raised', 'b'],
    ])
    expect(hook.heard).toHaveLength(1)
    const [critical] = await world.raise(tenantId, { title: 'alone', channels: [channelId] })
    await world.worker().look(tenantId)
    await until(() => hook.heard.length === 2)
    expect(JSON.parse(hook.heard[1]?.body ?? '')).toMatchObject({ type: 'alert.raised', data: { title: 'alone' } })
    await until(async () => (await pending(tenantId)) === 1)
    const rows = await world.rows(
      `SELECT d.state, x.purpose AS within, x.state AS "withinState" FROM alert_delivery d LEFT JOIN alert_delivery x ON x.id = d.digest_id
       WHERE d.tenant_id = $1 AND d.purpose <> 'DIGEST' AND d.id <> $2 ORDER BY d.created_at`,
      [tenantId, critical],
    )
    expect(rows).toEqual([
      { state: 'DIGESTED', within: 'DIGEST', withinState: 'SENT' },
      { state: 'DIGESTED', within: 'DIGEST', withinState: 'SENT' },
      { state: 'PENDING', within: null, withinState: null },
    ])
  })

  it('of a paused channel wait for a day and are dropped then; those of an ended one are dropped at once; a test is sent', async () => {
    const hook = await receiver()
    const tenantId = await world.tenant()
    const { id: channelId } = await world.channel(tenantId, { kind: 'WEBHOOK', target: hook.url })
    const wish = { channelId, by: 'ada@example.com' }
    await world.channels.pause(tenantId, wish)
    const dayAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)
    await world.raise(tenantId, { title: 'old', channels: [channelId], notBefore: dayAgo(25) })
    await world.raise(tenantId, { title: 'held', channels: [channelId], notBefore: dayAgo(23) })
    const worker = world.worker()
    await world.channels.requestTest(tenantId, channelId)
    await worker.look(tenantId)
    await until(async () => (await pending(tenantId)) === 1)
    expect(hook.heard.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(['channel.test'])
    expect((await deliveries(tenantId)).map(({ state, error }) => [state, error])).toEqual([
      ['DROPPED', 'The channel was paused for more than a day.'],
      ['PENDING', null],
      ['SENT', null],
    ])

    await world.channels.resume(tenantId, wish)
    await worker.look(tenantId)
    await until(async () => (await pending(tenantId)) === 0)
    expect(hook.heard).toHaveLength(2)

    await world.channels.end(tenantId, wish)
    await world.raise(tenantId, { title: 'late', channels: [channelId] })
    await worker.look(tenantId)
    await until(async () => (await pending(tenantId)) === 0)
    expect((await deliveries(tenantId)).at(-1)).toMatchObject({ state: 'DROPPED', error: 'The channel has ended.' })
    expect(hook.heard).toHaveLength(2)
    expect((await world.channels.requestTest(tenantId, channelId)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
  })

  it('say that the secret of a channel is of another installation', async () => {
    const tenantId = await world.tenant()
    const { id: sealed } = await world.channel(tenantId, { kind: 'WEBHOOK', target: 'https://hooks.example.com/' })
    await world.rows(`UPDATE channel SET secret = '\\x01'::bytea WHERE id = $1`, [sealed])
    await world.raise(tenantId, { title: 'one', channels: [sealed] })
    await world.worker().look(tenantId)
    await until(async () => (await deliveries(tenantId))[0]?.['attempts'] === 1)
    expect((await deliveries(tenantId))[0]?.['error']).toMatch(/^The secret of the channel cannot be opened/)
  })

  it('hold nothing of another tenant (fault T-11)', async () => {
    const [hook, slack] = [await receiver(), await receiver()]
    const names = ['canary-alpha', 'canary-beta']
    const before = (await world.outbox()).length
    for (const name of names) {
      const tenantId = await world.tenant(name)
      const channels: string[] = []
      const to = { EMAIL: `${name}@example.com`, WEBHOOK: `${hook.url}/${name}`, SLACK: `${slack.url}/${name}` }
      for (const [kind, target] of Object.entries(to)) {
        const input = { kind: kind as 'EMAIL', target, name: `${kind} of ${name}` }
        channels.push((await world.channel(tenantId, input)).id)
      }
      await world.raise(tenantId, { title: `title of ${name}`, channels })
      channels.push((await world.channel(tenantId, { ...to, target: to.EMAIL, digest: 'HOURLY' })).id)
      for (const n of [1, 2])
        await world.raise(tenantId, { title: `digest ${n} of ${name}`, channels: channels.slice(-1) })
      await world.worker().look(tenantId)
      await until(async () => (await pending(tenantId)) === 0)
      await world.stopWorkers()
    }
    const mails = (await world.outbox()).slice(before).split('\n---\n')
    const posts = [...hook.heard, ...slack.heard].map(({ url, body }) => `${url}\n${body}`)
    const artefacts = [...mails, ...posts].filter((text) => text.includes('canary'))
    expect(artefacts).toHaveLength(8)
    for (const artefact of artefacts) {
      expect(names.filter((name) => artefact.includes(name))).toHaveLength(1)
    }
  })
})
