import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openAllocationWorld, type AllocationTenant, type AllocationWorld } from '../allocation/test-world.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import type { ReportAsker } from './request-report.ts'
import {
  changeSchedule,
  createSchedule,
  setScheduleState,
  subscribe,
  unsubscribe,
  type ScheduleWish,
} from './report-schedules.ts'
import { takeDueTicks } from './take-due-ticks.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-10-20T06:30:00Z')
const ADA: ReportAsker = { asker: { kind: 'USER', id: 'ada' }, requestedBy: 'ada@example.test' }

let world: AllocationWorld
let tenant: AllocationTenant
let workers: TenantPool[]

beforeAll(async () => {
  world = await openAllocationWorld()
  workers = Array.from({ length: 5 }, () => new TenantPool({ url: world.database.appUrl, max: 2 }))
}, 120_000)

beforeEach(async () => {
  tenant = await world.tenant()
  await member('ada', 'FINANCE')
})

afterAll(async () => {
  await Promise.all(workers.map((pool) => pool.end()))
  await world.close()
})

async function member(userId: string, role: string): Promise<void> {
  await world.owner.query(
    `INSERT INTO app_user (id, name, email, email_verified, created_at, updated_at) VALUES ($1, $1, $1 || '@example.test', true, now(), now())
     ON CONFLICT DO NOTHING`,
    [userId],
  )
  await world.owner.query('INSERT INTO membership (tenant_id, user_id, role) VALUES ($1, $2, $3)', [
    tenant.id,
    userId,
    role,
  ])
}

const wish: ScheduleWish = {
  kind: 'PROJECT_WEEKLY',
  clientKey: null,
  cron: '0 * * * *',
  periodRule: 'LAST_7_DAYS',
  recipients: ['Board@example.com'],
}

async function scheduled(changes: Partial<ScheduleWish> = {}): Promise<string> {
  const asked = { wish: { ...wish, ...changes }, ...ADA }
  const { scheduleId, userErrors } = await createSchedule({ pool: world.pool, nowMs: START }, tenant.id, asked)
  expect(userErrors).toEqual([])
  return scheduleId ?? ''
}

const refusalOf = async (changes: Partial<ScheduleWish>, by = ADA) => {
  const asked = { wish: { ...wish, ...changes }, ...by }
  const { userErrors } = await createSchedule({ pool: world.pool, nowMs: START }, tenant.id, asked)
  return userErrors.map(({ code, field }) => [code, ...(field ?? [])].join(' '))
}

/** What stands of all ticks: when, and whether it was run. */
async function ticks(): Promise<{ at: string; isRun: boolean }[]> {
  const { rows } = await world.owner.query<{ tick_at: Date; run_id: string | null }>(
    'SELECT tick_at, run_id FROM report_tick WHERE tenant_id = $1 ORDER BY tick_at',
    [tenant.id],
  )
  return rows.map(({ tick_at, run_id }) => ({ at: tick_at.toISOString(), isRun: run_id !== null }))
}

interface RunRow {
  recipients: string[]
  from: string
  to: string
  asker_id: string
  requested_by: string
}

async function runs(): Promise<RunRow[]> {
  const { rows } = await world.owner.query<RunRow>(
    `SELECT q.recipients, p.period_from::text AS "from", p.period_to::text AS "to", q.asker_id, q.requested_by FROM report_run q
     JOIN report p ON p.tenant_id = q.tenant_id AND p.id = q.report_id WHERE q.tenant_id = $1 ORDER BY q.requested_at, q.id`,
    [tenant.id],
  )
  return rows
}

/** The work that a run asks for is over. */
const finish = () =>
  world.owner.query(`UPDATE report_run SET state = 'DONE', done_at = now() WHERE tenant_id = $1 AND state = 'QUEUED'`, [
    tenant.id,
  ])

describe('the instants of a schedule', () => {
  it('are each run once, with five workers that look at all hundred of them at the same time', async () => {
    await scheduled()
    const taken: string[] = []
    for (let hour = 1; hour <= 100; hour += 1) {
      const nowMs = START + hour * HOUR
      const refs = await Promise.all(workers.map((pool) => takeDueTicks({ pool, nowMs }, tenant.id)))
      taken.push(...refs.flat().map(({ runId }) => runId))
      await finish()
    }
    expect(new Set(taken).size).toBe(100)
    expect(taken).toHaveLength(100)
    expect(await ticks()).toEqual(
      Array.from({ length: 100 }, (_, hour) => ({
        at: new Date(START + HOUR / 2 + hour * HOUR).toISOString(),
        isRun: true,
      })),
    )
    expect(await runs()).toHaveLength(100)
  }, 120_000)

  it('that nobody was there for are skipped, but for the latest', async () => {
    await scheduled({ cron: '0 7 * * *' })
    expect(await takeDueTicks({ pool: world.pool, nowMs: START }, tenant.id)).toEqual([])
    // Clocks go back on the 25th: seven is at 06:00Z before, and at 07:00Z from then on.
    const nowMs = Date.parse('2026-10-26T12:00:00Z')
    const refs = await Promise.all(workers.map((pool) => takeDueTicks({ pool, nowMs }, tenant.id)))
    expect(refs.flat()).toHaveLength(1)
    expect(await ticks()).toEqual([
      ...['21', '22', '23', '24'].map((day) => ({ at: `2026-10-${day}T06:00:00.000Z`, isRun: false })),
      { at: '2026-10-25T07:00:00.000Z', isRun: false },
      { at: '2026-10-26T07:00:00.000Z', isRun: true },
    ])
    expect(await runs()).toEqual([
      {
        ...{ recipients: ['board@example.com'], from: '2026-10-19', to: '2026-10-26' },
        ...{ asker_id: 'ada', requested_by: 'Schedule of ada@example.test' },
      },
    ])
  })

  it('are none while it is paused, are not made up for, and end with it', async () => {
    const scheduleId = await scheduled()
    const set = (state: 'ACTIVE' | 'PAUSED' | 'ENDED', nowMs: number) =>
      setScheduleState({ pool: world.pool, nowMs }, tenant.id, { scheduleId, state, by: 'ada@example.test' })
    await set('PAUSED', START)
    const later = START + 10 * HOUR
    expect(await takeDueTicks({ pool: world.pool, nowMs: later }, tenant.id)).toEqual([])
    await set('ACTIVE', later)
    expect(await takeDueTicks({ pool: world.pool, nowMs: later + HOUR }, tenant.id)).toHaveLength(1)
    expect(await ticks()).toHaveLength(1)
    await set('ENDED', later + HOUR)
    expect(await takeDueTicks({ pool: world.pool, nowMs: later + 5 * HOUR }, tenant.id)).toEqual([])
    expect((await set('ACTIVE', later)).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'id'] }])
  })

  it('follow a change of the schedule', async () => {
    const scheduleId = await scheduled()
    const terms = { cron: '0 9 * * *', periodRule: 'LAST_WEEK', recipients: [] } as const
    const by = 'ada@example.test'
    await changeSchedule({ pool: world.pool, nowMs: START }, tenant.id, { scheduleId, terms, by })
    await takeDueTicks({ pool: world.pool, nowMs: Date.parse('2026-10-20T09:00:00Z') }, tenant.id)
    expect(await ticks()).toEqual([{ at: '2026-10-20T08:00:00.000Z', isRun: true }])
    expect(await runs()).toMatchObject([{ recipients: [], from: '2026-10-12', to: '2026-10-19' }])
  })

  it('say why, when twenty reports wait already', async () => {
    await scheduled()
    for (let hour = 1; hour <= 21; hour += 1)
      await takeDueTicks({ pool: world.pool, nowMs: START + hour * HOUR }, tenant.id)
    expect((await ticks()).map(({ isRun }) => isRun)).toEqual([...Array<boolean>(20).fill(true), false])
  })
})

describe('a schedule', () => {
  it.each<[Partial<ScheduleWish>, string[]]>([
    [{ cron: '* * * * *' }, ['INVALID_FIELD input cron']],
    [{ periodRule: 'LAST_MONTH' }, ['INVALID_FIELD input periodRule']],
    [{ recipients: ['nobody'] }, ['INVALID_FIELD input recipients']],
    [{ clientKey: 'northwind' }, ['INVALID_FIELD input clientKey']],
    [{ kind: 'CLIENT_STATEMENT', periodRule: 'LAST_MONTH' }, ['MISSING_FIELD input clientKey']],
    [{ kind: 'CLIENT_STATEMENT', periodRule: 'LAST_MONTH', clientKey: 'x' }, ['NOT_FOUND input clientKey']],
  ])('of %j is refused', async (changes, refusal) => {
    expect(await refusalOf(changes)).toEqual(refusal)
  })

  it('is not for who may not read such a report', async () => {
    await member('vera', 'VIEWER')
    await member('carl', 'VIEWER')
    await world.owner.query(`DELETE FROM membership WHERE tenant_id = $1 AND user_id = 'carl'`, [tenant.id])
    await tenant.task({ key: 't', client: 'northwind' })
    const by = (id: string): ReportAsker => ({ asker: { kind: 'USER', id }, requestedBy: id })
    const statement = { kind: 'CLIENT_STATEMENT', periodRule: 'LAST_MONTH', clientKey: 'northwind' } as const
    expect(await refusalOf(statement)).toEqual([])
    expect(await refusalOf(statement, by('vera'))).toEqual(['FORBIDDEN input kind'])
    expect(await refusalOf({}, by('carl'))).toEqual(['FORBIDDEN input kind'])
  })
})

describe('the weekly mail', () => {
  const nowMs = START
  const MONDAY = Date.parse('2026-10-26T07:00:00Z')
  const who = (userId: string) => ({ userId, email: `${userId}@example.test` })

  it('is one report for all who subscribed and may still read it', async () => {
    await member('vera', 'VIEWER')
    await member('gone', 'VIEWER')
    for (const userId of ['gone', 'vera', 'ada', 'ada'])
      expect((await subscribe({ pool: world.pool, nowMs }, tenant.id, who(userId))).userErrors).toEqual([])
    await world.owner.query(`DELETE FROM membership WHERE tenant_id = $1 AND user_id = 'gone'`, [tenant.id])
    await takeDueTicks({ pool: world.pool, nowMs: MONDAY }, tenant.id)
    expect(await runs()).toEqual([
      {
        ...{ recipients: ['vera@example.test', 'ada@example.test'], from: '2026-10-19', to: '2026-10-26' },
        ...{ asker_id: 'vera', requested_by: 'Weekly mail' },
      },
    ])
  })

  it('is not made for nobody', async () => {
    await subscribe({ pool: world.pool, nowMs }, tenant.id, who('ada'))
    await unsubscribe({ pool: world.pool }, tenant.id, 'ada')
    await takeDueTicks({ pool: world.pool, nowMs: MONDAY }, tenant.id)
    expect([await ticks(), await runs()]).toEqual([[{ at: '2026-10-26T07:00:00.000Z', isRun: false }], []])
  })

  it('is not for who is of a client, or limited to some', async () => {
    await member('lim', 'PROJECT_MANAGER')
    await world.owner.query(`UPDATE membership SET is_limited = true WHERE tenant_id = $1 AND user_id = 'lim'`, [
      tenant.id,
    ])
    const { userErrors } = await subscribe({ pool: world.pool, nowMs }, tenant.id, who('lim'))
    expect(userErrors).toMatchObject([{ code: 'FORBIDDEN' }])
  })
})
