import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addDays, addMonths } from '@outlay/domain/periods/calendar-date'
import { closeMonth } from '../pools/pool-test-kit.ts'
import { ADA, openLimitsWorld, type LimitsTenant, type LimitsWorld } from './limits-test-kit.ts'

let world: LimitsWorld
beforeAll(async () => {
  world = await openLimitsWorld()
}, 120_000)
afterAll(() => world.close())

/** 100 pounds a month for the fleet, thresholds 0.8 and 1. */
async function tenantWithCeiling(): Promise<LimitsTenant> {
  const tenant = await world.tenant()
  await tenant.set()
  return tenant
}

const CLIENT_CAP = { scope: 'CLIENT', key: 'northwind', window: 'TOTAL' } as const
const DAILY = { scope: 'AGENT', key: 'research', window: 'DAY' } as const

describe('a threshold', () => {
  it('alerts when the sum reaches it, and not a penny before', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.spend({ cost: '79.99' })
    await tenant.look()
    expect(await tenant.said()).toEqual([])
    await tenant.spend({ cost: '0.01' })
    const { alertIds } = await tenant.look()
    expect(await tenant.alerts()).toEqual([
      {
        id: alertIds[0],
        ...{ threshold: '0.8', state: 'OPEN', severity: 'WARNING', actual: '80', impact: null },
        firstDay: tenant.month(),
      },
    ])
    expect(await tenant.look()).toEqual({ alertIds: [], deliveryIds: [], isMore: false, isTodayChanged: false })
  })

  it('says whose it is, what it was compared with, and who spent it', async () => {
    const tenant = await world.tenant()
    await tenant.spend({ cost: '30' }, { cost: '65', agent: 'coding' }, { cost: '500', client: 'other' })
    const budgetId = await tenant.set({ ...CLIENT_CAP, note: 'Agreed in May' })
    const [row] = await tenant.rows<Record<string, unknown>>(
      `SELECT a.kind, a.scope, a.member_id = c.id AS "isOfClient", a.series, a.dedupe_key AS key, trim_scale(a.expected)::text AS expected,
         trim_scale(a.actual)::text AS actual, a.title, a.reason, a.contributors, a.first_day::text AS "firstDay", a.last_day::text AS "lastDay"
       FROM alert a JOIN client c ON c.tenant_id = a.tenant_id AND c.key = 'northwind' WHERE a.tenant_id = $1`,
    )
    const agents = await tenant.rows<{ id: string; key: string }>('SELECT id, key FROM agent WHERE tenant_id = $1')
    const idOf = (key: string) => agents.find((agent) => agent.key === key)?.id
    expect(row).toMatchObject({
      ...{ kind: 'CLIENT_BUDGET', scope: 'CLIENT', isOfClient: true, series: `BUDGET:${budgetId}` },
      ...{ key: `budget/${budgetId}/v1/0001-01-01/ACTUAL/0.9`, expected: '90', actual: '95' },
      title: 'northwind reached 90 % of its total budget',
      reason: '95.00 GBP was spent since the beginning; 90 % of the budget of 100.00 GBP is 90.00 GBP.',
      contributors: [
        { dimension: 'AGENT', id: idOf('coding'), amount: '65', share: '0.684211' },
        { dimension: 'AGENT', id: idOf('research'), amount: '30', share: '0.315789' },
        { dimension: 'RESOURCE', amount: '95', share: '1' },
      ],
      ...{ firstDay: tenant.today(), lastDay: tenant.today() },
    })
  })

  it('that is jumped over is recorded with the alert of the highest, and alerts never by itself', async () => {
    const tenant = await world.tenant()
    await tenant.spend({ cost: '1' })
    await tenant.set(CLIENT_CAP)
    await tenant.spend({ cost: '94' })
    await tenant.look()
    expect(await tenant.said()).toEqual(['0.9 OPEN 95'])
    expect(await tenant.crossings()).toEqual(['v1 0001-01-01 0.8', 'v1 0001-01-01 0.9'])
    await tenant.spend({ cost: '30' })
    tenant.step(61_000)
    await tenant.look()
    expect(await tenant.said()).toEqual(['0.9 OPEN 125', '1 OPEN 125'])
    expect((await tenant.alerts()).map(({ severity, impact }) => `${severity} ${impact}`)).toEqual([
      'WARNING 25',
      'CRITICAL 25',
    ])
  })

  it('of a day alerts for the day that a late event is of, and leaves the others alone', async () => {
    const tenant = await world.tenant()
    const tuesday = addDays(tenant.today(), -6)
    await tenant.spend({ cost: '140', day: tuesday })
    await tenant.set(DAILY)
    await tenant.look()
    expect(await tenant.said()).toEqual([])
    await tenant.spend({ cost: '10', day: tuesday }, { cost: '20' })
    await tenant.look()
    expect(await tenant.alerts()).toEqual([
      expect.objectContaining({ threshold: '1.5', firstDay: tuesday, impact: '50' }),
    ])
  })

  it('of a learned day is a share of what is expected of that day, and of the amount where nothing is', async () => {
    const tenant = await world.tenant()
    await tenant.spend({ cost: '1' })
    const budgetId = await tenant.set({ ...DAILY, learn: true })
    await tenant.rows(
      'INSERT INTO budget_expectation (tenant_id, budget_id, day, amount_base) VALUES ($1, $2, $3, 20)',
      [budgetId, tenant.today()],
    )
    await tenant.spend({ cost: '28.99' }, { cost: '149.99', day: tenant.yesterday() })
    await tenant.look()
    expect(await tenant.said()).toEqual([])
    await tenant.spend({ cost: '0.01' }, { cost: '0.01', day: tenant.yesterday() })
    await tenant.look()
    expect((await tenant.alerts()).map(({ actual, firstDay }) => `${firstDay} ${actual}`).sort()).toEqual([
      `${tenant.yesterday()} 150`,
      `${tenant.today()} 30`,
    ])
  })

  it('is looked at for all windows of a scope by themselves', async () => {
    const tenant = await world.tenant()
    const period = { from: addDays(tenant.today(), -3), to: addDays(tenant.today(), 4) }
    await tenant.spend({ cost: '60', day: addDays(tenant.today(), -4) })
    await tenant.set({ ...CLIENT_CAP, window: 'CUSTOM', period, thresholds: ['0.5'] })
    await tenant.set({ ...CLIENT_CAP, startsOn: addDays(tenant.today(), -2), thresholds: ['0.6'] })
    await tenant.set({ ...CLIENT_CAP, thresholds: ['1.2'] })
    await tenant.spend({ cost: '50', day: period.from }, { cost: '60', day: addDays(tenant.today(), -1) })
    await tenant.look()
    expect((await tenant.said()).sort()).toEqual(['0.5 OPEN 110', '0.6 OPEN 60', '1.2 OPEN 170'])
  })

  it('alerts once, whoever looks at the same time', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.channel('ops')
    await tenant.spend({ cost: '85' })
    const looks = await Promise.all(Array.from({ length: 32 }, () => tenant.look()))
    expect(looks.flatMap(({ alertIds }) => alertIds)).toHaveLength(1)
    expect(await tenant.said()).toEqual(['0.8 OPEN 85'])
    expect(await tenant.deliveries()).toEqual(['RAISED of 0.8 to ops'])
  })
})

describe('an alert of a threshold', () => {
  it('ends when its sum falls below it, is not raised again in its window, and again when the budget changes', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.channel('ops')
    const [event = ''] = await tenant.spend({ cost: '85' })
    await tenant.look()
    await tenant.channel('later')
    await tenant.voids(event)
    await tenant.look()
    expect(await tenant.said()).toEqual(['0.8 RESOLVED 85'])
    // Who was not told that it began is not told that it is over.
    expect(await tenant.deliveries()).toEqual(['RAISED of 0.8 to ops', 'RESOLVED of 0.8 to ops'])
    await tenant.spend({ cost: '90' })
    await tenant.look()
    expect(await tenant.said()).toEqual(['0.8 RESOLVED 85'])
    await tenant.set({ amount: { amount: '101', currency: 'GBP' } })
    expect(await tenant.said()).toEqual(['0.8 RESOLVED 85', '0.8 OPEN 90'])
    expect(await tenant.crossings()).toEqual([`v1 ${tenant.month()} 0.8`, `v2 ${tenant.month()} 0.8`])
  })

  it('follows its sum once a minute, whatever comes in, and says so when it is done', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.spend({ cost: '110' })
    const { alertIds } = await tenant.look()
    await tenant.spend({ cost: '5' })
    expect((await tenant.look()).alertIds).toEqual([])
    expect(await tenant.said()).toEqual(['1 OPEN 110'])
    tenant.step(61_000)
    // No event has come since: the day waits for this look.
    expect((await tenant.look()).alertIds).toEqual(alertIds)
    expect(await tenant.said()).toEqual(['1 OPEN 115'])
    expect(await tenant.rows('SELECT revision, action FROM alert_event WHERE tenant_id = $1')).toEqual([
      { revision: 1, action: 'RAISED' },
    ])
  })

  it('is told again at once when its impact has doubled', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.channel('ops')
    await tenant.spend({ cost: '110' })
    await tenant.look()
    await tenant.spend({ cost: '9.99' })
    await tenant.look()
    expect(await tenant.deliveries()).toEqual(['RAISED of 1 to ops'])
    await tenant.spend({ cost: '0.01' })
    await tenant.look()
    expect(await tenant.said()).toEqual(['1 OPEN 120'])
    expect(await tenant.deliveries()).toEqual(['RAISED of 1 to ops', 'UPDATED of 1 to ops'])
  })

  it('is not told again for each doubling of a penny', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.channel('ops')
    await tenant.spend({ cost: '100.01' })
    await tenant.look()
    for (const cost of ['0.02', '0.07', '1', '18.89']) {
      await tenant.spend({ cost })
      await tenant.look()
    }
    expect(await tenant.deliveries()).toEqual(['RAISED of 1 to ops'])
    await tenant.spend({ cost: '0.01' })
    await tenant.look()
    expect(await tenant.said()).toEqual(['1 OPEN 120'])
    expect(await tenant.deliveries()).toEqual(['RAISED of 1 to ops', 'UPDATED of 1 to ops'])
  })

  it('that a person has ended stays ended', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.spend({ cost: '110' })
    const [alertId = ''] = (await tenant.look()).alertIds
    await tenant.act(alertId, { do: 'dismiss', reason: 'A fair of a week' })
    await tenant.spend({ cost: '500' })
    tenant.step(61_000)
    expect((await tenant.look()).alertIds).toEqual([])
    expect(await tenant.said()).toEqual(['1 DISMISSED 110'])
  })

  it('ends with its budget, and with what its budget said before', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.channel('ops')
    await tenant.spend({ cost: '110' })
    await tenant.look()
    // The same again changes nothing.
    await tenant.set()
    expect(await tenant.said()).toEqual(['1 OPEN 110'])
    const budgetId = await tenant.set({ amount: { amount: '120', currency: 'GBP' } })
    expect(await tenant.said()).toEqual(['1 RESOLVED 110', '0.8 OPEN 110'])
    expect(await tenant.end(budgetId)).toMatchObject({ budgetId, userErrors: [] })
    expect(await tenant.end(budgetId)).toMatchObject({ budgetId, userErrors: [], alertIds: [] })
    expect(await tenant.said()).toEqual(['1 RESOLVED 110', '0.8 RESOLVED 110'])
    expect(await tenant.rows('SELECT action, note FROM alert_event WHERE tenant_id = $1 ORDER BY at')).toMatchObject([
      { action: 'RAISED' },
      { action: 'RESOLVED', note: `The budget was changed by ${ADA}.` },
      { action: 'RAISED' },
      { action: 'RESOLVED', note: `The budget was ended by ${ADA}.` },
    ])
    await tenant.spend({ cost: '500' })
    expect((await tenant.look()).alertIds).toEqual([])
  })

  it('that is snoozed is not told, neither growing nor over', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.channel('ops')
    const [event = ''] = await tenant.spend({ cost: '110' })
    const [alertId = ''] = (await tenant.look()).alertIds
    await tenant.act(alertId, { do: 'snooze', until: new Date(Date.now() + 3_600_000).toISOString() })
    await tenant.spend({ cost: '30' })
    await tenant.look()
    await tenant.voids(event)
    await tenant.look()
    expect(await tenant.said()).toEqual(['1 RESOLVED 140'])
    expect(await tenant.deliveries()).toEqual(['RAISED of 1 to ops'])
  })
})

describe('what is changed after the fact', () => {
  it('raises and ends alerts like what comes in: rated again, replaced', async () => {
    const tenant = await tenantWithCeiling()
    await tenant.set({ ...DAILY, scope: 'FLEET', key: null, thresholds: ['1'] })
    const day = tenant.yesterday()
    const [event = ''] = await tenant.spend({ cost: '60', day })
    await tenant.look()
    expect(await tenant.said()).toEqual([])
    await tenant.publish('2', `${addDays(day, -1)}T00:00:00Z`)
    await tenant.rerate({ from: day, to: tenant.today() })
    await tenant.look()
    const isOneMonth = day >= tenant.month()
    expect((await tenant.said()).sort()).toEqual(['1 OPEN 120', '1 OPEN 120'])
    await tenant.replace(event, { usage: [{ meter: 'requests', quantity: '45' }] })
    await tenant.look()
    // The month was crossed at 1 and is at 0.9 of it now: that alert is over too.
    expect((await tenant.said()).sort()).toEqual(['1 RESOLVED 120', '1 RESOLVED 120'])
    expect(isOneMonth ? await tenant.crossings() : []).toEqual(
      isOneMonth ? [`v1 ${tenant.month()} 0.8`, `v1 ${tenant.month()} 1`, `v1 ${day} 1`].sort() : [],
    )
  })

  it('leaves a closed month alone: what is late for it counts in the open one', async () => {
    const tenant = await world.tenant()
    const closed = addMonths(tenant.month(), -1)
    await closeMonth(world.owner, tenant.id, closed)
    await tenant.configs.reload(tenant.id)
    await tenant.set({ thresholds: ['0.5'] })
    await tenant.spend({ cost: '60', day: closed })
    await tenant.look()
    expect(await tenant.alerts()).toEqual([
      expect.objectContaining({ threshold: '0.5', actual: '60', firstDay: tenant.month() }),
    ])
  })
})
