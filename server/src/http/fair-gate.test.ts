import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { FairGate } from './fair-gate.ts'

/** Work that ends when the test says so, and notes in which order it began. */
function workshop(gate: FairGate) {
  const began: string[] = []
  const ends = new Map<string, () => void>()
  return {
    began,
    send: (name: string, tenant = name.slice(0, 1)) =>
      gate.through(tenant, () => {
        began.push(name)
        return new Promise<string>((end) => ends.set(name, () => end(name)))
      }),
    end: async (name: string) => {
      ends.get(name)?.()
      await turn()
    },
  }
}

describe('a gate', () => {
  it('lets as many in as it was told, and the next when one leaves', async () => {
    const gate = new FairGate(2)
    const { began, send, end } = workshop(gate)
    const answers = ['a1', 'b1', 'c1'].map((name) => send(name))
    await turn()
    expect([began, gate.inside, gate.waiting]).toEqual([['a1', 'b1'], 2, 1])
    await end('b1')
    expect([began, gate.inside, gate.waiting]).toEqual([['a1', 'b1', 'c1'], 2, 0])
    for (const name of ['a1', 'c1']) await end(name)
    expect(await Promise.all(answers)).toEqual(['a1', 'b1', 'c1'])
    expect([gate.inside, gate.waiting]).toEqual([0, 0])
  })

  it('gives tenants their turns: who comes after a crowd of another does not wait for the crowd', async () => {
    const { began, send, end } = workshop(new FairGate(1))
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2']) void send(name)
    for (const name of ['a1', 'a2', 'b1', 'a3', 'b2', 'a4']) await end(name)
    expect(began).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4'])
  })

  it('throws what the work throws, and gives its place away', async () => {
    const gate = new FairGate(1)
    const failed = gate.through('a', () => Promise.reject(new Error('not possible')))
    const after = gate.through('a', () => Promise.resolve('done'))
    await expect(failed).rejects.toThrow('not possible')
    expect(await after).toBe('done')
    expect(gate.inside).toBe(0)
  })

  it.each([0, -1, 1.5, Number.NaN])('is not made for %p', (insideMax) => {
    expect(() => new FairGate(insideMax)).toThrow(RangeError)
  })

  it('does all work once, never more at once than it may, and each tenant’s in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ tenant: fc.constantFrom('a', 'b', 'c'), turns: fc.integer({ min: 1, max: 3 }) }), {
          maxLength: 40,
        }),
        async (insideMax, requests) => {
          const gate = new FairGate(insideMax)
          const began: number[] = []
          let running = 0
          let most = 0
          await Promise.all(
            requests.map(({ tenant, turns }, index) =>
              gate.through(tenant, async () => {
                began.push(index)
                most = Math.max(most, (running += 1))
                for (let left = turns; left > 0; left -= 1) await turn()
                running -= 1
              }),
            ),
          )
          expect(most).toBe(Math.min(insideMax, requests.length))
          expect([...began].sort((a, b) => a - b)).toEqual(requests.map((_, index) => index))
          for (const tenant of ['a', 'b', 'c']) {
            const own = began.filter((index) => requests[index]?.tenant === tenant)
            expect(own).toEqual([...own].sort((a, b) => a - b))
          }
          expect([gate.inside, gate.waiting]).toEqual([0, 0])
        },
      ),
    )
  })
})
