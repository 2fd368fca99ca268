import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { explainChange } from './explain-change.ts'
import { explainUnitChange, type UnitChangeParts } from './explain-unit-change.ts'

const use = (calls: number, tokens: number, cost: string) => ({
  resourceId: 'large',
  calls: BigInt(calls),
  tokens: BigInt(tokens) * 1_000_000n,
  cost: parseFixed18(cost),
  unknown: 0n,
})

/** Of one resource before and now, the pools and the tasks of both. */
function unitChange(
  before: { use: ReturnType<typeof use>; pools?: string; tasks: number },
  now: { use: ReturnType<typeof use>; pools?: string; tasks: number },
) {
  const allocated = { before: parseFixed18(before.pools ?? '0'), now: parseFixed18(now.pools ?? '0') }
  return explainUnitChange({
    parts: explainChange({ before: [before.use], now: [now.use], allocated }),
    usedBefore: before.use.cost,
    allocated,
    tasks: { before: BigInt(before.tasks), now: BigInt(now.tasks) },
  })
}

const texts = (parts: UnitChangeParts | undefined) =>
  Object.fromEntries(Object.entries(parts ?? {}).map(([name, amount]) => [name, formatFixed18(amount as bigint)]))

const NOTHING = { callsPerTask: '0', mix: '0', tokensPerCall: '0', price: '0', tasks: '0', allocation: '0', total: '0' }

describe('explainUnitChange', () => {
  it('takes the example of the page on why a cost changed apart', () => {
    const change = unitChange(
      { use: use(10, 1_000, '10'), pools: '20', tasks: 5 },
      { use: use(20, 3_000, '60'), pools: '24', tasks: 8 },
    )
    expect([change?.before, change?.now]).toEqual([parseFixed18('6'), parseFixed18('10.5')])
    expect(texts(change?.parts)).toEqual({
      callsPerTask: '0.5',
      mix: '0',
      tokensPerCall: '1.25',
      price: '3.75',
      tasks: '-1.5',
      allocation: '0.5',
      total: '4.5',
    })
  })

  it('finds nothing where twice the tasks took twice the calls', () => {
    const change = unitChange({ use: use(10, 1_000, '10'), tasks: 5 }, { use: use(20, 2_000, '20'), tasks: 10 })
    expect(texts(change?.parts)).toEqual(NOTHING)
  })

  it('spreads the same pool over more tasks', () => {
    const change = unitChange(
      { use: use(10, 1_000, '10'), pools: '30', tasks: 5 },
      { use: use(20, 2_000, '20'), pools: '30', tasks: 10 },
    )
    expect(texts(change?.parts)).toEqual({ ...NOTHING, tasks: '-3', total: '-3' })
  })

  it('calls the same calls for half the tasks twice the calls for a task', () => {
    const change = unitChange({ use: use(10, 1_000, '10'), tasks: 10 }, { use: use(10, 1_000, '10'), tasks: 5 })
    expect(texts(change?.parts)).toEqual({ ...NOTHING, callsPerTask: '1', total: '1' })
  })

  it('says nothing where a period has no cost per task', () => {
    const one = { use: use(10, 1_000, '10'), tasks: 1 }
    expect(unitChange({ ...one, tasks: 0 }, one)).toBeNull()
    expect(unitChange(one, { ...one, tasks: 0 })).toBeNull()
  })

  it('adds up to the difference of the printed costs per task, to the last decimal', () => {
    const amount = fc.oneof(fc.constantFrom(0n, 1n, -1n), fc.bigInt({ min: -(10n ** 22n), max: 10n ** 24n }))
    const count = fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 10n ** 15n }))
    const tasks = fc.oneof(fc.constantFrom(1n, 3n, 7n), fc.bigInt({ min: 1n, max: 10n ** 9n }))
    const uses = fc.array(
      fc
        .record({
          resourceId: fc.constantFrom('a', 'b', 'c'),
          calls: count,
          tokens: count,
          cost: amount,
          unknown: count,
        })
        .map((one) => ({ ...one, calls: one.calls + one.unknown })),
      { maxLength: 6 },
    )
    const pools = fc.record({ before: amount, now: amount })
    fc.assert(
      fc.property(uses, uses, pools, fc.record({ before: tasks, now: tasks }), (before, now, allocated, done) => {
        const cost = (list: typeof before) => list.reduce((sum, one) => sum + one.cost, 0n)
        const usedBefore = cost(before)
        const parts = explainChange({ before, now, allocated })
        const change = explainUnitChange({ parts, usedBefore, allocated, tasks: done })
        if (change === null) throw new Error('Both periods have tasks.')
        expect(change.before).toBe(divideHalfEven(usedBefore + allocated.before, done.before))
        expect(change.now).toBe(divideHalfEven(cost(now) + allocated.now, done.now))
        const { total, ...causes } = change.parts
        expect(total).toBe(change.now - change.before)
        expect(Object.values(causes).reduce((sum, one) => sum + one, 0n)).toBe(total)
        // Without pools, tasks are in the calls of a task alone.
        if (allocated.before === 0n && allocated.now === 0n) {
          expect([change.parts.tasks, change.parts.allocation]).toEqual([0n, 0n])
        }
      }),
      { numRuns: 500 },
    )
  })
})
