import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { ChainRow } from './chain.ts'
import { packRows, unpackRows } from './chain-pack.ts'
import { foundRows, placesOf, unfoldedRows } from './chain-view.ts'

function row(id: string, parentId: string | null, changes: Partial<ChainRow> = {}): ChainRow {
  return {
    id,
    parentId,
    level: 1,
    name: id,
    detail: '',
    icon: 'model',
    colour: 'var(--chart-1)',
    isStrong: false,
    isMuted: false,
    isCall: true,
    self: { text: '0.0024', title: '£0.0024' },
    subtree: { text: '0.0024', title: '£0.0024' },
    badges: [],
    bar: { left: 0.25, width: 0.5, text: '4 s', isPale: false },
    ...changes,
  }
}

const rows = [
  row('task', null, { icon: 'task', isStrong: true, isCall: false, bar: null }),
  row('t:a', 'task', { icon: 'agent', isStrong: true, bar: { left: 0, width: 1, text: '9 s', isPale: true } }),
  row('t:a1', 't:a', { detail: 'large-reasoning, 51k tokens' }),
  row('t:a2', 't:a', {
    isMuted: true,
    badges: [{ tone: 'outline', mark: 'up', text: 'counted above', title: 'Another report of q' }],
  }),
  row('t:b', 'task', { detail: 'embedding' }),
]
const chain = unpackRows(packRows(rows))
const idsOf = (positions: readonly number[]) => positions.map((index) => chain.idAt(index))

describe('a packed chain', () => {
  it('is what was packed, row by row', () => {
    expect(Array.from({ length: chain.length }, (_, index) => chain.at(index))).toEqual(rows)
  })

  it('writes what repeats itself once', () => {
    const many = Array.from({ length: 10_000 }, (_, n) =>
      row(`trace-4f1a:call-${n}`, n === 0 ? null : 'trace-4f1a:call-0', { name: 'read' }),
    )
    const packed = packRows(many)
    expect(unpackRows(packed).at(9_999)).toEqual(many[9_999])
    expect(packed.length).toBeLessThan(JSON.stringify(many).length / 4)
  })

  it('comes back for any ids and any tree', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 30 }), fc.nat(), (ids, seed) => {
        const any = ids.map((id, n) => row(id, n === 0 ? null : (ids[seed % n] ?? null), { name: id.repeat(seed % 3) }))
        const back = unpackRows(packRows(any))
        expect(any.map((_, index) => back.at(index))).toEqual(any)
      }),
    )
  })
})

describe('the rows shown', () => {
  it('leave out what is below a folded row', () => {
    expect(idsOf(unfoldedRows(chain, new Set()))).toEqual(['task', 't:a', 't:a1', 't:a2', 't:b'])
    expect(idsOf(unfoldedRows(chain, new Set(['t:a'])))).toEqual(['task', 't:a', 't:b'])
    expect(idsOf(unfoldedRows(chain, new Set(['task', 't:a'])))).toEqual(['task'])
  })

  it('are those found, below the rows they belong to', () => {
    const { shown, found } = foundRows(chain, ' Large-Reasoning ')
    expect(idsOf(shown)).toEqual(['task', 't:a', 't:a1'])
    expect(idsOf([...found])).toEqual(['t:a1'])
    expect(foundRows(chain, 'nothing of it').shown).toEqual([])
  })

  it('know their place among their siblings, and whether they can be folded', () => {
    const { place, siblings, hasChildren } = placesOf(chain)
    expect([...place]).toEqual([1, 1, 1, 2, 2])
    expect([...siblings]).toEqual([1, 2, 2, 2, 2])
    expect([...hasChildren]).toEqual([1, 1, 0, 0, 0])
  })
})
