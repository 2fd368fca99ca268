import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { CellDeltas, type Billing, type CountedEvent, type Measures, type RatingStatus } from './cells.ts'
import { Grain, INVOCATION_KINDS, kindOfUuid, kindUuid, NIL_UUID } from './grain.ts'

const id = fc.constantFrom(null, ...[1, 2, 3].map((n) => `11111111-0000-0000-0000-00000000000${n}`))

const event: fc.Arbitrary<CountedEvent> = fc
  .record({
    billing: fc.constantFrom<Billing>('DIRECT', 'WRAPPER', 'SHARED', 'REPORT', 'CLAIMED', 'VOID'),
    status: fc.constantFrom<RatingStatus>('RATED', 'UNPRICED', 'UNCONVERTED'),
    amount: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    tokens: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    kind: fc.constantFrom(...INVOCATION_KINDS),
    agentId: id,
    clientId: id,
    projectId: id,
    taskId: id,
    resourceId: id,
    hour: fc.integer({ min: 0, max: 47 }),
  })
  .map(({ amount, hour, ...rest }) => ({
    ...rest,
    cost: rest.status === 'RATED' ? amount : null,
    bucket: Date.UTC(2026, 10, 1, hour),
    day: hour < 24 ? '2026-11-01' : '2026-11-02',
  }))

function total(cells: readonly Measures[]): Measures {
  const sum: Measures = { costDirect: 0n, costShared: 0n, invocations: 0, tokens: 0n, unpriced: 0, unconverted: 0 }
  for (const cell of cells) {
    sum.costDirect += cell.costDirect
    sum.costShared += cell.costShared
    sum.invocations += cell.invocations
    sum.tokens += cell.tokens
    sum.unpriced += cell.unpriced
    sum.unconverted += cell.unconverted
  }
  return sum
}

describe('CellDeltas', () => {
  it('conserves: every grain, the fine cells and the task cells sum to the billed events (law L15)', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const deltas = new CellDeltas()
        for (const one of events) deltas.add(one)
        const billed = events.filter((one) => !['REPORT', 'CLAIMED', 'VOID'].includes(one.billing))
        const expected: Measures = {
          costDirect: billed.reduce((sum, one) => sum + (one.billing === 'SHARED' ? 0n : (one.cost ?? 0n)), 0n),
          costShared: billed.reduce((sum, one) => sum + (one.billing === 'SHARED' ? (one.cost ?? 0n) : 0n), 0n),
          invocations: billed.length,
          tokens: billed.reduce((sum, one) => sum + one.tokens, 0n),
          unpriced: billed.filter((one) => one.status === 'UNPRICED').length,
          unconverted: billed.filter((one) => one.status === 'UNCONVERTED').length,
        }
        expect(total(deltas.fineCells())).toEqual(expected)
        expect(total(deltas.taskCells())).toEqual(expected)
        for (const grain of Object.values(Grain)) {
          expect(total(deltas.dayCells().filter((cell) => cell.grain === grain))).toEqual(expected)
        }
      }),
    )
  })

  it('takes an event out again exactly', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.array(event, { maxLength: 20 }), (kept, removed) => {
        const deltas = new CellDeltas()
        for (const one of [...kept, ...removed]) deltas.add(one)
        for (const one of removed) deltas.add(one, -1)
        const alone = new CellDeltas()
        for (const one of kept) alone.add(one)
        expect(nonZero(deltas)).toEqual(nonZero(alone))
      }),
    )
  })

  it('gives the cost of a shared use to its task and to no agent (law L13)', () => {
    const agentId = '11111111-0000-0000-0000-000000000001'
    const deltas = new CellDeltas()
    deltas.add({
      billing: 'SHARED',
      status: 'RATED',
      cost: 24n,
      tokens: 0n,
      kind: 'RETRIEVAL',
      agentId,
      clientId: null,
      projectId: null,
      taskId: '11111111-0000-0000-0000-000000000002',
      resourceId: null,
      bucket: 0,
      day: '1970-01-01',
    })
    expect(deltas.dayCells().filter((cell) => cell.grain === Grain.AGENT)).toEqual([
      {
        grain: Grain.AGENT,
        day: '1970-01-01',
        a: NIL_UUID,
        b: NIL_UUID,
        costDirect: 0n,
        costShared: 24n,
        invocations: 1,
        tokens: 0n,
        unpriced: 0,
        unconverted: 0,
      },
    ])
  })
})

describe('kindUuid', () => {
  it('goes both ways for every kind and stands for nothing else', () => {
    for (const kind of INVOCATION_KINDS) expect(kindOfUuid(kindUuid(kind))).toBe(kind)
    expect(new Set(INVOCATION_KINDS.map(kindUuid)).size).toBe(INVOCATION_KINDS.length)
    expect(kindOfUuid(NIL_UUID)).toBeNull()
  })
})

function nonZero(deltas: CellDeltas): string[] {
  return [...deltas.fineCells(), ...deltas.taskCells()]
    .filter((cell) => cell.invocations !== 0 || cell.costDirect !== 0n || cell.costShared !== 0n || cell.tokens !== 0n)
    .map((cell) =>
      JSON.stringify(cell, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
    )
    .sort()
}
