import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { BudgetWish } from '@outlay/domain/budgets/check-budget'
import { budgetWish, openLimitsWorld, type LimitsTenant, type LimitsWorld } from '../alerts/limits-test-kit.ts'
import { publishFxRates } from '../ingest/publish-fx-rates.ts'
import { readBudgets } from '../sql/read-budgets.ts'
import { tenantSql } from '../sql/tenant-sql.ts'

let world: LimitsWorld
let tenant: LimitsTenant
beforeAll(async () => {
  world = await openLimitsWorld()
  tenant = await world.tenant()
  await tenant.spend({ cost: '1' })
}, 120_000)
afterAll(() => world.close())

const REFUSED: [string, Partial<BudgetWish>, string][] = [
  ['a negative amount', { amount: { amount: '-5', currency: 'GBP' } }, 'INVALID_FIELD input.amount.amount'],
  ['an amount of nothing', { amount: { amount: '0', currency: 'GBP' } }, 'INVALID_FIELD input.amount.amount'],
  ['an amount that is no number', { amount: { amount: '1e5', currency: 'GBP' } }, 'INVALID_FIELD input.amount.amount'],
  ['parts of a penny', { amount: { amount: '1.001', currency: 'GBP' } }, 'INVALID_FIELD input.amount.amount'],
  ['what is no currency', { amount: { amount: '5', currency: 'gbp' } }, 'INVALID_FIELD input.amount.currency'],
  ['a currency without FX', { amount: { amount: '5', currency: 'CHF' } }, 'FX_RATE_MISSING input.amount.currency'],
  ['an unknown agent', { scope: 'AGENT', key: 'nobody' }, 'NOT_FOUND input.key'],
  ['an unknown client', { scope: 'CLIENT', key: 'nobody' }, 'NOT_FOUND input.key'],
  ['an unknown project', { scope: 'PROJECT', key: 'nobody' }, 'NOT_FOUND input.key'],
  ['a key that no text holds', { scope: 'AGENT', key: 'resea\u0000rch' }, 'NOT_FOUND input.key'],
  ['an agent without its key', { scope: 'AGENT' }, 'MISSING_FIELD input.key'],
  ['a fleet with a key', { key: 'research' }, 'INVALID_FIELD input.key'],
  ['a period without dates', { window: 'CUSTOM' }, 'MISSING_FIELD input.period'],
  ['a month with a period', { period: { from: '2026-01-01', to: '2026-02-01' } }, 'INVALID_FIELD input.period'],
  [
    'a period that ends first',
    { window: 'CUSTOM', period: { from: '2026-02-01', to: '2026-01-01' } },
    'INVALID_FIELD input.period.to',
  ],
  [
    'a period of no days',
    { window: 'CUSTOM', period: { from: '2026-02-30', to: '2026-03-02' } },
    'INVALID_FIELD input.period.from',
  ],
  ['a month with a first day', { startsOn: '2026-01-01' }, 'INVALID_FIELD input.startsOn'],
  ['no thresholds', { thresholds: [] }, 'MISSING_FIELD input.thresholds'],
  ['a threshold of nothing', { thresholds: ['0'] }, 'INVALID_FIELD input.thresholds.0'],
  ['a threshold beyond 100', { thresholds: ['0.5', '100.1'] }, 'INVALID_FIELD input.thresholds.1'],
  ['a threshold twice', { thresholds: ['0.5', '0.50'] }, 'INVALID_FIELD input.thresholds'],
  [
    'eleven thresholds',
    { thresholds: Array.from({ length: 11 }, (_, n) => `${n + 1}`) },
    'INVALID_FIELD input.thresholds',
  ],
  ['a forecast below nothing', { forecastThresholds: ['-1'] }, 'INVALID_FIELD input.forecastThresholds.0'],
  ['a month that learns', { scope: 'AGENT', key: 'research', learn: true }, 'INVALID_FIELD input.learn'],
]

describe('setting a budget', () => {
  it.each(REFUSED)('refuses %s, and stores nothing', async (_what, wish, refusal) => {
    const { budgetId, userErrors } = await tenant.trySet(wish)
    expect(userErrors.map(({ code, field }) => `${code} ${field?.join('.')}`)).toEqual([refusal])
    expect(budgetId).toBeNull()
    expect(await tenant.rows('SELECT id FROM budget WHERE tenant_id = $1')).toEqual([])
  })

  it('does not know the agent of another tenant', async () => {
    const other = await world.tenant()
    await other.spend({ cost: '1', agent: 'theirs' })
    const { userErrors } = await tenant.trySet({ scope: 'AGENT', key: 'theirs' })
    expect(userErrors).toEqual([{ code: 'NOT_FOUND', message: 'There is no agent "theirs".', field: ['input', 'key'] }])
  })

  it('takes another currency at the rate of today, and keeps the rate', async () => {
    const own = await world.tenant()
    const rates = [{ date: new Date().toISOString().slice(0, 10), base: 'EUR', quote: 'GBP', rate: '0.8123' }]
    await publishFxRates({ pool: world.pool }, own.id, { source: 'test', rates })
    await own.set({ amount: { amount: '1000', currency: 'EUR' } })
    const [budget] = await readBudgets(tenantSql(world.pool, own.id))
    expect(budget).toMatchObject({
      ...{
        scope: 'FLEET',
        key: null,
        label: 'Fleet',
        window: 'MONTH',
        givenCurrency: 'EUR',
        fxRate: '0.8123',
        version: 1,
      },
      ...{ thresholds: ['0.8', '1'], forecastThresholds: [], isLearned: false },
      ...{ givenAmount: 1_000n * 10n ** 18n, amount: 8_123n * 10n ** 17n },
    })
    // Said again on another day at another rate it is the same budget.
    const again = await own.trySet({ amount: { amount: '1000', currency: 'EUR' } })
    expect(again).toEqual({ budgetId: budget?.id, alertIds: [], deliveryIds: [], userErrors: [] })
  })

  it('changes the one of the same scope, window and days; a note makes no version, all else does', async () => {
    const own = await world.tenant()
    await own.spend({ cost: '1' })
    const wish = { scope: 'AGENT', key: 'research', window: 'DAY' } as const
    const budgetId = await own.set(wish)
    const versionAfter = async (change: Partial<BudgetWish>) => {
      expect(await own.set({ ...wish, ...change })).toBe(budgetId)
      const [row] = await own.rows<{ version: number }>('SELECT version FROM budget WHERE tenant_id = $1')
      return row?.version
    }
    expect(await versionAfter({})).toBe(1)
    expect(await versionAfter({ note: 'Agreed' })).toBe(1)
    expect(await versionAfter({ note: 'Agreed', thresholds: ['1.50'] })).toBe(1)
    expect(await versionAfter({ thresholds: ['1', '2'] })).toBe(2)
    expect(await versionAfter({ thresholds: ['2', '1'], learn: true })).toBe(3)
    expect(await versionAfter({ thresholds: ['1', '2'], learn: true, forecastThresholds: ['1'] })).toBe(4)
    expect(await versionAfter({ amount: { amount: '120', currency: 'GBP' } })).toBe(5)
    const other = await own.set({ ...wish, window: 'MONTH' })
    await own.end(budgetId)
    const anew = await own.set(wish)
    expect(new Set([budgetId, other, anew]).size).toBe(3)
  })

  it('by many at the same time makes one', async () => {
    const own = await world.tenant()
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => own.trySet()))
    expect(new Set(outcomes.map(({ budgetId }) => budgetId)).size).toBe(1)
    expect(await own.rows('SELECT version FROM budget WHERE tenant_id = $1')).toEqual([{ version: 1 }])
  })
})

describe('ending a budget', () => {
  it('does not know one of another tenant', async () => {
    const other = await world.tenant()
    const budgetId = await other.set(budgetWish())
    expect(await tenant.end(budgetId)).toMatchObject({ budgetId: null, userErrors: [{ code: 'NOT_FOUND' }] })
    expect(await other.rows('SELECT ended_at FROM budget WHERE tenant_id = $1')).toEqual([{ ended_at: null }])
  })
})
