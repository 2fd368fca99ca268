import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { addDays, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { setBudget } from '../budgets/set-budget.ts'
import { readScopeDays } from '../sql/read-budgets.ts'
import { openAnomalyWorld, type AnomalyTenant, type AnomalyWorld } from './anomaly-test-kit.ts'

let world: AnomalyWorld

beforeAll(async () => {
  world = await openAnomalyWorld()
}, 120_000)
afterAll(() => world.close())

const MINUTE_MS = 60_000

/** Everything told through the one channel of a tenant, in order. */
async function purposes(tenant: AnomalyTenant): Promise<string[]> {
  const { rows } = await world.owner.query<{ purpose: string }>(
    'SELECT purpose FROM alert_delivery WHERE tenant_id = $1 ORDER BY created_at, id',
    [tenant.id],
  )
  return rows.map(({ purpose }) => purpose)
}

async function listen(tenant: AnomalyTenant): Promise<void> {
  await world.owner.query(
    `INSERT INTO channel (tenant_id, id, name, kind, target, created_by, updated_by)
     VALUES ($1, gen_random_uuid(), 'Ops', 'EMAIL', 'ops@example.test', 'ada@example.test', 'ada@example.test')`,
    [tenant.id],
  )
}

/** An agent of £50 a day, judged this morning, that has cost £`amount` today already. */
async function spiking(amount: number): Promise<AnomalyTenant> {
  const tenant = await world.tenant()
  await tenant.past({ agent: 'research', amount: 50 })
  await tenant.judge(tenant.today)
  await listen(tenant)
  await tenant.spend({ agent: 'research', day: tenant.today, amount })
  await tenant.look()
  return tenant
}

const researchOf = async (tenant: AnomalyTenant) =>
  (await tenant.alerts()).find(({ series }) => series.startsWith('AGENT:'))

describe('an incident of today', () => {
  it('is told once, told again when its impact has doubled, and updated in between at most each minute', async () => {
    const tenant = await spiking(200)
    expect(await purposes(tenant)).toEqual(['RAISED'])
    await tenant.look()
    await tenant.spend({ agent: 'research', day: tenant.today, amount: 10 })
    await tenant.look()
    expect(await researchOf(tenant)).toMatchObject({ actual: '200', revision: 1 })
    await tenant.attend(Date.now() + 2 * MINUTE_MS)
    expect(await researchOf(tenant)).toMatchObject({ actual: '210', revision: 2 })
    expect(await purposes(tenant)).toEqual(['RAISED'])
    await tenant.spend({ agent: 'research', day: tenant.today, amount: 300 })
    await tenant.look()
    expect(await researchOf(tenant)).toMatchObject({ actual: '510', severity: 'CRITICAL' })
    expect((await purposes(tenant)).length).toBe(2)
  })

  it('is one alert however many look at it at the same time', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 })
    await tenant.judge(tenant.today)
    await tenant.look()
    await tenant.spend({ agent: 'research', day: tenant.today, amount: 300 })
    await Promise.all([
      ...Array.from({ length: 6 }, () => tenant.look()),
      ...Array.from({ length: 3 }, () => tenant.attend()),
    ])
    const series = (await tenant.alerts()).map((line) => line.series)
    expect(series.length).toBe(new Set(series).size)
    expect(series.filter((one) => one.startsWith('AGENT:'))).toHaveLength(1)
  })

  it('is told by its pace before the day has come to it, and ends when the day was usual after all', async () => {
    const tenant = await world.tenant()
    const hourly = Array.from({ length: 30 }, (_, back) =>
      Array.from({ length: 24 }, (_, hour) => ({
        ...{ agent: 'research', day: addDays(tenant.today, -1 - back), minute: hour * 60, amount: 2 },
      })),
    )
    await tenant.spend(...hourly.flat())
    await tenant.judge(tenant.today)
    const { rows } = await world.owner.query<{ zone: string }>('SELECT time_zone AS zone FROM tenant WHERE id = $1', [
      tenant.id,
    ])
    const [hour = '0', minute = '0'] = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: rows[0]?.zone ?? 'UTC', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    })
      .format(Date.now())
      .split(':')
    await tenant.spend({ agent: 'research', day: tenant.today, minute: Number(hour) * 60 + Number(minute), amount: 15 })
    await tenant.attend()
    expect(await tenant.alerts()).toEqual([
      expect.objectContaining({ kind: 'COST_SPIKE', rule: 'BURN_RATE', actual: '15', expected: '2', impact: '13' }),
    ])
    // The next minute, and not the next hour: the fleet burns because the agent does, and is not told once more.
    await tenant.attend()
    expect(await tenant.alerts()).toHaveLength(1)
    await tenant.judge(addDays(tenant.today, 1))
    expect(await researchOf(tenant)).toMatchObject({ state: 'RESOLVED' })
  })
})

describe('the clock', () => {
  it('escalates once what nobody has attended to', async () => {
    const tenant = await spiking(120)
    await world.owner.query(
      `INSERT INTO detector_setting (tenant_id, escalate_after_minutes, updated_by) VALUES ($1, 30, 'ada@example.test')`,
      [tenant.id],
    )
    expect(await researchOf(tenant)).toMatchObject({ severity: 'WARNING' })
    await tenant.attend(Date.now() + 20 * MINUTE_MS)
    expect(await purposes(tenant)).toEqual(['RAISED'])
    await tenant.attend(Date.now() + 31 * MINUTE_MS)
    await tenant.attend(Date.now() + 32 * MINUTE_MS)
    expect(await researchOf(tenant)).toMatchObject({ severity: 'CRITICAL' })
    expect(await purposes(tenant)).toEqual(['RAISED', 'ESCALATED'])
  })

  it('tells again what has grown while it was snoozed, and nothing of what has not', async () => {
    const [grown, same] = [await spiking(120), await spiking(120)]
    for (const { id } of [grown, same]) {
      await world.owner.query(`UPDATE alert SET snoozed_until = now() + interval '10 minutes' WHERE tenant_id = $1`, [
        id,
      ])
    }
    await grown.spend({ agent: 'research', day: grown.today, amount: 500 })
    await grown.look()
    await grown.attend(Date.now() + 2 * MINUTE_MS)
    expect(await purposes(grown)).toEqual(['RAISED'])
    for (const tenant of [grown, same]) await tenant.attend(Date.now() + 11 * MINUTE_MS)
    expect(await purposes(grown)).toEqual(['RAISED', 'UPDATED'])
    expect(await purposes(same)).toEqual(['RAISED'])
  })
})

describe('budgets that look ahead', () => {
  it('alerts when the forecast of the month reaches a threshold, once', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 }, 60)
    const [days = []] = await readScopeDays(tenant.db, {
      scopes: [{ scope: 'FLEET', memberId: '00000000-0000-0000-0000-000000000000' }],
      from: firstOfMonth(tenant.today),
      to: addDays(tenant.today, 1),
    })
    const spent = days.reduce((sum, { cost }) => sum + cost, 0n)
    const wish = {
      ...({ scope: 'FLEET', key: null, window: 'MONTH', thresholds: ['1'], forecastThresholds: ['0.5', '1'] } as const),
      amount: { amount: formatFixed18(spent + 10n * 10n ** 18n), currency: 'GBP' },
      ...{ period: null, startsOn: null, learn: false, note: null },
    }
    await setBudget({ pool: world.pool, nowMs: Date.now() }, tenant.id, { wish, by: 'ada@example.test' })
    await tenant.judge(tenant.today)
    await tenant.judge(tenant.today)
    const { rows } = await world.owner.query(
      `SELECT basis, trim_scale(threshold)::text AS threshold FROM budget_crossing WHERE tenant_id = $1 ORDER BY 2`,
      [tenant.id],
    )
    expect(rows).toEqual([
      { basis: 'FORECAST', threshold: '0.5' },
      { basis: 'FORECAST', threshold: '1' },
    ])
    expect(await tenant.alerts()).toEqual([expect.objectContaining({ kind: 'FLEET_CEILING', severity: 'WARNING' })])
  })

  it('learns what an agent usually costs on a day', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 })
    await tenant.look()
    const wish = {
      ...({ scope: 'AGENT', key: 'research', window: 'DAY', thresholds: null, forecastThresholds: null } as const),
      ...{ amount: { amount: '10', currency: 'GBP' }, period: null, startsOn: null, learn: true, note: null },
    }
    await setBudget({ pool: world.pool, nowMs: Date.now() }, tenant.id, { wish, by: 'ada@example.test' })
    await tenant.judge(tenant.today)
    const { rows } = await world.owner.query<{ day: string; amount: string }>(
      `SELECT day::text AS day, amount_base::text AS amount FROM budget_expectation WHERE tenant_id = $1 ORDER BY day`,
      [tenant.id],
    )
    expect(rows.map(({ day }) => day)).toEqual([tenant.today, addDays(tenant.today, 1)])
    for (const { amount } of rows) expect(Math.abs(Number(amount) - 50)).toBeLessThan(4)
    await tenant.spend({ agent: 'research', day: tenant.today, amount: 60 })
    await tenant.look()
    expect((await tenant.alerts()).filter(({ kind }) => kind === 'AGENT_DAILY_LIMIT')).toEqual([])
    await tenant.spend({ agent: 'research', day: tenant.today, amount: 25 })
    await tenant.look()
    expect((await tenant.alerts()).filter(({ kind }) => kind === 'AGENT_DAILY_LIMIT')).toHaveLength(1)
  })
})
