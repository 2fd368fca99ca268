import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { rebuildAllocated } from '../allocation/rebuild-allocated.ts'
import { openInstant } from '../ingest/cell-deltas.ts'
import { rebuildRollups } from '../ingest/verify-rollups.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { closePeriod } from './close-period.ts'
import { openPeriodWorld, type PeriodTenant, type PeriodWorld } from './period-test-kit.ts'
import { agreeToReopening, declineReopening, requestReopening } from './reopen-period.ts'
import { openPeriod, softClosePeriod } from './soft-close-period.ts'

let world: PeriodWorld

beforeAll(async () => {
  world = await openPeriodWorld()
}, 120_000)

afterAll(() => world?.close())

const OCTOBER = '2026-10-01'
const NOVEMBER = '2026-11-01'
const BOTH = { from: OCTOBER, to: '2026-12-01' }
const NOW = '2026-11-20T12:00:00Z'
const ADA = 'ada@example.test'
const BEN = 'ben@example.test'

/** 1.00 a token of `large`, from January on. */
async function tenant(): Promise<PeriodTenant> {
  const t = await world.tenant(NOW)
  await publish(t, 'large', '1', '2026-01-01T00:00:00Z')
  return t
}

async function publish(t: PeriodTenant, resource: string, amount: string, effectiveFrom: string): Promise<void> {
  const price = { amount, currency: 'GBP' }
  const rate = { provider: 'acme', resource, meter: 'input_tokens', price, effectiveFrom }
  expect((await t.publish(rate)).userErrors).toEqual([])
}

const TAGS = { agent: 'research', client: 'northwind', task: 'T1' }

const model = (id: string, quantity: number, more: object = {}) => ({
  id,
  provider: 'acme',
  resource: 'large',
  occurredAt: '2026-10-10T10:00:00Z',
  usage: [{ meter: 'input_tokens', quantity }],
  ...TAGS,
  ...more,
})

async function expectSound(t: PeriodTenant): Promise<void> {
  expect(await t.verify()).toEqual([])
  await t.expectClosedAsWritten()
}

describe('a closed month', () => {
  it('keeps its sums; a late event counts on the day it arrives and keeps its usage day', async () => {
    const t = await tenant()
    await t.record(model('a', 10))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.record(model('late', 3), model('on-time', 5, { occurredAt: '2026-11-02T00:00:00Z' }))
    expect([await t.costOf(OCTOBER), await t.costOf(NOVEMBER)]).toEqual(['10', '8'])
    expect(await t.corrections()).toEqual(['LATE_EVENT 2026-10-10 → 2026-11-20 3 1 0'])
    const october = await t.conservation(OCTOBER, NOVEMBER)
    expect([october.ledger, (await t.conservation(NOVEMBER, '2026-12-01')).ledger].map(Number)).toEqual([10, 8])
    await expectSound(t)
  })

  it('takes the month of the tenant’s zone, to the microsecond', async () => {
    const t = await tenant()
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    // London is an hour ahead of UTC until 25 October, and not on the 31st.
    await t.record(
      model('september', 1, { occurredAt: '2026-09-30T22:59:59.999999Z' }),
      model('first', 2, { occurredAt: '2026-09-30T23:00:00Z' }),
      model('last', 4, { occurredAt: '2026-10-31T23:59:59.999999Z' }),
      model('november', 8, { occurredAt: '2026-11-01T00:00:00Z' }),
    )
    expect(await t.costOf('2026-09-01')).toBe('1')
    expect(await t.costOf(OCTOBER)).toBe('0')
    expect(await t.costOf(NOVEMBER)).toBe('14')
    await expectSound(t)
  })

  it('posts the difference of a re-rating, of a void and of a replacement to the open month', async () => {
    const t = await tenant()
    await t.record(model('a', 10), model('b', 20), model('c', 30))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await publish(t, 'large', '1.5', '2026-10-01T00:00:00Z')
    const reratingId = await t.rerate({ from: OCTOBER, to: NOVEMBER })
    await t.voids('a')
    await t.replace('b', { usage: [{ meter: 'input_tokens', quantity: '4' }] })
    // 60 × 0.5 more, 10 × 1.5 less, and (4 − 20) × 1.5.
    expect(await t.corrections()).toEqual([
      'RERATING 2026-10-10 → 2026-11-20 30 0 0',
      'CORRECTION 2026-10-10 → 2026-11-20 -15 -1 0',
      // The original goes and its replacement comes, each in its own statement.
      'CORRECTION 2026-10-10 → 2026-11-20 6 1 0',
      'CORRECTION 2026-10-10 → 2026-11-20 -30 -1 0',
    ])
    expect([await t.costOf(OCTOBER), await t.costOf(NOVEMBER)]).toEqual(['60', '-9'])
    const { rows } = await world.owner.query<{ reference: string }>(
      'SELECT DISTINCT reference FROM period_correction WHERE tenant_id = $1 ORDER BY 1',
      [t.id],
    )
    expect(rows.map(({ reference }) => reference).sort()).toEqual([reratingId, 'a', 'b'].sort())
    await expectSound(t)
    // Made anew from events and corrections, the cells are what they were.
    await rebuildRollups(world.pool, t.id)
    expect([await t.costOf(OCTOBER), await t.costOf(NOVEMBER)]).toEqual(['60', '-9'])
    await expectSound(t)
  })

  it('counts usage that gets its price later: one unpriced less where it is posted, none over both months', async () => {
    const t = await tenant()
    await t.record(model('x', 7, { resource: 'new' }))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await publish(t, 'new', '2', '2026-10-01T00:00:00Z')
    await t.rerate({ from: OCTOBER, to: NOVEMBER })
    const unpriced = async (from: string, to: string) =>
      (
        await world.owner.query<{ said: string }>(
          `SELECT trim_scale(sum(cost_direct)) || ' ' || sum(unpriced) || ' ' || sum(invocations) AS said FROM rollup_day
           WHERE tenant_id = $1 AND grain = 0 AND day >= $2::date AND day < $3::date`,
          [t.id, from, to],
        )
      ).rows[0]?.said
    expect(await unpriced(OCTOBER, NOVEMBER)).toBe('0 1 1')
    expect(await unpriced(NOVEMBER, '2026-12-01')).toBe('14 -1 0')
    expect(await unpriced(BOTH.from, BOTH.to)).toBe('14 0 1')
    await expectSound(t)
  })

  it('leaves no correction of what comes and goes within one transaction', async () => {
    const t = await tenant()
    const wrapper = { kind: 'AGENT', trace: 'tr', span: 'up' }
    const leaf = { trace: 'tr', span: 'down', parentSpan: 'up' }
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await t.record(model('wrapper', 9, wrapper), model('leaf', 9, leaf))
    expect(await t.corrections()).toEqual(['LATE_EVENT 2026-10-10 → 2026-11-20 9 1 0'])
    // A wrapper that was posted is taken back when its leaf comes in a later batch.
    await t.record(model('wrapper 2', 5, { ...wrapper, trace: 'tr 2' }))
    await t.record(model('leaf 2', 5, { ...leaf, trace: 'tr 2' }))
    expect(await t.costOf(NOVEMBER)).toBe('14')
    await expectSound(t)
  })

  it('moves shared uses of a task by posting, and settles graduated prices in the open month', async () => {
    const t = await tenant()
    const steps = [
      ['5', '0'],
      ['4', '100'],
    ].map(([amount, above]) => ({
      provider: 'acme',
      resource: 'steps',
      meter: 'pages',
      price: { amount: amount ?? '', currency: 'GBP' },
      effectiveFrom: '2026-01-01T00:00:00Z',
      aboveMonthlyQuantity: above,
    }))
    expect((await t.publish(...steps)).userErrors).toEqual([])
    const pages = (id: string, at: string) =>
      model(id, 0, { resource: 'steps', occurredAt: at, usage: [{ meter: 'pages', quantity: 60 }] })
    const use = { kind: 'RETRIEVAL', trace: 'tr', sharedKey: 'index', client: null, agent: null }
    await t.record(model('use', 3, use), pages('second', '2026-10-20T10:00:00Z'))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    expect(await t.costOf(OCTOBER)).toBe('303')
    // Before it in the month: it takes the first step, and the event behind it falls into the second by 20 pages.
    await t.record(pages('first', '2026-10-05T10:00:00Z'))
    expect(await t.costOf(NOVEMBER)).toBe('280')
    await t.task({ key: 'T1', client: 'contoso' })
    expect((await t.corrections()).filter((said) => said.startsWith('TASK_MOVED'))).toEqual([
      'TASK_MOVED 2026-10-10 → 2026-11-20 -3 -1 0',
      'TASK_MOVED 2026-10-10 → 2026-11-20 3 1 0',
    ])
    await expectSound(t)
  })

  it('posts to the first open instant when the clock of a process lags behind', () => {
    const closedMonths = new Set([OCTOBER, NOVEMBER])
    const at = (instant: string) => openInstant(Date.parse(instant), { closedMonths, timeZone: 'Europe/London' })
    expect(at('2026-11-30T23:59:59Z')).toEqual({ day: '2026-12-01', atMs: Date.parse('2026-12-01T00:00:00Z') })
    expect(at('2026-12-01T08:00:00Z')).toEqual({ day: '2026-12-01', atMs: Date.parse('2026-12-01T08:00:00Z') })
  })
})

describe('a task that a closed month has recognised', () => {
  it('keeps completion, billed amount and place; saying them again changes nothing', async () => {
    const t = await tenant()
    await t.record(model('a', 10))
    const billed = { amount: '50', currency: 'GBP' }
    const done = { key: 'T1', completedAt: '2026-10-12T12:00:00Z', billed }
    expect((await t.task(done)).userErrors).toEqual([])
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    const errors = async (change: object) =>
      (await t.task({ key: 'T1', ...change })).userErrors.map(({ code, field }) => [code, field?.join('.')])
    expect(await errors({ billed: { amount: '51', currency: 'GBP' } })).toEqual([['PERIOD_CLOSED', 'input.billed']])
    expect(await errors({ billed: { amount: '50', currency: 'EUR' } })).toEqual([['PERIOD_CLOSED', 'input.billed']])
    expect(await errors({ status: 'FAILED' })).toEqual([['PERIOD_CLOSED', 'input.status']])
    expect(await errors({ completedAt: '2026-11-02T12:00:00Z' })).toEqual([['PERIOD_CLOSED', 'input.completedAt']])
    expect(await errors({ client: 'contoso' })).toEqual([['PERIOD_CLOSED', 'input.client']])
    expect(await errors({ ...done, billed: { amount: '50.00', currency: 'GBP' }, status: 'COMPLETED' })).toEqual([])
    expect(await errors({ name: 'Market entry', client: 'northwind' })).toEqual([])
    expect((await t.snapshot(OCTOBER, 1))?.fleet.revenue).toMatch(/^50\.0*$/)
    await expectSound(t)
  })

  it('is recognised on the day it is told, and in its own month once that is open again', async () => {
    const t = await tenant()
    await t.record(model('a', 10))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    const done = { key: 'T1', completedAt: '2026-10-12T12:00:00Z', billed: { amount: '50', currency: 'GBP' } }
    const recognised = async () =>
      (
        await world.owner.query<{ said: string }>(
          `SELECT t.completed_on || ' ' || c.day || ' ' || c.tasks AS said FROM task t JOIN completed_cell c ON c.tenant_id = t.tenant_id AND c.tasks <> 0
           WHERE t.tenant_id = $1`,
          [t.id],
        )
      ).rows.map(({ said }) => said)
    for (const _again of [1, 2]) {
      expect((await t.task(done)).userErrors).toEqual([])
      expect(await recognised()).toEqual(['2026-11-20 2026-11-20 1'])
    }
    await expectSound(t)
    expect(await t.reopen(OCTOBER)).toEqual([])
    expect(await recognised()).toEqual(['2026-10-12 2026-10-12 1'])
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    expect((await t.snapshot(OCTOBER, 2))?.fleet.revenue).toMatch(/^50\.0*$/)
    await expectSound(t)
  })
})

describe('closing', () => {
  it('refuses a month that is not over, a second close, and a date that is no month', async () => {
    const t = await tenant()
    expect(await t.closeMonth(NOVEMBER)).toEqual([
      'CHECK_FAILED: 2026-11 cannot be closed. MONTH_OVER: It ends at 2026-12-01T00:00:00.000Z (Europe/London).',
    ])
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    expect(await t.closeMonth(OCTOBER)).toEqual(['PERIOD_CLOSED: 2026-10 is closed already, edition 1.'])
    const { userErrors } = await closePeriod(t.deps(), t.id, { month: '2026-10-02', by: ADA, accept: [] })
    expect(userErrors).toMatchObject([{ code: 'INVALID_DATE', field: ['input', 'month'] }])
  })

  it('asks for a reason for what does not pass, and keeps it with the edition', async () => {
    const t = await tenant()
    await t.record(model('a', 10, { resource: 'unheard-of' }), model('b', 2, { agent: null, task: null, client: null }))
    const close = async (...accept: { item: string; reason: string }[]) =>
      (await closePeriod(t.deps(), t.id, { month: OCTOBER, by: ADA, accept })).userErrors
    expect(await close()).toEqual([
      {
        code: 'CHECK_NOT_ACCEPTED',
        message:
          'To close 2026-10 all the same, say why. UNPRICED: 1 invocations have no price and are in no amount; 1 tasks and 1 clients cost more than is shown. NO_AGENT: 2.00 GBP carry none. NO_TASK: 2.00 GBP carry none. NO_CLIENT: 2.00 GBP carry none.',
        field: ['input', 'accept'],
      },
    ])
    const reasons = ['UNPRICED', 'NO_AGENT', 'NO_TASK', 'NO_CLIENT'].map((item) => ({
      item,
      reason: `${item} is small.`,
    }))
    expect(await close(...reasons.slice(1))).toMatchObject([{ code: 'CHECK_NOT_ACCEPTED' }])
    expect(await close({ item: 'WEATHER', reason: 'It rains.' })).toMatchObject([
      { code: 'INVALID_FIELD', field: ['input', 'accept', '0', 'item'] },
    ])
    expect(await close({ item: 'UNPRICED', reason: ' ' })).toMatchObject([
      { code: 'MISSING_FIELD', field: ['input', 'accept', '0', 'reason'] },
    ])
    // A reason for what passes is not kept.
    expect(await close(...reasons, { item: 'POOLS_STALE', reason: 'None is.' })).toEqual([])
    expect((await t.snapshot(OCTOBER, 1))?.content.accepted).toEqual(reasons)
  })

  it('lets one of two closers at once close, and tells the other', async () => {
    const t = await tenant()
    await t.record(model('a', 10))
    const answers = await Promise.all([t.closeMonth(OCTOBER), t.closeMonth(OCTOBER), t.closeMonth(OCTOBER)])
    expect(answers.flat()).toEqual(Array(2).fill('PERIOD_CLOSED: 2026-10 is closed already, edition 1.'))
    expect(await t.closedMonths()).toEqual([{ month: OCTOBER, edition: 1 }])
  })

  it('puts every event that is sent meanwhile into the edition or into a correction, never both, never neither', async () => {
    const seen = { inEdition: 0, posted: 0 }
    for (let round = 0; round < 60; round += 1) {
      const t = await tenant()
      await t.record(model('before', 1))
      const senders = Array.from({ length: 8 }, (_, n) =>
        delayed(round % 12, () => t.record(model(`late-${n}-a`, 2), model(`late-${n}-b`, 3))),
      )
      const [errors] = await Promise.all([delayed((round * 7) % 12, () => t.closeMonth(OCTOBER)), ...senders])
      expect(errors).toEqual([])
      const closed = await t.snapshot(OCTOBER, 1)
      const inEdition = Number((closed?.fleet.direct ?? 0n) / 10n ** 18n) - 1
      const posted = Number(await t.costOf(NOVEMBER))
      expect({ round, sum: inEdition + posted }).toEqual({ round, sum: 8 * 5 })
      seen.inEdition += inEdition
      seen.posted += posted
      await expectSound(t)
    }
    // Both happened, or nothing was shown.
    expect(Math.min(seen.inEdition, seen.posted)).toBeGreaterThan(0)
  })

  it('leaves nothing when it is killed, wherever', async () => {
    for (const table of ['period', 'period_snapshot', 'period_snapshot_row', 'period_event', 'tenant']) {
      const t = await tenant()
      await t.record(model('a', 10))
      const blocker = await world.owner.connect()
      try {
        await blocker.query('BEGIN')
        // Writers wait here, readers do not.
        await blocker.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`)
        const closing = t.closeMonth(OCTOBER)
        const failed = expect(closing).rejects.toThrow(/terminat/)
        await killWhoWaits(table)
        await failed
      } finally {
        await blocker.query('ROLLBACK')
        blocker.release()
      }
      expect(await leftovers(t)).toEqual({ period: 0, period_event: 0, period_snapshot: 0, period_snapshot_row: 0 })
      await t.record(model('b', 5))
      expect(await t.costOf(OCTOBER)).toBe('15')
      expect(await t.closeMonth(OCTOBER)).toEqual([])
      await expectSound(t)
    }
  })

  it('writes editions that the application cannot change', async () => {
    const t = await tenant()
    await t.record(model('a', 10))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    const attempt = (text: string) => t.db.query({ name: '', text: `${text} WHERE tenant_id = $1::uuid` })
    for (const change of [
      `UPDATE period_snapshot SET hash = 'x'`,
      'DELETE FROM period_snapshot',
      'UPDATE period_snapshot_row SET cost_direct = 0',
      'DELETE FROM period_snapshot_row',
      `UPDATE period_event SET acted_by = 'x'`,
      'DELETE FROM period_event',
      'UPDATE period_correction SET cost_direct = 0',
      'DELETE FROM period_correction',
      'DELETE FROM period',
    ]) {
      await expect(attempt(change)).rejects.toThrow(/permission denied/)
    }
    // And who can is found out.
    await world.owner.query(
      `UPDATE period_snapshot_row SET cost_direct = cost_direct + 1 WHERE tenant_id = $1 AND dimension = 'AGENT'`,
      [t.id],
    )
    await expect(t.expectClosedAsWritten()).rejects.toThrow()
  })
})

describe('the checklist', () => {
  const states = async (t: PeriodTenant) =>
    Object.fromEntries(
      (await t.checks(OCTOBER))
        .filter(({ state }) => state !== 'PASS')
        .map(({ item, state, detail }) => [item, [state, detail]]),
    )

  it('passes a month with nothing to say', async () => {
    const t = await tenant()
    await t.record(model('a', 10))
    expect(await states(t)).toEqual({})
    expect((await t.checks(OCTOBER)).map(({ state, isBlocking }) => [state, isBlocking])).toEqual([
      ...Array(5).fill(['PASS', true]),
      ...Array(8).fill(['PASS', false]),
    ])
  })

  it('finds a cell that is not what its events make', async () => {
    for (const table of ['rollup_fine', 'rollup_day', 'rollup_task']) {
      const t = await tenant()
      await t.record(model('a', 10))
      await world.owner.query(
        `UPDATE ${table} SET cost_direct = cost_direct + 0.000000000000000001 WHERE tenant_id = $1`,
        [t.id],
      )
      expect(await states(t)).toMatchObject({ SUMS: ['FAIL', expect.stringContaining('differ from their events')] })
    }
  })

  it('waits for jobs, and for those that failed without a later one', async () => {
    const t = await tenant()
    const job = async (state: string, requestedAt: string) =>
      world.owner.query(
        `INSERT INTO allocation_job (tenant_id, id, month, cause, state, error, requested_by, requested_at)
         VALUES ($1, $2, $3, 'REQUESTED', $4, 'no weights', 'ada', $5)`,
        [t.id, uuidv7(), OCTOBER, state, requestedAt],
      )
    await job('FAILED', '2026-11-02T10:00:00Z')
    expect(await states(t)).toEqual({ JOBS_FAILED: ['FAIL', 'The allocation of 2026-11-02: no weights'] })
    await job('QUEUED', '2026-11-03T10:00:00Z')
    expect(await states(t)).toMatchObject({
      JOBS_RUNNING: ['FAIL', '1 allocations or re-ratings of it run.'],
      JOBS_FAILED: ['FAIL', expect.anything()],
    })
    await world.owner.query(`UPDATE allocation_job SET state = 'DONE' WHERE tenant_id = $1 AND state = 'QUEUED'`, [
      t.id,
    ])
    expect(await states(t)).toEqual({})
    await world.owner.query(
      `INSERT INTO rerating (tenant_id, id, kind, state, range_from, range_to, requested_by, error, requested_at)
       VALUES ($1, $2, 'RERATING', 'FAILED', '2026-10-20', '2026-11-10', 'ada', 'it stopped', '2026-11-11T00:00:00Z')`,
      [t.id, uuidv7()],
    )
    expect(await states(t)).toEqual({
      JOBS_FAILED: ['FAIL', 'The re-rating from 2026-10-20 to 2026-11-10: it stopped'],
    })
    expect(await t.closeMonth(OCTOBER)).toEqual([
      expect.stringContaining('CHECK_FAILED: 2026-10 cannot be closed. JOBS_FAILED'),
    ])
    await t.rerate({ from: '2026-10-20', to: '2026-11-10' })
    expect(await states(t)).toEqual({})
  })

  it('blocks for a pool that can be run and has not been, and warns of the others', async () => {
    const t = await tenant()
    await t.record(model('a', 10))
    const run = await pool(t, { name: 'vector db', currency: 'GBP', amount: '90', isApproved: true })
    expect(await states(t)).toEqual({ POOLS_NOT_ALLOCATED: ['FAIL', '90.00 GBP wait for their run: vector db.'] })
    await run('60')
    expect(await states(t)).toEqual({})
    await pool(t, { name: 'tools', currency: 'GBP', amount: '5', isApproved: false })
    await pool(t, { name: 'monitoring', currency: 'USD', amount: '7', isApproved: true })
    expect(await states(t)).toEqual({
      POOLS_WITHOUT_POLICY: ['WARN', 'No policy is approved for, so they stay unallocated: tools.'],
      POOLS_UNCONVERTED: ['WARN', expect.stringContaining('monitoring')],
    })
    await t.record(model('late', 1))
    expect(await states(t)).toMatchObject({ POOLS_STALE: ['WARN', expect.stringContaining('vector db')] })
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    // 90 + 5, without the pool that has no FX rate, less 60.
    const edition = await t.snapshot(OCTOBER, 1)
    expect(edition?.content).toMatchObject({ unallocated: '35', runs: [{ amount: expect.stringMatching(/^90/) }] })
    expect(edition?.fleet.allocated).toBe(60n * 10n ** 18n)
    await expectSound(t)
  })
})

describe('soft closing and reopening', () => {
  it('is a notice: events count in a month that is being closed', async () => {
    const t = await tenant()
    const codes = async (outcome: Promise<{ userErrors: { code: string }[] }>) =>
      (await outcome).userErrors.map(({ code }) => code)
    const wish = { month: OCTOBER, by: ADA }
    expect(await codes(softClosePeriod(t.deps(), t.id, { month: '2027-01-01', by: ADA }))).toEqual(['MONTH_NOT_BEGUN'])
    expect(await codes(softClosePeriod(t.deps(), t.id, wish))).toEqual([])
    expect(await codes(softClosePeriod(t.deps(), t.id, wish))).toEqual(['ALREADY_SOFT_CLOSED'])
    await t.record(model('a', 10))
    expect([await t.costOf(OCTOBER), await t.corrections()]).toEqual(['10', []])
    expect(await codes(openPeriod(t.deps(), t.id, { ...wish, reason: 'Too early.' }))).toEqual([])
    expect(await codes(openPeriod(t.deps(), t.id, { ...wish, reason: 'Again.' }))).toEqual(['PERIOD_NOT_SOFT_CLOSED'])
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    expect(await codes(softClosePeriod(t.deps(), t.id, wish))).toEqual(['PERIOD_CLOSED'])
    expect(await codes(openPeriod(t.deps(), t.id, { ...wish, reason: 'x' }))).toEqual(['PERIOD_NOT_SOFT_CLOSED'])
  })

  it('needs two people and a reason', async () => {
    const t = await tenant()
    const codes = async (outcome: Promise<{ userErrors: { code: string }[] }>) =>
      (await outcome).userErrors.map(({ code }) => code)
    const ask = (by: string, reason: string) => codes(requestReopening(t.deps(), t.id, { month: OCTOBER, by, reason }))
    const agree = (by: string) => codes(agreeToReopening(t.deps(), t.id, { month: OCTOBER, by }))
    const decline = (by: string) => codes(declineReopening(t.deps(), t.id, { month: OCTOBER, by, reason: 'No.' }))
    expect(await ask(ADA, 'An invoice was missing.')).toEqual(['PERIOD_NOT_CLOSED'])
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    expect(await agree(BEN)).toEqual(['REOPENING_NOT_REQUESTED'])
    expect(await ask(ADA, '  ')).toEqual(['MISSING_FIELD'])
    expect(await ask(ADA, 'An invoice was missing.')).toEqual([])
    expect(await ask(BEN, 'Me too.')).toEqual(['REOPENING_REQUESTED'])
    expect(await agree('Ada@Example.test')).toEqual(['SAME_PERSON'])
    expect(await decline(BEN)).toEqual([])
    expect(await agree(BEN)).toEqual(['REOPENING_NOT_REQUESTED'])
    expect(await ask(ADA, 'It really was.')).toEqual([])
    expect(await agree(BEN)).toEqual([])
    expect(await agree(BEN)).toEqual(['PERIOD_NOT_CLOSED'])
    const { rows } = await world.owner.query<{ said: string }>(
      `SELECT action || coalesce(': ' || reason, '') || ' ' || acted_by AS said FROM period_event WHERE tenant_id = $1 ORDER BY id`,
      [t.id],
    )
    expect(rows.map(({ said }) => said)).toEqual([
      `CLOSED ${ADA}`,
      `REOPENING_REQUESTED: An invoice was missing. ${ADA}`,
      `REOPENING_DECLINED: No. ${BEN}`,
      `REOPENING_REQUESTED: It really was. ${ADA}`,
      `REOPENED: It really was. ${BEN}`,
    ])
  })

  it('brings home what was posted to months that are open, and restates with a bridge that adds up', async () => {
    const t = await tenant()
    await t.record(model('a', 10), model('b', 20, { agent: 'coding', client: 'contoso' }))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    // Posted to November, which is closed before October is reopened: it stays there.
    await t.record(model('first late', 4))
    t.setClock('2026-12-05T12:00:00Z')
    expect(await t.closeMonth(NOVEMBER)).toEqual([])
    await t.record(model('second late', 3))
    await t.voids('b')
    await publish(t, 'large', '2', '2026-10-01T00:00:00Z')
    await t.rerate({ from: OCTOBER, to: NOVEMBER })
    // 3, −20, and one more for each of 10 + 4 + 3.
    expect(await t.costOf('2026-12-01')).toBe('0')
    expect(await t.reopen(OCTOBER)).toEqual([])
    expect([await t.costOf(OCTOBER), await t.costOf(NOVEMBER), await t.costOf('2026-12-01')]).toEqual(['30', '4', '0'])
    await t.record(model('while open', 5, { agent: null }))
    expect(await t.closeMonth(OCTOBER)).toEqual([])
    await expectSound(t)
    const bridge = (await t.snapshot(OCTOBER, 2))?.bridge ?? []
    const said = bridge.map(({ of, cause, before, after }) => `${cause ?? of} ${Number(before)} → ${Number(after)}`)
    expect(said.slice(0, 6)).toEqual([
      'FLEET 30 → 40',
      'CORRECTION 30 → 10',
      'LATE_EVENT 10 → 13',
      'RERATING 13 → 30',
      'WHILE_OPEN 30 → 40',
      'UNALLOCATED 0 → 0',
    ])
    // coding and contoso; research, and what has no agent; northwind.
    expect(said.slice(6).sort()).toEqual([
      'AGENT 0 → 10',
      'AGENT 10 → 30',
      'AGENT 20 → 0',
      'CLIENT 10 → 40',
      'CLIENT 20 → 0',
    ])
    expect((await t.snapshot(OCTOBER, 1))?.bridge).toBeNull()
  })
})

function delayed<T>(ms: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, ms)).then(work)
}

async function killWhoWaits(table: string): Promise<void> {
  for (;;) {
    const { rows } = await world.owner.query<{ ended: boolean }>(
      `SELECT pg_terminate_backend(l.pid) AS ended FROM pg_locks l
       WHERE l.relation = $1::regclass AND NOT l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [table],
    )
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function leftovers(t: PeriodTenant): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of ['period', 'period_event', 'period_snapshot', 'period_snapshot_row']) {
    const { rows } = await world.owner.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE tenant_id = $1`,
      [t.id],
    )
    counts[table] = rows[0]?.count ?? 0
  }
  return counts
}

/** A pool of October, as the pools' own code stores it; answers how to store a run of it that allocates some of it to no place. */
async function pool(
  t: PeriodTenant,
  { name, currency, amount, isApproved }: { name: string; currency: string; amount: string; isApproved: boolean },
): Promise<(allocated: string) => Promise<void>> {
  const { owner } = world
  const [poolId, policyId] = [uuidv7(), uuidv7()]
  await owner.query(
    `INSERT INTO cost_pool (tenant_id, id, name, category, recurrence, first_month, last_month, currency, created_by)
     VALUES ($1, $2, $3, 'OTHER', 'ONCE', $4, $4, $5, 'ada')`,
    [t.id, poolId, name, OCTOBER, currency],
  )
  await owner.query(
    `INSERT INTO cost_pool_amount (tenant_id, pool_id, from_month, revision, amount, set_by) VALUES ($1, $2, $3, 1, $4, 'ada')`,
    [t.id, poolId, OCTOBER, amount],
  )
  await owner.query(
    `INSERT INTO allocation_policy (tenant_id, id, pool_id, version, state, effective_from, method, fallback, review_due_on, created_by,
       approved_by, approved_at)
     VALUES ($1, $2, $3, 1, $4, $5, 'EQUAL', '{HOLD}', '2027-01-01', 'ada', $6, $7)`,
    [
      t.id,
      policyId,
      poolId,
      isApproved ? 'APPROVED' : 'PROPOSED',
      OCTOBER,
      isApproved ? 'ben' : null,
      isApproved ? new Date() : null,
    ],
  )
  return async (allocated) => {
    const [jobId, runId] = [uuidv7(), uuidv7()]
    await owner.query(
      `INSERT INTO allocation_job (tenant_id, id, month, cause, state, requested_by) VALUES ($1, $2, $3, 'REQUESTED', 'DONE', 'ada')`,
      [t.id, jobId, OCTOBER],
    )
    await owner.query(
      `INSERT INTO allocation_run (tenant_id, id, job_id, pool_id, month, policy_id, method, state, pool_amount, received, passed_on, total,
         allocated, unallocated, idle, under_absorbed, inputs_hash, snapshot)
       VALUES ($1, $2, $3, $4, $5, $6, 'EQUAL', 'CURRENT', $7, 0, 0, $7, $8, $7::numeric - $8::numeric, 0, 0, 'abc', clock_timestamp())`,
      [t.id, runId, jobId, poolId, OCTOBER, policyId, amount, allocated],
    )
    await owner.query(
      `INSERT INTO allocation_share (tenant_id, run_id, agent_id, weight, amount, task_ids, client_ids, project_ids, amounts)
       SELECT $1, $2, n, 1, $3::numeric, ARRAY[n], ARRAY[n], ARRAY[n], ARRAY[$3::numeric] FROM (VALUES ($4::uuid)) nil(n)`,
      [t.id, runId, allocated, NIL_UUID],
    )
    await tenantTransaction(world.pool, t.id, (client) => rebuildAllocated(client, t.id, OCTOBER))
  }
}
