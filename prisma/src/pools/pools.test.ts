import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { publishFxRates } from '../ingest/publish-fx-rates.ts'
import { readPoolAmounts, readPools, readPoolsOfMonth, readPoolTotals } from '../sql/read-pools.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { createPool } from './create-pool.ts'
import { endPool } from './end-pool.ts'
import type { PoolInput } from './parse-pool.ts'
import { closeMonth, OWNER, policyInput, poolInput, poolWorld, type PoolWorld } from './pool-test-kit.ts'
import type { Written } from './pool-writer.ts'
import { setPoolAmount } from './set-pool-amount.ts'

let world: PoolWorld

beforeAll(async () => {
  world = await poolWorld()
}, 120_000)

afterAll(() => world.end())

const create = (tenantId: string, fields: Partial<PoolInput> = {}) =>
  createPool(world, tenantId, { input: poolInput(fields), actor: OWNER })

async function created(tenantId: string, fields: Partial<PoolInput> = {}): Promise<string> {
  const { done, userErrors } = await create(tenantId, fields)
  expect(userErrors).toEqual([])
  return done?.poolId ?? ''
}

const set = (tenantId: string, poolId: string, fromMonth: string, amount: string, fields: { note?: string } = {}) =>
  setPoolAmount(world, tenantId, {
    input: { poolId, fromMonth, amount: { amount, currency: 'GBP' }, note: fields.note ?? null },
    actor: { by: 'owner@example.test' },
  })

const end = (tenantId: string, poolId: string, lastMonth: string) =>
  endPool(world, tenantId, { input: { poolId, lastMonth }, actor: { by: 'owner@example.test' } })

async function totals(db: TenantSql, ...months: string[]): Promise<string[]> {
  const found = await readPoolTotals(db, months)
  return found.map(({ month, amount }) => `${month.slice(0, 7)} ${formatFixed18(amount)}`)
}

function code<T>({ userErrors }: Written<T>): string[] {
  return userErrors.map((error) => `${error.code} ${(error.field ?? []).join('.')}: ${error.message}`)
}

describe('a pool', () => {
  it('is declared with its amount and a policy that counts from its first month', async () => {
    const { tenantId, db, agents } = await world.tenant()
    const id = await created(tenantId, {
      name: '  Vector database ',
      resource: { provider: 'acme', name: 'vectors' },
      capacity: '1000.50',
      note: 'Contract 12',
      policy: policyInput({ scope: ['coding', 'research'], fallback: ['EQUAL'] }),
    })
    expect(await readPoolsOfMonth(db, '2026-02-01')).toEqual([])
    expect(await readPoolsOfMonth(db, '2026-04-01')).toEqual([
      {
        nodeKind: 'CostPool',
        id,
        name: 'Vector database',
        category: 'VECTOR_DATABASE',
        recurrence: 'MONTHLY',
        firstMonth: '2026-03-01',
        lastMonth: null,
        currency: 'GBP',
        resourceProvider: 'acme',
        resourceName: 'vectors',
        capacity: '1000.500000',
        createdBy: 'owner@example.test',
        createdAt: expect.any(String),
        month: '2026-04-01',
        amount: 100n * 10n ** 18n,
        converted: 100n * 10n ** 18n,
        fxRate: null,
        fromMonth: '2026-03-01',
        revision: 1,
        policy: {
          nodeKind: 'AllocationPolicy',
          id: expect.any(String),
          poolId: id,
          version: 1,
          state: 'APPROVED',
          effectiveFrom: '2026-03-01',
          method: 'USAGE',
          basis: 'INVOCATIONS',
          rate: null,
          scope: [agents['coding'], agents['research']],
          fallback: ['EQUAL', 'HOLD'],
          idle: 'HELD',
          multipliers: [],
          exemptions: [],
          feeds: [],
          note: null,
          reviewDueOn: '2026-07-01',
          createdBy: 'owner@example.test',
          createdAt: expect.any(String),
          proposedAt: expect.any(String),
          approvedBy: 'owner@example.test',
          approvedAt: expect.any(String),
          overrideReason: 'Declared with the pool',
        },
      },
    ])
  })

  it.each<[string, Partial<PoolInput>, string]>([
    ['a part of a penny', { amount: { amount: '0.005', currency: 'GBP' } }, 'INVALID_FIELD input.amount'],
    ['an unknown currency', { amount: { amount: '1', currency: 'XAU' } }, 'UNKNOWN_CURRENCY input.amount.currency'],
    ['no amount', { amount: { amount: '1e3', currency: 'GBP' } }, 'INVALID_DECIMAL input.amount'],
    ['a day within a month', { month: '2026-03-02' }, 'INVALID_DATE input.month'],
    ['an end before the begin', { lastMonth: '2026-02-01' }, 'INVALID_DATE input.lastMonth'],
    ['an end of a one-off', { recurrence: 'ONCE', lastMonth: '2026-04-01' }, 'INVALID_FIELD input.lastMonth'],
    ['no name', { name: ' ' }, 'INVALID_FIELD input.name'],
    ['a name that cannot be kept', { name: 'a\u0000b' }, 'INVALID_FIELD input.name'],
    ['no capacity', { capacity: '0' }, 'INVALID_FIELD input.capacity'],
    ['a resource without name', { resource: { provider: null, name: '' } }, 'INVALID_FIELD input.resource.name'],
    [
      'an agent that nobody knows',
      { policy: policyInput({ scope: ['coding', 'reserch'] }) },
      'NOT_FOUND input.scope.1',
    ],
    [
      'an exemption of an agent that nobody knows',
      { policy: policyInput({ exemptions: [{ agent: 'x', from: '2026-03-01', to: null, reason: 'new' }] }) },
      'NOT_FOUND input.exemptions.0.agent',
    ],
    [
      'a feed to a pool that is not there',
      { policy: policyInput({ feeds: [{ poolId: uuidv7(), share: '0.5' }] }) },
      'NOT_FOUND input.feeds.0.poolId',
    ],
    [
      'uses of a resource it does not name',
      { policy: policyInput({ basis: 'RESOURCE_USES' }) },
      'INVALID_FIELD input.resource',
    ],
    ['a rate beside usage', { policy: policyInput({ rate: '0.2' }) }, 'INVALID_FIELD input.rate'],
  ])('is refused with %s, and leaves nothing behind', async (_what, fields, expected) => {
    const { tenantId, db } = await world.tenant()
    expect(code(await create(tenantId, fields))).toEqual([expect.stringContaining(`${expected}: `)])
    expect(await readPools(db, null)).toEqual([])
    const { rows } = await world.owner.query('SELECT 1 FROM allocation_policy WHERE tenant_id = $1', [tenantId])
    expect(rows).toEqual([])
  })

  it('names the agent that is not there', async () => {
    const { tenantId } = await world.tenant()
    expect(code(await create(tenantId, { policy: policyInput({ scope: ['reserch'] }) }))).toEqual([
      'NOT_FOUND input.scope.0: There is no agent "reserch"; an agent is there from its first event on.',
    ])
  })

  it('is there once a month under its name: a retry is a conflict that names the pool and its months', async () => {
    const { tenantId, db } = await world.tenant()
    await created(tenantId, { lastMonth: '2026-05-01' })
    const conflict =
      'CONFLICT input.name: The pool "Vector database" is already there for 2026-03 to 2026-05; set its amount, or choose another name.'
    expect(code(await create(tenantId, { lastMonth: '2026-05-01' }))).toEqual([conflict])
    expect(code(await create(tenantId, { recurrence: 'ONCE', month: '2026-05-01' }))).toEqual([conflict])
    expect(code(await create(tenantId, { month: '2026-01-01' }))).toEqual([conflict])
    await created(tenantId, { month: '2026-06-01' })
    await created(tenantId, { recurrence: 'ONCE', month: '2026-02-01' })
    expect((await readPools(db, null)).map(({ firstMonth }) => firstMonth)).toEqual([
      '2026-02-01',
      '2026-03-01',
      '2026-06-01',
    ])
  })

  it('is made once by many who make it at once', async () => {
    const { tenantId, db } = await world.tenant()
    for (let round = 0; round < 10; round += 1) {
      const name = `Pool ${round}`
      const answers = await Promise.all(Array.from({ length: 6 }, () => create(tenantId, { name })))
      expect(answers.filter(({ done }) => done !== null)).toHaveLength(1)
      expect(answers.flatMap(({ userErrors }) => userErrors.map((error) => error.code))).toEqual(
        Array.from({ length: 5 }, () => 'CONFLICT'),
      )
    }
    expect(await readPools(db, '2026-03-01')).toHaveLength(10)
  })

  it('is refused by the constraint where somebody went round the lock', async () => {
    const { tenantId } = await world.tenant()
    const other = await world.owner.connect()
    try {
      await other.query('BEGIN')
      await other.query(
        `INSERT INTO cost_pool (tenant_id, id, name, category, recurrence, first_month, last_month, currency, created_by)
         VALUES ($1, $2, 'Vector database', 'OTHER', 'ONCE', '2026-03-01', '2026-03-01', 'GBP', 'somebody')`,
        [tenantId, uuidv7()],
      )
      const answer = create(tenantId)
      await new Promise((resolve) => setTimeout(resolve, 200))
      await other.query('COMMIT')
      expect(code(await answer)).toEqual([expect.stringMatching(/^CONFLICT input\.name: .*at the same moment/)])
    } finally {
      other.release()
    }
  })

  it('is not made in a closed month, nor in one that only its months reach', async () => {
    const { tenantId } = await world.tenant()
    await closeMonth(world.owner, tenantId, '2026-04-01')
    const closed = 'PERIOD_CLOSED input.month: The month 2026-04 is closed; reopen it to change its shared costs.'
    expect(code(await create(tenantId))).toEqual([closed])
    expect(code(await create(tenantId, { recurrence: 'ONCE', month: '2026-04-01' }))).toEqual([closed])
    expect(code(await create(tenantId, { lastMonth: '2026-03-01' }))).toEqual([])
    expect(code(await create(tenantId, { month: '2026-05-01' }))).toEqual([])
  })
})

describe('the amount of a pool', () => {
  it('holds from its month to the next, credits and zero included, and the last revision counts', async () => {
    const { tenantId, db } = await world.tenant()
    const id = await created(tenantId, { lastMonth: '2026-08-01' })
    expect(code(await set(tenantId, id, '2026-07-01', '-5.25'))).toEqual([])
    expect(code(await set(tenantId, id, '2026-05-01', '120', { note: 'New contract' }))).toEqual([])
    expect(code(await set(tenantId, id, '2026-05-01', '0'))).toEqual([])
    const months = ['02', '03', '04', '05', '06', '07', '08', '09'].map((month) => `2026-${month}-01`)
    expect(await totals(db, ...months)).toEqual([
      '2026-03 100',
      '2026-04 100',
      '2026-05 0',
      '2026-06 0',
      '2026-07 -5.25',
      '2026-08 -5.25',
    ])
    expect(
      (await readPoolAmounts(db, [id])).map(({ fromMonth, revision, note }) => [fromMonth, revision, note]),
    ).toEqual([
      ['2026-07-01', 1, null],
      ['2026-05-01', 2, null],
      ['2026-05-01', 1, 'New contract'],
      ['2026-03-01', 1, null],
    ])
  })

  it('said again changes nothing', async () => {
    const { tenantId, db } = await world.tenant()
    const id = await created(tenantId)
    await set(tenantId, id, '2026-05-01', '120.00', { note: 'x' })
    const before = await readPoolAmounts(db, [id])
    expect(code(await set(tenantId, id, '2026-05-01', '120', { note: ' x ' }))).toEqual([])
    expect(await readPoolAmounts(db, [id])).toEqual(before)
  })

  it('gets each revision once when many set it at once', async () => {
    const { tenantId, db } = await world.tenant()
    const id = await created(tenantId)
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => set(tenantId, id, '2026-05-01', String(n))))
    expect(answers.flatMap(code)).toEqual([])
    const revisions = (await readPoolAmounts(db, [id])).filter(({ fromMonth }) => fromMonth === '2026-05-01')
    expect(revisions.map(({ revision }) => revision)).toEqual([6, 5, 4, 3, 2, 1])
  })

  it('is refused outside the months of the pool, in parts of a penny, in another currency, and for a pool that is not there', async () => {
    const { tenantId } = await world.tenant()
    const id = await created(tenantId, { lastMonth: '2026-05-01' })
    const answers = [
      await set(tenantId, id, '2026-02-01', '1'),
      await set(tenantId, id, '2026-06-01', '1'),
      await set(tenantId, id, '2026-04-15', '1'),
      await set(tenantId, id, '2026-04-01', '1.001'),
      await setPoolAmount(world, tenantId, {
        input: { poolId: id, fromMonth: '2026-04-01', amount: { amount: '1', currency: 'USD' }, note: null },
        actor: { by: 'x' },
      }),
      await set(tenantId, uuidv7(), '2026-04-01', '1'),
    ]
    expect(answers.flatMap(code).map((text) => text.split(': ')[0])).toEqual([
      'INVALID_DATE input.fromMonth',
      'INVALID_DATE input.fromMonth',
      'INVALID_DATE input.fromMonth',
      'INVALID_FIELD input.amount',
      'INVALID_FIELD input.amount.currency',
      'NOT_FOUND input.poolId',
    ])
  })

  it('does not reach a closed month, and may change where a later amount keeps it from one', async () => {
    const { tenantId, db } = await world.tenant()
    const id = await created(tenantId)
    await set(tenantId, id, '2026-05-01', '120')
    await closeMonth(world.owner, tenantId, '2026-05-01')
    expect(code(await set(tenantId, id, '2026-05-01', '1'))).toEqual([
      expect.stringMatching(/^PERIOD_CLOSED .* 2026-05 /),
    ])
    expect(code(await set(tenantId, id, '2026-04-01', '90'))).toEqual([])
    expect(code(await set(tenantId, id, '2026-06-01', '130'))).toEqual([])
    expect(await totals(db, '2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01')).toEqual([
      '2026-03 100',
      '2026-04 90',
      '2026-05 120',
      '2026-06 130',
    ])
  })

  it('is converted at the rate of the last day of the month, and unconverted without it', async () => {
    const { tenantId, db } = await world.tenant()
    await created(tenantId, { amount: { amount: '-10', currency: 'USD' } })
    const rate = (date: string, value: string) => ({ date, base: 'USD', quote: 'GBP', rate: value })
    await publishFxRates(world, tenantId, {
      rates: [rate('2026-03-31', '0.78945'), rate('2026-04-29', '0.8'), rate('2026-05-01', '0.8')],
    })
    const found = await readPoolTotals(db, ['2026-03-01', '2026-04-01'])
    expect(found.map(({ month, converted, fxRate }) => [month, converted, fxRate])).toEqual([
      ['2026-03-01', -7_890_000_000_000_000_000n, '0.789450000000000000'],
      ['2026-04-01', null, null],
    ])
  })
})

describe('the end of a pool', () => {
  it('moves earlier and later, up to another pool of its name', async () => {
    const { tenantId, db } = await world.tenant()
    const id = await created(tenantId)
    expect(code(await end(tenantId, id, '2026-05-01'))).toEqual([])
    expect(await totals(db, '2026-05-01', '2026-06-01')).toEqual(['2026-05 100'])
    await created(tenantId, { month: '2026-08-01', amount: { amount: '7', currency: 'GBP' } })
    expect(code(await end(tenantId, id, '2026-07-01'))).toEqual([])
    expect(code(await end(tenantId, id, '2026-07-01'))).toEqual([])
    expect(code(await end(tenantId, id, '2026-08-01'))).toEqual([
      expect.stringMatching(
        /^CONFLICT input\.lastMonth: The pool "Vector database" is already there for 2026-08 and on/,
      ),
    ])
    expect(await totals(db, '2026-07-01', '2026-08-01')).toEqual(['2026-07 100', '2026-08 7'])
  })

  it('is refused for a one-off, before the begin, over a closed month, and before a month that is allocated', async () => {
    const { tenantId } = await world.tenant()
    const once = await created(tenantId, { name: 'Once', recurrence: 'ONCE' })
    const id = await created(tenantId)
    await closeMonth(world.owner, tenantId, '2026-05-01')
    await allocated(tenantId, id, '2026-08-01')
    const answers = [
      await end(tenantId, once, '2026-04-01'),
      await end(tenantId, id, '2026-02-01'),
      await end(tenantId, id, '2026-04-01'),
      await end(tenantId, id, '2026-07-01'),
    ]
    expect(answers.flatMap(code)).toEqual([
      'INVALID_FIELD input.lastMonth: The pool "Once" is of 2026-03 alone; only a monthly pool ends.',
      'INVALID_DATE input.lastMonth: The pool "Vector database" begins in 2026-03; it cannot end in 2026-02.',
      'PERIOD_CLOSED input.lastMonth: The month 2026-05 is closed; reopen it to change its shared costs.',
      'POOL_ALLOCATED input.lastMonth: The pool "Vector database" is allocated for 2026-08; end it there or later, or set its amount to 0 and run it again.',
    ])
    expect(code(await end(tenantId, id, '2026-08-01'))).toEqual([])
  })

  async function allocated(tenantId: string, poolId: string, month: string): Promise<void> {
    const [job, run] = [uuidv7(), uuidv7()]
    await world.owner.query(
      `INSERT INTO allocation_job (tenant_id, id, month, cause, state, requested_by) VALUES ($1, $2, $3, 'REQUESTED', 'DONE', 'x')`,
      [tenantId, job, month],
    )
    await world.owner.query(
      `INSERT INTO allocation_run (tenant_id, id, job_id, pool_id, month, policy_id, method, state, pool_amount, received, passed_on, total,
         allocated, unallocated, idle, under_absorbed, inputs_hash, snapshot)
       SELECT $1, $2, $3, $4, $5, y.id, 'EQUAL', 'CURRENT', 0, 0, 0, 0, 0, 0, 0, 0, '', now() FROM allocation_policy y
       WHERE y.tenant_id = $1 AND y.pool_id = $4`,
      [tenantId, run, job, poolId, month],
    )
  }
})
