import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { encodeId } from '../../graphql/ids.ts'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { change, publishPrices, spend, spendAll } from '../budget/budget-api-kit.ts'
import { alertsElsewhere, draft } from './alert-test-kit.ts'

jest.setTimeout(60_000)

let test: TestServer
let tenant: TestTenant
let elsewhere: ReturnType<typeof alertsElsewhere>

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'UTC' })
  elsewhere = alertsElsewhere(test)
}, 120_000)

afterAll(async () => {
  await elsewhere.close()
  await test.close()
})

let made = 0

/** A new alert, by its id. */
async function raised(given: Parameters<typeof draft>[1] = {}): Promise<string> {
  const [uuid = ''] = await elsewhere.raise(tenant.id, [draft(`alert ${(made += 1)}`, given)])
  return encodeId('Alert', uuid)
}

const STANDING = `state acknowledgedBy endedBy dismissReason assignee snoozedUntil feedback history { action actor note }`
const act = (call: string, id: string) =>
  change(tenant, `mutation ($id: ID!) { ${call} { alert { ${STANDING} } userErrors { code message field } } }`, { id })
const by = 'API key Test'
const RAISED = { action: 'RAISED', actor: 'Outlay', note: expect.any(String) }

describe('handling an alert', () => {
  it('acknowledges and resolves it; the same again is a success that changes nothing', async () => {
    const id = await raised()
    const acknowledged = await act('acknowledgeAlert(id: $id)', id)
    expect(acknowledged).toMatchObject({
      userErrors: [],
      alert: {
        state: 'ACKNOWLEDGED',
        acknowledgedBy: by,
        history: [RAISED, { action: 'ACKNOWLEDGED', actor: by, note: null }],
      },
    })
    expect(await act('acknowledgeAlert(id: $id)', id)).toEqual(acknowledged)
    const resolved = await act('resolveAlert(id: $id)', id)
    expect(resolved).toMatchObject({ userErrors: [], alert: { state: 'RESOLVED', endedBy: by } })
    expect(await act('resolveAlert(id: $id)', id)).toEqual(resolved)
    expect(await act('dismissAlert(id: $id, reason: "too late")', id)).toEqual({
      alert: null,
      userErrors: [{ code: 'ALERT_ENDED', message: expect.stringContaining(by), field: null }],
    })
  })

  it('dismisses it with a reason that stays with it, and not without', async () => {
    const id = await raised()
    expect(await act('dismissAlert(id: $id, reason: " x ")', id)).toMatchObject({
      alert: null,
      userErrors: [{ code: 'MISSING_FIELD', field: ['reason'] }],
    })
    expect(await act('dismissAlert(id: $id, reason: "a planned launch")', id)).toMatchObject({
      alert: { state: 'DISMISSED', endedBy: by, dismissReason: 'a planned launch' },
    })
  })

  it.each([
    ['no instant', 'never', 'INVALID_FIELD'],
    ['the past', '2020-01-01T00:00:00Z', 'INVALID_FIELD'],
    ['more than 30 days', new Date(Date.now() + 31 * 86_400_000).toISOString(), 'INVALID_FIELD'],
    ['tomorrow', new Date(Date.now() + 86_400_000).toISOString(), null],
  ])('snoozes it until %s', async (_name, until, code) => {
    const { alert, userErrors } = await act(`snoozeAlert(id: $id, until: "${until}")`, await raised())
    if (code === null) expect(alert).toMatchObject({ snoozedUntil: until.replace('.000Z', 'Z') })
    else expect(userErrors).toEqual([{ code, message: expect.any(String), field: ['until'] }])
  })

  it('assigns it, takes that back, and keeps what people say of it', async () => {
    const id = await raised()
    expect(await act('assignAlert(id: $id)', id)).toMatchObject({ userErrors: [], alert: { assignee: null } })
    expect(await act('assignAlert(id: $id, to: "nobody@example.com")', id)).toEqual({
      alert: null,
      userErrors: [
        {
          code: 'NOT_FOUND',
          message: '"nobody@example.com" is no member who may handle this alert; give the e-mail address of one.',
          field: ['to'],
        },
      ],
    })
    const member = async (role: 'PROJECT_MANAGER' | 'VIEWER'): Promise<string> => {
      const { data } = await ask(test.url, { cookie: await tenant.signedIn(role) }, '{ viewer { email } }')
      return (data as { viewer: { email: string } } | null)?.viewer.email ?? ''
    }
    const [manager, viewer] = [await member('PROJECT_MANAGER'), await member('VIEWER')]
    const { data } = await tenant.ask(`query ($id: ID!) { alert(id: $id) { assignees { email } } }`, { id })
    expect(data).toEqual({ alert: { assignees: [{ email: manager }] } })
    expect(await act(`assignAlert(id: $id, to: " ${manager.toUpperCase()} ")`, id)).toMatchObject({
      alert: { assignee: manager },
      userErrors: [],
    })
    // Who only looks at alerts is given none.
    expect(await act(`assignAlert(id: $id, to: "${viewer}")`, id)).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND' }],
    })
    expect(await act('giveAlertFeedback(id: $id, feedback: WRONG)', id)).toMatchObject({ alert: { feedback: 'WRONG' } })
  })

  it('says NOT_FOUND of one that is not there, and BAD_USER_INPUT of the id of something else', async () => {
    expect(await act('acknowledgeAlert(id: $id)', `alr_${'0'.repeat(26)}`)).toMatchObject({
      alert: null,
      userErrors: [{ code: 'NOT_FOUND' }],
    })
    const { errors } = await tenant.ask('mutation { resolveAlert(id: "bdg_1") { alert { id } } }')
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'id' })
  })

  it.each([
    ['PROJECT_MANAGER', undefined, undefined],
    ['VIEWER', 'FORBIDDEN', undefined],
    ['CLIENT', 'FORBIDDEN', 'NOT_FOUND'],
  ] as const)('is for %s: %s; reading: %s', async (role, handling, reading) => {
    await tenant.ask('mutation { upsertTask(input: { key: "t", client: "northwind" }) { task { key } } }')
    const cookie = await tenant.signedIn(role, role === 'CLIENT' ? 'northwind' : undefined)
    const code = async (query: string) => (await ask(test.url, { cookie }, query)).errors[0]?.extensions['code']
    expect(await code(`mutation { acknowledgeAlert(id: "${await raised()}") { userErrors { code } } }`)).toBe(handling)
    for (const query of ['{ alerts { totalCount } }', '{ alertCounts { open } }', '{ detector { series } }'])
      expect(await code(query)).toBe(reading)
  })
})

describe('the list of alerts', () => {
  it('pages by time and by impact, filters, counts, and nests what another alert explains', async () => {
    const own = await test.tenant({ timeZone: 'UTC' })
    const pound = 10n ** 18n
    const [agent = ''] = await elsewhere.raise(own.id, [draft('agent', { impact: 3n * pound })])
    await elsewhere.raise(own.id, [
      draft('fleet', { suppressedBy: agent }),
      draft('small', { impact: pound, kind: 'COST_SHIFT' }),
      draft('large', { impact: 9n * pound }),
      draft('none', { impact: null }),
    ])
    const list = async (args: string) => {
      const { data, errors } = await own.ask(
        `{ alerts(${args}) { totalCount nodes { title } pageInfo { endCursor } } }`,
      )
      expect(errors).toEqual([])
      const { alerts } = data as unknown as {
        alerts: { totalCount: number; nodes: { title: string }[]; pageInfo: { endCursor: string } }
      }
      return { ...alerts, titles: alerts.nodes.map(({ title }) => title) }
    }
    expect((await list('first: 50')).titles).toEqual(['none', 'large', 'small', 'agent'])
    expect((await list('includeSuppressed: true')).totalCount).toBe(5)
    for (const order of ['NEWEST', 'IMPACT']) {
      const first = await list(`orderBy: ${order}, first: 2`)
      const rest = await list(`orderBy: ${order}, first: 2, after: "${first.pageInfo.endCursor}"`)
      const all = await list(`orderBy: ${order}`)
      expect([...first.titles, ...rest.titles]).toEqual(all.titles)
      expect(all.titles[0]).toBe(order === 'NEWEST' ? 'none' : 'large')
    }
    expect((await list('kinds: [COST_SHIFT]')).titles).toEqual(['small'])
    expect((await list('state: OPEN, isOpen: false')).titles).toEqual([])
    expect((await list('scope: AGENT, key: "nobody"')).totalCount).toBe(0)
    expect((await list('range: { from: "2026-03-03", to: "2026-04-01" }')).titles).toEqual([])
    const { data } = await own.ask(
      `query ($id: ID!) { alertCounts { open acknowledged resolved dismissed }
      node(id: $id) { ... on Alert { title suppressed { title suppressedBy { title } } } } }`,
      { id: encodeId('Alert', agent) },
    )
    expect(data).toEqual({
      alertCounts: { open: 4, acknowledged: 0, resolved: 0, dismissed: 0 },
      node: { title: 'agent', suppressed: [{ title: 'fleet', suppressedBy: { title: 'agent' } }] },
    })
  })

  it.each(['after: "nonsense"', 'first: 101', 'key: "writer"', 'range: { from: "2026-03-02", to: "2026-03-01" }'])(
    'refuses %s',
    async (args) => {
      const { errors } = await tenant.ask(`{ alerts(${args}) { totalCount } }`)
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
    },
  )

  it('shows the days and hours that led to an alert', async () => {
    const own = await test.tenant({ timeZone: 'UTC' })
    await publishPrices(own)
    await spend(own, 4, '2026-03-01T09:30:00Z')
    await spend(own, 7, '2026-03-02T22:30:00Z')
    await elsewhere.raise(own.id, [draft('a spike')])
    const { data, errors } = await own.ask(
      '{ alerts { nodes { days(count: 3) { day actual { amount } isPartial } hours { start actual { amount } } } } }',
    )
    expect(errors).toEqual([])
    const [alert] = (data as unknown as { alerts: { nodes: { days: unknown; hours: { actual: unknown }[] }[] } }).alerts
      .nodes
    expect(alert?.days).toEqual([
      { day: '2026-02-28', actual: { amount: '0.00' }, isPartial: false },
      { day: '2026-03-01', actual: { amount: '4.00' }, isPartial: false },
      { day: '2026-03-02', actual: { amount: '7.00' }, isPartial: false },
    ])
    const sums = [...Array.from({ length: 22 }, () => '0.00'), '7.00', '7.00']
    expect(alert?.hours.map(({ actual }) => actual)).toEqual(sums.map((amount) => ({ amount })))
  })

  it('spreads what was expected of the day over its hours as the same weekdays before were', async () => {
    const own = await test.tenant({ timeZone: 'UTC' })
    await publishPrices(own)
    // £20 a day, and on Mondays £10 in the morning and £30 in the afternoon: what is expected of a Monday is not their mean.
    const past = Array.from({ length: 56 }, (_, n) => new Date(Date.parse('2026-03-01') - n * 86_400_000))
    const spent = past.flatMap((day) => {
      const at = (time: string) => `${day.toISOString().slice(0, 10)}T${time}:00Z`
      const monday = [
        { pounds: 10, at: at('09:30') },
        { pounds: 30, at: at('15:30') },
      ]
      return day.getUTCDay() === 1 ? monday : [{ pounds: 20, at: at('10:30') }]
    })
    await spendAll(own, [...spent, { pounds: 200, at: '2026-03-02T11:00:00Z' }])
    await elsewhere.raise(own.id, [draft('a spike')])
    const { data, errors } = await own.ask(
      '{ alerts { nodes { days(count: 1) { expected { amount } } hours { expected { amount } } } } }',
    )
    expect(errors).toEqual([])
    interface Point {
      expected: { amount: string }
    }
    const [alert] = (data as unknown as { alerts: { nodes: { days: Point[]; hours: Point[] }[] } }).alerts.nodes
    const amounts = (points: readonly Point[] = []) => points.map(({ expected }) => parseFixed18(expected.amount))
    const [whole = 0n] = amounts(alert?.days)
    const quarter = divideHalfEven(whole, 4n)
    expect(whole).toBeGreaterThan(0n)
    expect(whole).not.toBe(parseFixed18('40'))
    expect(amounts(alert?.hours)).toEqual(
      Array.from({ length: 24 }, (_, hour) => (hour < 9 ? 0n : hour < 15 ? quarter : whole)),
    )
  })
})
