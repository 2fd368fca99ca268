import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { TermsWish } from '@outlay/domain/billing/check-terms'
import { addMonths } from '@outlay/domain/periods/calendar-date'
import { openPeriodWorld, ZONE, type PeriodTenant, type PeriodWorld } from '../periods/period-test-kit.ts'
import { verifySnapshot } from '../periods/snapshot.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { readCharges } from './charges.ts'
import { setEngagement } from './set-engagement.ts'

let world: PeriodWorld

beforeAll(async () => {
  world = await openPeriodWorld()
}, 120_000)

afterAll(() => world?.close())

const SEPTEMBER = '2026-09-01'
const OCTOBER = '2026-10-01'
const NOVEMBER = '2026-11-01'
const DECEMBER = '2026-12-01'
const BY = 'ada@example.test'

const NOTHING: Omit<TermsWish, 'model'> = {
  ...{ basis: null, markup: null, markupFloor: null, markupCap: null, prices: null, price: null, unit: null },
  ...{ allowance: null, overagePrice: null, carryOverMonths: null, carryOverMax: null, isProrated: null },
  ...{ reversalDays: null, incrementMinutes: null, discount: null, minimum: null, cap: null, credit: null },
}

/** 90.00 an hour in increments of six minutes. */
const HOURLY: TermsWish = { ...NOTHING, model: 'TIME', price: '90', incrementMinutes: 6 }

type Place = { projectKey: string } | { clientKey: string }

async function terms(t: PeriodTenant, of: Place, from: string, more: Partial<TermsWish> = {}, to?: string) {
  const place = { projectKey: null, clientKey: null, ...of }
  const wish = { ...place, effectiveFrom: from, effectiveTo: to ?? null, terms: { ...HOURLY, ...more }, note: null }
  const { userErrors, engagementId } = await setEngagement({ pool: world.pool }, t.id, {
    wish,
    currency: 'GBP',
    by: BY,
  })
  expect(userErrors).toEqual([])
  return engagementId ?? ''
}

const TAGS = { agent: 'research', client: 'northwind', project: 'launch', task: 'T1' }

/** A call from one time to another, in UTC. */
function call(id: string, from: string, to: string | null, more: object = {}): object {
  return {
    ...{ id, provider: 'acme', resource: 'large', occurredAt: from, endedAt: to, ...TAGS },
    usage: [{ meter: 'input_tokens', quantity: 1 }],
    ...more,
  }
}

const october = (id: string, from: string, to: string, more: object = {}) =>
  call(id, `2026-10-10T${from}:00Z`, `2026-10-10T${to}:00Z`, more)

/** `launch T1: 0.6 h = 54.00`, and what came late where something did. */
async function shown(t: PeriodTenant, month: string): Promise<string[]> {
  const charges = await readCharges(t.db, { month, projectId: null, clientId: null, timeZone: ZONE })
  const { rows } = await world.owner.query<{ id: string; key: string }>(
    `SELECT id, key FROM task WHERE tenant_id = $1 UNION ALL SELECT id, key FROM project WHERE tenant_id = $1
     UNION ALL SELECT id, key FROM client WHERE tenant_id = $1`,
    [t.id],
  )
  const keyOf = (id: string | null) => rows.find((row) => row.id === id)?.key ?? ''
  return charges.flatMap(({ engagement, charge }) =>
    charge.lines.map(({ kind, taskId, quantity, amount, description }) => {
      const place = keyOf(engagement.projectId ?? engagement.clientId)
      const [, late] = description.split('; ')
      const line = kind === 'TIME' ? `${keyOf(taskId)}: ${Number(quantity) / 1e18} h` : kind
      return `${place} ${line} = ${(Number(amount) / 1e18).toFixed(2)}${late === undefined ? '' : ` (${late})`}`
    }),
  )
}

async function tenant(at = '2026-11-20T12:00:00Z'): Promise<PeriodTenant> {
  const t = await world.tenant(at)
  const price = { amount: '1', currency: 'GBP' }
  const rate = {
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    price,
    effectiveFrom: '2026-01-01T00:00:00Z',
  }
  expect((await t.publish(rate)).userErrors).toEqual([])
  return t
}

/** A tenant that charges its project launch by the hour from October on. */
async function hourly(): Promise<PeriodTenant> {
  const t = await tenant()
  await t.record(october('a', '09:00', '09:20'), october('b', '09:10', '09:31'))
  await terms(t, { projectKey: 'launch' }, OCTOBER)
  return t
}

describe('time of an open month', () => {
  it('unites what overlaps within a task and not across tasks, and rounds it up once', async () => {
    const t = await hourly()
    await t.record(
      october('beside', '09:05', '09:11', { task: 'T2' }),
      october('no task', '09:00', '12:00', { task: null }),
      call('no end', '2026-10-11T09:00:00Z', null, { task: 'T3' }),
    )
    // T1: 09:00–09:20 and 09:10–09:31 are 31 minutes, 36 with steps of six. T2: 6 minutes. T3 took no time that anybody told.
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 0.6 h = 54.00', 'launch T2: 0.1 h = 9.00'])
  })

  it('takes the seconds of an event that tells no end', async () => {
    const t = await tenant()
    const usage = [{ meter: 'seconds', quantity: '90.5' }]
    await t.record(call('a', '2026-10-10T09:00:00Z', null, { usage, resource: 'sandbox' }))
    await terms(t, { projectKey: 'launch' }, OCTOBER, { incrementMinutes: 1 })
    // 1 minute 30.5 seconds are two minutes: 0.0333… of an hour.
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 0.03333333333333333 h = 3.00'])
  })

  it('cuts an interval at midnight of the zone, and a month’s end is one', async () => {
    const t = await tenant()
    // London is an hour ahead of UTC on 30 September and not on 31 October: the first hour is September's, the last is November's.
    await t.record(
      call('into', '2026-09-30T22:00:00Z', '2026-10-01T00:00:00Z'),
      call('again', '2026-09-30T22:30:00Z', '2026-09-30T23:30:00Z'),
      call('out', '2026-10-31T23:30:00Z', '2026-11-01T01:00:00Z', { task: 'T2' }),
    )
    await terms(t, { projectKey: 'launch' }, SEPTEMBER)
    expect(await shown(t, SEPTEMBER)).toEqual(['launch T1: 1 h = 90.00'])
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 1 h = 90.00', 'launch T2: 0.5 h = 45.00'])
    expect(await shown(t, NOVEMBER)).toEqual(['launch T2: 1 h = 90.00'])
  })

  it('counts an event for no more than 27 days, so that it is in two months at most', async () => {
    const t = await tenant()
    await t.record(call('never ended', '2026-09-20T23:00:00Z', '2099-01-01T00:00:00Z'))
    await terms(t, { projectKey: 'launch' }, SEPTEMBER)
    // From 21 September in London on: ten days of September and 17 of October.
    expect(await shown(t, SEPTEMBER)).toEqual(['launch T1: 240 h = 21600.00'])
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 408 h = 36720.00'])
    expect(await shown(t, NOVEMBER)).toEqual([])
  })

  it('is charged by the terms of its day: those of the project, and of the client for the rest', async () => {
    const t = await tenant()
    await t.record(
      call('before', '2026-10-09T22:00:00Z', '2026-10-09T23:30:00Z'),
      october('own', '09:00', '10:00'),
      october('other', '09:00', '09:30', { project: null, task: 'T2' }),
    )
    await terms(t, { clientKey: 'northwind' }, OCTOBER)
    await terms(t, { projectKey: 'launch' }, '2026-10-10', { price: '60' })
    // The 10th begins at 23:00 UTC: one hour is the client's, and half an hour and one more the project's.
    expect(await shown(t, OCTOBER)).toEqual([
      'northwind T1: 1 h = 90.00',
      'northwind T2: 0.5 h = 45.00',
      'launch T1: 1.5 h = 90.00',
    ])
  })

  it('does not count a wrapper whose leaves are told, nor a second report of a shared use', async () => {
    const t = await tenant()
    const trace = { trace: 'tr' }
    await t.record(
      october('wrapper', '09:00', '10:00', { ...trace, kind: 'AGENT', span: 'up' }),
      october('use', '11:00', '11:30', { ...trace, kind: 'RETRIEVAL', span: 'u1', sharedKey: 'index' }),
    )
    await terms(t, { projectKey: 'launch' }, OCTOBER)
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 1.5 h = 135.00'])
    await t.record(
      october('leaf', '09:00', '09:30', { ...trace, span: 'down', parentSpan: 'up' }),
      october('report', '11:00', '11:30', {
        ...{ ...trace, kind: 'RETRIEVAL', span: 'u2', sharedKey: 'index', task: 'T2' },
      }),
    )
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 1 h = 90.00'])
  })
})

describe('time of a closed month', () => {
  it('stands still; a late event adds only what is new, in the first open month', async () => {
    const t = await hourly()
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    const told = await shown(t, OCTOBER)
    expect(told).toEqual(['launch T1: 0.6 h = 54.00'])
    // 09:25–09:45: six minutes of it were there, 14 are new. In November the task has 20 minutes of its own: 34 are 36.
    await t.record(october('late', '09:25', '09:45'))
    expect(await shown(t, NOVEMBER)).toEqual(['launch T1: 0.3 h = 27.00 (14 min of it came late for closed months)'])
    await t.record(call('own', '2026-11-03T09:00:00Z', '2026-11-03T09:20:00Z'))
    expect(await shown(t, NOVEMBER)).toEqual(['launch T1: 0.6 h = 54.00 (14 min of it came late for closed months)'])
    // What lies within the frozen intervals is nothing new.
    await t.record(october('within', '09:02', '09:08'))
    expect(await shown(t, NOVEMBER)).toEqual(['launch T1: 0.6 h = 54.00 (14 min of it came late for closed months)'])
    expect(await shown(t, OCTOBER)).toEqual(told)
    expect((await t.snapshot(OCTOBER, 1))?.content.time).toMatchObject({ rows: 1, micros: String(31 * 60_000_000) })
    await t.expectClosedAsWritten()
  })

  it('takes back what is voided, and by a replacement only the difference', async () => {
    const t = await hourly()
    await t.record(october('c', '14:00', '14:31', { task: 'T2' }))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    // Without b the task has 20 minutes of 31.
    await t.voids('b')
    expect(await shown(t, NOVEMBER)).toEqual(['launch T1: -0.2 h = -18.00 (less 11 min of closed months)'])
    await t.replace('c', { endedAt: '2026-10-10T14:40:00Z' })
    expect(await shown(t, NOVEMBER)).toEqual([
      'launch T2: 0.2 h = 18.00 (9 min of it came late for closed months)',
      'launch T1: -0.2 h = -18.00 (less 11 min of closed months)',
    ])
    await t.voids('a')
    // Nothing is left of the task: the 36 minutes of October are taken back.
    expect((await shown(t, NOVEMBER))[1]).toBe('launch T1: -0.6 h = -54.00 (less 31 min of closed months)')
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 0.6 h = 54.00', 'launch T2: 0.6 h = 54.00'])
  })

  it('freezes what came late with the month that charged it', async () => {
    const t = await hourly()
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.record(october('late', '10:00', '10:12'))
    t.setClock('2026-12-10T12:00:00Z')
    expect(await t.closeMonth(NOVEMBER)).toEqual([])
    const november = ['launch T1: 0.2 h = 18.00 (12 min of it came late for closed months)']
    expect([await shown(t, NOVEMBER), await shown(t, DECEMBER)]).toEqual([november, []])
    await t.record(october('later', '10:06', '10:18'))
    expect(await shown(t, DECEMBER)).toEqual(['launch T1: 0.1 h = 9.00 (6 min of it came late for closed months)'])
    expect([await shown(t, OCTOBER), await shown(t, NOVEMBER)]).toEqual([['launch T1: 0.6 h = 54.00'], november])
  })

  it('has home what came late when it is opened again, but for what a closed month has charged', async () => {
    const t = await hourly()
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.record(october('late', '10:00', '10:12'))
    expect(await t.reopen(OCTOBER)).toEqual([])
    // 31 and 12 minutes are 43: 48.
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 0.8 h = 72.00'])
    expect(await shown(t, NOVEMBER)).toEqual([])
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    expect([await shown(t, OCTOBER), await shown(t, NOVEMBER)]).toEqual([['launch T1: 0.8 h = 72.00'], []])
    await t.record(october('later', '11:00', '11:06'))
    t.setClock('2026-12-10T12:00:00Z')
    expect(await t.closeMonth(NOVEMBER)).toEqual([])
    expect(await t.reopen(OCTOBER)).toEqual([])
    // November keeps its six minutes, and October has the other 43.
    const both = [['launch T1: 0.8 h = 72.00'], ['launch T1: 0.1 h = 9.00 (6 min of it came late for closed months)']]
    expect([await shown(t, OCTOBER), await shown(t, NOVEMBER)]).toEqual(both)
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    expect([await shown(t, OCTOBER), await shown(t, NOVEMBER), await shown(t, DECEMBER)]).toEqual([...both, []])
  })

  it('stays as it was when the month that its late part is of gets other terms', async () => {
    const t = await tenant()
    await t.record(october('a', '09:00', '09:31'))
    await terms(t, { projectKey: 'launch' }, OCTOBER, {}, NOVEMBER)
    await terms(t, { projectKey: 'launch' }, NOVEMBER)
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.record(october('late', '10:00', '10:12'))
    t.setClock('2026-12-10T12:00:00Z')
    expect(await t.closeMonth(NOVEMBER)).toEqual([])
    const november = ['launch T1: 0.2 h = 18.00 (12 min of it came late for closed months)']
    expect(await shown(t, NOVEMBER)).toEqual(november)
    expect(await t.reopen(OCTOBER)).toEqual([])
    await terms(t, { projectKey: 'launch' }, OCTOBER, { ...NOTHING, model: 'PER_TASK', price: '50' }, NOVEMBER)
    expect([await shown(t, OCTOBER), await shown(t, NOVEMBER)]).toEqual([[], november])
  })

  it('leaves a task in the place that it had at the close', async () => {
    const t = await hourly()
    await t.record(october('elsewhere', '15:00', '15:30', { project: 'audit', task: 'T9' }))
    await terms(t, { projectKey: 'audit' }, OCTOBER)
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.task({ key: 'T1', project: 'audit' })
    expect(await shown(t, NOVEMBER)).toEqual([])
    await t.record(october('late', '10:00', '10:12'), call('own', '2026-11-03T09:00:00Z', '2026-11-03T10:00:00Z'))
    expect(await shown(t, NOVEMBER)).toEqual([
      'launch T1: 0.2 h = 18.00 (12 min of it came late for closed months)',
      'audit T1: 1 h = 90.00',
    ])
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 0.6 h = 54.00', 'audit T9: 0.5 h = 45.00'])
  })

  it('waits with what is late for a month whose terms charge by the hour', async () => {
    const t = await tenant()
    await t.record(october('a', '09:00', '09:31'))
    await terms(t, { projectKey: 'launch' }, OCTOBER, {}, NOVEMBER)
    // Another project keeps charging by the hour, so November has an edition with time.
    await t.record(october('other', '09:00', '09:06', { project: 'audit', task: 'T2' }))
    await terms(t, { projectKey: 'audit' }, OCTOBER)
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.record(october('late', '10:00', '10:12'))
    expect(await shown(t, NOVEMBER)).toEqual([])
    t.setClock('2026-12-10T12:00:00Z')
    expect(await t.closeMonth(NOVEMBER)).toEqual([])
    await terms(t, { projectKey: 'launch' }, DECEMBER, { price: '60' })
    expect(await shown(t, DECEMBER)).toEqual(['launch T1: 0.2 h = 12.00 (12 min of it came late for closed months)'])
  })

  it('charges no time of days on which its place was charged in another way', async () => {
    const t = await tenant()
    await t.record(october('a', '09:00', '09:31'))
    await terms(t, { projectKey: 'launch' }, OCTOBER, { ...NOTHING, model: 'PASS_THROUGH' })
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await terms(t, { projectKey: 'launch' }, NOVEMBER)
    await t.record(october('late', '10:00', '10:12'))
    expect(await shown(t, NOVEMBER)).toEqual([])
  })

  it('knows what began in an open month before it and ended in it', async () => {
    const t = await tenant()
    await t.record(october('a', '09:00', '09:30'))
    await terms(t, { projectKey: 'launch' }, OCTOBER)
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.record(call('crossing', '2026-09-30T22:30:00Z', '2026-09-30T23:12:00Z'))
    expect(await t.corrections()).toEqual([])
    expect(await shown(t, NOVEMBER)).toEqual(['launch T1: 0.2 h = 18.00 (12 min of it came late for closed months)'])
    expect(await shown(t, OCTOBER)).toEqual(['launch T1: 0.5 h = 45.00'])
  })

  it('can be read by no more statements for many places, and its rows by nobody but their tenant', async () => {
    const t = await hourly()
    const read = async () => {
      let statements = 0
      const db = tenantSql(world.pool, t.id)
      const counting = {
        tenantId: t.id,
        query: (...of: Parameters<typeof db.query>) => ((statements += 1), db.query(...of)),
      }
      const asked = { month: OCTOBER, projectId: null, clientId: null, timeZone: ZONE }
      const found = await readCharges(counting as typeof db, asked)
      return { statements, charges: found.length }
    }
    const one = await read()
    for (const project of ['p1', 'p2', 'p3']) {
      await t.record(october(project, '09:00', '10:00', { project, task: `task ${project}` }))
      await terms(t, { projectKey: project }, OCTOBER)
    }
    const many = await read()
    expect([one.charges, many.charges]).toEqual([1, 4])
    expect(many.statements).toBe(one.statements)
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    const other = await tenant()
    expect(
      await other.db.query({ name: '', text: 'SELECT 1 FROM period_task_time WHERE $1::uuid IS NOT NULL' }),
    ).toEqual([])
    expect(
      await t.db.query({ name: '', text: 'SELECT 1 FROM period_task_time WHERE $1::uuid IS NOT NULL' }),
    ).toHaveLength(4)
    await t.expectClosedAsWritten()
    await world.owner.query('UPDATE period_task_time SET micros = micros + 1 WHERE tenant_id = $1', [t.id])
    expect(await verifySnapshot(t.db, { month: OCTOBER, edition: 1 })).toBe(false)
    await expect(
      t.db.query({ name: '', text: 'UPDATE period_task_time SET micros = 1 WHERE tenant_id = $1::uuid' }),
    ).rejects.toThrow('permission denied')
  })
})

describe('whatever comes, and whenever months are closed', () => {
  /** Minutes of a task in a month by laying out every minute of every call that stands. */
  function minutesOf(calls: readonly [from: number, to: number][], month: string): number {
    const [start, end] = [Date.parse(`${month}T00:00:00Z`), Date.parse(`${addMonths(month, 1)}T00:00:00Z`)]
    const minutes = new Set<number>()
    for (const [from, to] of calls)
      for (let at = Math.max(from, start); at < Math.min(to, end); at += 60_000) minutes.add(at)
    return minutes.size
  }

  it('all months together hold each minute once, and closed ones do not move', async () => {
    // A fixed sequence of choices: the same in every run.
    let seed = 7
    const pick = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
    for (let round = 0; round < 2; round += 1) {
      const t = await tenant('2027-03-20T12:00:00Z')
      const MONTHS = ['2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01', '2027-03-01']
      const standing = new Map<string, [number, number]>()
      const closed = new Map<string, string[]>()
      const send = async (id: string) => {
        // Around the ends of months, so that much of it crosses one. London keeps UTC in these months.
        const from = Date.parse(`${MONTHS[1 + pick(4)]}T00:00:00Z`) + (pick(240) - 180) * 60_000
        const to = from + pick(300) * 60_000
        await t.record(call(id, new Date(from).toISOString(), new Date(to).toISOString()))
        standing.set(id, [from, to])
      }
      await send('first')
      await terms(t, { projectKey: 'launch' }, MONTHS[0] ?? '', { incrementMinutes: 1 })
      for (let step = 0; step < 14; step += 1) {
        const action = pick(8)
        const month = MONTHS[pick(4)] ?? ''
        if (action < 4) await send(`${round} ${step}`)
        else if (action === 4) {
          const id = [...standing.keys()][pick(standing.size)]
          if (id !== undefined && standing.delete(id)) await t.voids(id)
        } else if (action < 7 && !closed.has(month)) {
          expect(await t.closeMonth(month)).toEqual([])
          closed.set(month, await shown(t, month))
        } else if (closed.delete(month)) expect(await t.reopen(month)).toEqual([])
        const now = new Map<string, string[]>()
        for (const one of MONTHS) now.set(one, await shown(t, one))
        for (const [one, told] of closed) expect([one, now.get(one)]).toEqual([one, told])
        const charged = [...now.values()]
          .flat()
          .reduce((sum, line) => sum + Number(/: (-?[\d.]+) h/.exec(line)?.[1] ?? 0) * 60, 0)
        const worked = MONTHS.reduce((sum, one) => sum + minutesOf([...standing.values()], one), 0)
        expect([round, step, Math.round(charged)]).toEqual([round, step, worked])
      }
      expect(closed.size + standing.size).toBeGreaterThan(0)
    }
  }, 120_000)
})
