import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { connectedPools } from './connected-pools.ts'
import { findPoolCycle, orderPools, refusePoolCycle, type FeedingPool } from './pool-cycle.ts'
import { stepDown } from './step-down.ts'

const pool = (name: string, ...fed: string[]): FeedingPool => ({
  id: `id-${name}`,
  name,
  policy: { feeds: fed.map((to) => ({ poolId: `id-${to}`, share: '0.1' })) },
})
const names = (pools: readonly FeedingPool[] | null) => pools?.map(({ name }) => name).join(' ') ?? null

/** Any pools that feed any others, themselves included. */
const anyPools = fc
  .array(fc.uniqueArray(fc.nat(7), { maxLength: 3 }), { maxLength: 7 })
  .map((feeds) => feeds.map((fed, i) => pool(String(i), ...fed.map(String))))

describe('findPoolCycle', () => {
  it.each([
    ['itself', [pool('A', 'A')], 'A'],
    ['one another', [pool('B', 'A'), pool('A', 'B')], 'A B'],
    [
      'in a circle below a pool that is in none',
      [pool('top', 'C'), pool('C', 'B'), pool('B', 'D'), pool('D', 'C')],
      'B D C',
    ],
  ])('finds pools that feed %s', (_, pools, cycle) => {
    expect(names(findPoolCycle(pools))).toBe(cycle)
  })

  it('finds none where money meets again without a circle, or leaves the month', () => {
    expect(findPoolCycle([pool('A', 'B', 'C'), pool('B', 'D'), pool('C', 'D'), pool('D', 'gone')])).toBeNull()
  })

  it('names the circle when it refuses it', () => {
    expect(() => refusePoolCycle([pool('Hosting', 'Agents'), pool('Agents', 'Hosting')])).toThrow(
      expect.objectContaining({ code: 'POOL_CYCLE', message: expect.stringContaining('Agents → Hosting → Agents') }),
    )
  })

  it('answers a real circle exactly when walking from some pool leads back to it', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        const cycle = findPoolCycle(pools)
        expect(cycle !== null).toBe(pools.some((start) => reaches(pools, start.id, start.id)))
        cycle?.forEach(({ policy }, i) => {
          const next = cycle[(i + 1) % cycle.length]!
          expect(policy.feeds.map(({ poolId }) => poolId)).toContain(next.id)
        })
        expect(names(findPoolCycle([...pools].reverse()))).toBe(names(cycle))
      }),
      { numRuns: 500 },
    )
  })

  it('orders pools so that each comes after all that feed it', () => {
    fc.assert(
      fc.property(anyPools, (pools) => {
        const { order, cycle } = orderPools(pools)
        if (cycle !== null) return
        expect(order).toHaveLength(pools.length)
        order.forEach(({ policy }, position) => {
          const fed = policy.feeds.map(({ poolId }) => order.findIndex(({ id }) => id === poolId))
          expect(fed.every((at) => at < 0 || at > position)).toBe(true)
        })
      }),
    )
  })
})

describe('connectedPools', () => {
  it('holds all that money reaches, in both directions and however far', () => {
    const pools = [pool('A', 'B'), pool('B', 'C'), pool('C'), pool('D', 'C'), pool('E'), pool('F', 'gone')]
    expect(connectedPools(['id-A'], pools)).toEqual(new Set(['id-A', 'id-B', 'id-C', 'id-D']))
    expect(connectedPools(['id-E', 'id-gone'], pools)).toEqual(new Set(['id-E']))
    expect(connectedPools(['id-F'], pools)).toEqual(new Set(['id-F']))
  })
})

describe('stepDown', () => {
  const withAmount = (minor: bigint, name: string, feeds: Record<string, string>) => ({
    ...pool(name),
    minor,
    policy: { feeds: Object.entries(feeds).map(([to, share]) => ({ poolId: `id-${to}`, share })) },
  })

  it('passes on of what a pool has and has received, and keeps the rest', () => {
    const steps = stepDown([
      withAmount(1000n, 'C', {}),
      withAmount(5000n, 'B', { C: '0.5' }),
      withAmount(10000n, 'A', { B: '0.3' }),
    ])
    expect(Object.fromEntries(steps)).toEqual({
      'id-A': { received: 0n, passedOn: 3000n, feeds: [{ poolId: 'id-B', minor: 3000n }] },
      'id-B': { received: 3000n, passedOn: 4000n, feeds: [{ poolId: 'id-C', minor: 4000n }] },
      'id-C': { received: 4000n, passedOn: 0n, feeds: [] },
    })
  })

  it('never passes on more than there is, where two halves would each be rounded up', () => {
    const steps = stepDown([
      withAmount(3n, 'A', { C: '0.5', B: '0.5' }),
      withAmount(0n, 'B', {}),
      withAmount(0n, 'C', {}),
    ])
    expect(steps.get('id-A')).toEqual({
      received: 0n,
      passedOn: 3n,
      feeds: [
        { poolId: 'id-B', minor: 2n },
        { poolId: 'id-C', minor: 1n },
      ],
    })
  })

  it('keeps what is meant for a pool that the month does not have', () => {
    expect(stepDown([withAmount(100n, 'A', { gone: '0.4' })]).get('id-A')).toEqual({
      received: 0n,
      passedOn: 0n,
      feeds: [],
    })
  })

  it('refuses a circle', () => {
    expect(() => stepDown([withAmount(1n, 'A', { B: '0.1' }), withAmount(1n, 'B', { A: '0.1' })])).toThrow(
      expect.objectContaining({ code: 'POOL_CYCLE' }),
    )
  })
})

function reaches(pools: readonly FeedingPool[], from: string, to: string): boolean {
  const seen = new Set<string>()
  const walk = (id: string): boolean =>
    (pools.find((one) => one.id === id)?.policy.feeds ?? []).some(({ poolId }) => {
      if (poolId === to) return true
      if (seen.has(poolId)) return false
      seen.add(poolId)
      return walk(poolId)
    })
  return walk(from)
}
