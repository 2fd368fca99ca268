import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { readAlerts } from '../sql/read-alerts.ts'
import { openAnomalyWorld, type AnomalyTenant, type AnomalyWorld } from './anomaly-test-kit.ts'

let world: AnomalyWorld

beforeAll(async () => {
  world = await openAnomalyWorld()
}, 120_000)
afterAll(() => world.close())

const ALL = { states: [], kinds: [], scope: null, memberId: null, from: null, to: null, withSuppressed: true }
const rowsOf = (tenant: AnomalyTenant) =>
  readAlerts(tenant.db, { filter: ALL, order: 'NEWEST', after: null, limit: 100 })

/** An agent at £50 a day beside two others, for two clients. */
async function fleet(tenant: AnomalyTenant): Promise<void> {
  await tenant.past({ agent: 'research', client: 'halden', project: 'entry', amount: 30, calls: 10 })
  await tenant.past({ agent: 'research', client: 'orme', project: 'audit', resource: 'large-1', amount: 20, calls: 5 })
  await tenant.past({ agent: 'coding', client: 'orme', project: 'audit', amount: 40, calls: 4 })
}

describe('the agent that normally costs £50 a day and suddenly costs £300', () => {
  it('is told the same day by the watch, and is the same alert the next morning', async () => {
    const tenant = await world.tenant()
    await fleet(tenant)
    expect(await tenant.judge(tenant.today)).toBe('DONE')
    expect(await tenant.alerts()).toEqual([])
    await tenant.look()

    await tenant.spend({
      agent: 'research',
      client: 'halden',
      project: 'entry',
      day: tenant.today,
      amount: 300,
      calls: 100,
    })
    const watched = await tenant.look()
    const research = await tenant.idOf('agent', 'research')
    const [agent, ...others] = (await tenant.alerts()).filter(({ series }) => series === `AGENT:${research}`)
    expect(others).toEqual([])
    expect(agent).toMatchObject({
      kind: 'COST_SPIKE',
      severity: 'CRITICAL',
      state: 'OPEN',
      firstDay: tenant.today,
      lastDay: tenant.today,
      actual: '300',
      suppressed: false,
      rule: 'POINT',
    })
    const told = (await rowsOf(tenant)).filter(({ suppressedBy }) => suppressedBy === null)
    expect(told.map(({ series }) => series)).toEqual([`AGENT:${research}`])
    expect(told[0]?.title).toMatch(/^research is running at [56](\.\d)?× its usual /)
    expect(watched.alertIds).toContain(told[0]?.id)

    const tomorrow = addDays(tenant.today, 1)
    await tenant.judge(tomorrow)
    const after = (await tenant.alerts()).filter(({ series }) => series === `AGENT:${research}`)
    expect(after).toHaveLength(1)
    expect(after[0]).toMatchObject({ firstDay: tenant.today, lastDay: tenant.today, actual: '300', state: 'OPEN' })
    expect((await rowsOf(tenant)).find(({ series }) => series === `AGENT:${research}`)?.title).toMatch(
      /^research cost /,
    )
  })

  it('explains the jump of the fleet, the client and the project, which are stored and not told', async () => {
    const tenant = await world.tenant()
    await fleet(tenant)
    await tenant.spend({
      agent: 'research',
      client: 'halden',
      project: 'entry',
      day: addDays(tenant.today, -1),
      amount: 250,
      calls: 80,
    })
    await tenant.judge(tenant.today)
    const rows = await rowsOf(tenant)
    const research = await tenant.idOf('agent', 'research')
    const cause = rows.find(({ series }) => series === `AGENT:${research}`)
    const scopes = rows.filter(({ suppressedBy }) => suppressedBy !== null)
    expect(scopes.map(({ series }) => series.split(':')[0]).sort()).toEqual([
      'AGENT_CLIENT',
      'CLIENT',
      'FLEET',
      'PROJECT',
      'RESOURCE',
    ])
    expect(new Set(scopes.map(({ suppressedBy }) => suppressedBy))).toEqual(new Set([cause?.id]))
  })

  it('comes apart into parts and contributors that add up to actual − expected, to the last decimal', async () => {
    const tenant = await world.tenant()
    await fleet(tenant)
    await tenant.spend({
      agent: 'research',
      client: 'halden',
      project: 'entry',
      day: addDays(tenant.today, -1),
      amount: 251.37,
      calls: 77,
    })
    await tenant.judge(tenant.today)
    const rows = await rowsOf(tenant)
    expect(rows.length).toBeGreaterThan(4)
    for (const { series, actual, expected, impact, decomposition, contributors } of rows) {
      expect([series, (actual ?? 0n) - (expected ?? 0n)]).toEqual([series, impact])
      const parts = decomposition ?? { volume: '0', tokensPerCall: '0', price: '0', mix: '0', total: '0' }
      const { total, ...four } = parts
      expect([series, parseFixed18(total)]).toEqual([series, impact])
      expect(Object.values(four).reduce((sum, part) => sum + parseFixed18(part), 0n)).toBe(impact)
      const dimensions = new Set(contributors.map(({ dimension }) => dimension))
      expect(dimensions.size).toBeGreaterThan(0)
      for (const dimension of dimensions) {
        const listed = contributors.filter((one) => one.dimension === dimension)
        expect(listed.reduce((sum, { amount }) => sum + parseFixed18(amount), 0n)).toBe(impact)
      }
    }
    const research = rows.find(({ series }) => series.startsWith('AGENT:'))
    const halden = await tenant.idOf('client', 'halden')
    expect(research?.contributors.find(({ dimension }) => dimension === 'CLIENT')?.id).toBe(halden)
  })

  it('is not told again by a second judgement, nor by one that was killed anywhere', async () => {
    const tenant = await world.tenant()
    await fleet(tenant)
    await tenant.past({ agent: 'support', client: 'halden', project: 'desk', amount: 60 })
    const yesterday = addDays(tenant.today, -1)
    await tenant.spend(
      { agent: 'research', client: 'halden', project: 'entry', day: yesterday, amount: 250 },
      { agent: 'support', client: 'halden', project: 'desk', day: yesterday, amount: 400 },
    )
    const steps: string[] = []
    const stopAt = async (count: number) => {
      let seen = 0
      const onStep = (step: string) => {
        steps.push(step)
        if ((seen += 1) > count) throw Object.assign(new Error('connection terminated'), { code: '57P01' })
      }
      await expect(tenant.judge(tenant.today, { onStep })).rejects.toThrow('connection terminated')
    }
    for (const count of [2, 4, 5, 6]) await stopAt(count)
    expect(new Set(steps)).toContain('PORTION')
    await tenant.judge(tenant.today)
    const once = await tenant.bytes()
    expect(once).toContain('"COST_SPIKE"')
    await tenant.judge(tenant.today)
    expect(await tenant.bytes()).toBe(once)

    const clean = await world.tenant()
    await fleet(clean)
    await clean.past({ agent: 'support', client: 'halden', project: 'desk', amount: 60 })
    await clean.spend(
      { agent: 'research', client: 'halden', project: 'entry', day: yesterday, amount: 250 },
      { agent: 'support', client: 'halden', project: 'desk', day: yesterday, amount: 400 },
    )
    await clean.judge(clean.today)
    const shape = (lines: Awaited<ReturnType<AnomalyTenant['alerts']>>) =>
      lines
        .map(({ series, ...line }) => ({ ...line, series: series.split(':')[0] }))
        .sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))
    expect(shape(await tenant.alerts())).toEqual(shape(await clean.alerts()))
  })
})

describe('what happens to an incident', () => {
  it('ends by itself two quiet days later, and not in the breath it was told in', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 })
    await tenant.spend({ agent: 'research', day: addDays(tenant.today, -3), amount: 260 })
    await tenant.judge(tenant.today)
    const agent = async () => (await tenant.alerts()).find(({ series }) => series.startsWith('AGENT:'))
    expect(await agent()).toMatchObject({ state: 'OPEN' })
    await tenant.judge(addDays(tenant.today, 1))
    expect(await agent()).toMatchObject({ state: 'RESOLVED', firstDay: addDays(tenant.today, -3) })
  })

  it('is raised by late data, grows with it, and ends when the events are voided', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 })
    await tenant.judge(tenant.today)
    expect(await tenant.alerts()).toEqual([])
    const day = addDays(tenant.today, -2)
    const first = await tenant.spend({ agent: 'research', day, amount: 200 })
    await tenant.judge(tenant.today)
    const agent = async () => (await tenant.alerts()).find(({ series }) => series.startsWith('AGENT:'))
    const raised = await agent()
    expect(raised).toMatchObject({ state: 'OPEN', firstDay: day, lastDay: day })
    const second = await tenant.spend({ agent: 'research', day, amount: 400 })
    await tenant.judge(tenant.today)
    expect(Number((await agent())?.actual)).toBeCloseTo(Number(raised?.actual) + 400, 6)
    expect((await tenant.bytes()).match(/"UPDATED"/g)?.length).toBeGreaterThan(0)
    await tenant.void(...first, ...second)
    await tenant.judge(tenant.today)
    expect(await agent()).toMatchObject({ state: 'RESOLVED' })
  })

  it('stays ended when a person has ended it, and is a new one when it goes on', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 })
    await tenant.spend({ agent: 'research', day: addDays(tenant.today, -1), amount: 260 })
    await tenant.judge(tenant.today)
    await world.owner.query(
      `UPDATE alert SET state = 'RESOLVED', ended_by = 'ada@example.test', ended_at = now() WHERE tenant_id = $1`,
      [tenant.id],
    )
    await tenant.judge(tenant.today)
    const states = async () =>
      (await tenant.alerts())
        .filter(({ series }) => series.startsWith('AGENT:'))
        .map(({ state, firstDay }) => [state, firstDay])
    expect(await states()).toEqual([['RESOLVED', addDays(tenant.today, -1)]])
    await tenant.spend({ agent: 'research', day: tenant.today, amount: 310 })
    await tenant.judge(addDays(tenant.today, 1))
    await tenant.judge(addDays(tenant.today, 1))
    expect(await states()).toEqual([
      ['RESOLVED', addDays(tenant.today, -1)],
      ['OPEN', tenant.today],
    ])
  })
})

describe('what people say of the past', () => {
  it('begins anew on the day that an annotation names', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 })
    await tenant.spend({ agent: 'research', day: addDays(tenant.today, -1), amount: 260 })
    const research = await tenant.idOf('agent', 'research')
    await world.owner.query(
      `INSERT INTO annotation (tenant_id, id, scope, member_id, day, note, created_by)
       VALUES ($1, gen_random_uuid(), 'AGENT', $2, $3, 'Launch', 'ada@example.test')`,
      [tenant.id, research, addDays(tenant.today, -1)],
    )
    await tenant.judge(tenant.today)
    expect((await tenant.alerts()).filter(({ series }) => series.startsWith('AGENT:'))).toEqual([])
    expect((await tenant.alerts()).map(({ series }) => series.split(':')[0])).toContain('FLEET')
  })

  it('takes more to alert once people have called it wrong', async () => {
    const amounts = await Promise.all(
      [0, 1.5].map(async (shift) => {
        const tenant = await world.tenant()
        await tenant.past({ agent: 'research', amount: 50 })
        const series = `AGENT:${await tenant.idOf('agent', 'research')}`
        await world.owner.query(
          `INSERT INTO series_tuning (tenant_id, series, score_shift, updated_by) VALUES ($1, $2, $3, 'ada@example.test')`,
          [tenant.id, series, shift],
        )
        await tenant.judge(tenant.today)
        const { rows } = await world.owner.query<{ at: string }>(
          `SELECT alarm_at::text AS at FROM series_expectation WHERE tenant_id = $1 AND day = $2 AND grain = 1`,
          [tenant.id, tenant.today],
        )
        return Number(rows[0]?.at)
      }),
    )
    expect(amounts[1]).toBeGreaterThan(amounts[0] ?? Infinity)
  })

  it('tells nothing of a kind that is turned off, and nothing at all when the detector is', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 50 })
    await tenant.spend({ agent: 'research', day: addDays(tenant.today, -1), amount: 260 })
    await world.owner.query(
      `INSERT INTO detector_setting (tenant_id, disabled_kinds, updated_by) VALUES ($1, '{COST_SPIKE}', 'ada@example.test')`,
      [tenant.id],
    )
    await tenant.judge(tenant.today)
    expect(await tenant.alerts()).toEqual([])
  })
})

describe('structure', () => {
  it('tells a project that used one agent and suddenly uses four, at once', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', project: 'entry', amount: 5 })
    await tenant.judge(tenant.today)
    await tenant.look()
    const agents = ['research', 'coding', 'support', 'campaign']
    await tenant.spend(...agents.map((agent) => ({ agent, project: 'entry', day: tenant.today, amount: 1 })))
    await tenant.look()
    const fanouts = async () => (await tenant.alerts()).filter(({ kind }) => kind === 'AGENT_FANOUT')
    expect(await fanouts()).toEqual([expect.objectContaining({ state: 'OPEN', firstDay: tenant.today })])
    const row = (await rowsOf(tenant)).find(({ kind }) => kind === 'AGENT_FANOUT')
    expect(row?.title).toBe('entry used four agents, usually one')
    expect(row?.contributors).toHaveLength(3)
    await tenant.look()
    await tenant.judge(addDays(tenant.today, 1))
    expect(await fanouts()).toHaveLength(1)
  })

  it('tells a new resource once it costs something, and usage without a price until it has one', async () => {
    const tenant = await world.tenant()
    await tenant.past({ agent: 'research', amount: 5 })
    await tenant.judge(tenant.today)
    await tenant.look()
    await tenant.spend(
      { agent: 'research', resource: 'large-1', day: tenant.today, amount: 9 },
      { agent: 'research', resource: 'unheard-of', day: tenant.today, amount: 9, calls: 3 },
    )
    await tenant.look()
    const of = async (kind: string) => (await tenant.alerts()).filter((line) => line.kind === kind)
    expect(await of('NEW_RESOURCE')).toEqual([expect.objectContaining({ severity: 'INFO', actual: '9' })])
    expect(await of('UNPRICED_USAGE')).toEqual([expect.objectContaining({ severity: 'WARNING', state: 'OPEN' })])
    await tenant.look()
    await tenant.judge(addDays(tenant.today, 1))
    expect(await of('NEW_RESOURCE')).toHaveLength(1)
    expect(await of('UNPRICED_USAGE')).toHaveLength(1)
    await world.owner.query(`UPDATE rollup_day SET unpriced = 0 WHERE tenant_id = $1`, [tenant.id])
    await tenant.attend()
    expect(await of('UNPRICED_USAGE')).toEqual([expect.objectContaining({ state: 'RESOLVED' })])
  })

  it('tells a chain deeper than the past knows, with its trace', async () => {
    const tenant = await world.tenant()
    const chain = (trace: string, depth: number, day: string) =>
      Array.from({ length: depth }, (_, level) => ({
        ...{ agent: 'research', project: 'entry', day, amount: 0.01, minute: 1 + level },
        at: {
          trace,
          span: `${trace}-${level}`,
          ...(level === 0 ? {} : { parentSpan: `${trace}-${level - 1}` }),
        },
      }))
    for (let back = 3; back >= 1; back -= 1) {
      const day = addDays(tenant.today, -back)
      await tenant.spend(...Array.from({ length: 50 }, (_, n) => chain(`t${back}-${n}`, 3, day)).flat())
      if (back === 1) await tenant.spend(...chain('deep', 9, day))
      await tenant.judge(addDays(day, 1))
    }
    const found = (await rowsOf(tenant)).filter(({ kind }) => kind === 'CHAIN_SHAPE')
    expect(found.map(({ evidence }) => evidence)).toEqual([{ what: 'DEPTH', value: 9, p99: 3, traceId: 'deep' }])
  })
})
