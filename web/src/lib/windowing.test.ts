import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { piecesOf, scrollTo, windowOf } from './windowing.ts'

describe('the window of a long list', () => {
  it('is what the frame shows and a few rows beyond', () => {
    expect(windowOf({ top: 0, height: 100 }, { count: 50, rowHeight: 20, beyond: 2 })).toEqual({ first: 0, end: 7 })
    expect(windowOf({ top: 410, height: 100 }, { count: 50, rowHeight: 20, beyond: 2 })).toEqual({ first: 18, end: 28 })
    expect(windowOf({ top: 5_000, height: 100 }, { count: 50, rowHeight: 20, beyond: 2 })).toEqual({
      first: 50,
      end: 50,
    })
  })

  it('leaves the room of what is not drawn, and draws the row that is kept wherever it is', () => {
    expect(piecesOf({ first: 2, end: 4 }, { count: 9, kept: 7 })).toEqual([
      { kind: 'gap', from: 0, rows: 2 },
      { kind: 'row', index: 2 },
      { kind: 'row', index: 3 },
      { kind: 'gap', from: 4, rows: 3 },
      { kind: 'row', index: 7 },
      { kind: 'gap', from: 8, rows: 1 },
    ])
    expect(piecesOf({ first: 0, end: 0 }, { count: 0, kept: 0 })).toEqual([])
  })

  it('always comes to as much room as all rows take, shows what is in the frame, and draws no row twice', () => {
    const natural = (max: number) => fc.integer({ min: 0, max })
    fc.assert(
      fc.property(
        natural(12_000),
        natural(500_000),
        natural(2_000),
        natural(40),
        fc.option(natural(13_000)),
        (...given) => {
          const [count, top, height, beyond, kept] = given
          const view = windowOf({ top, height }, { count, rowHeight: 41, beyond })
          const pieces = piecesOf(view, { count, kept })
          const rows = pieces.flatMap((piece) => (piece.kind === 'row' ? [piece.index] : []))
          const room = pieces.reduce((sum, piece) => sum + (piece.kind === 'row' ? 1 : piece.rows), 0)
          expect(room).toBe(count)
          expect(new Set(rows).size).toBe(rows.length)
          expect([...rows].sort((a, b) => a - b)).toEqual(rows)
          const seen = Math.floor(top / 41)
          if (height > 0 && seen < count) expect(rows).toContain(seen)
          if (kept !== null && kept < count) expect(rows).toContain(kept)
          expect(rows.length).toBeLessThanOrEqual(Math.ceil(height / 41) + 2 * beyond + 2)
        },
      ),
    )
  })
})

describe('scrolling to a row', () => {
  const size = { rowHeight: 41, head: 32 }
  it('moves as little as shows it whole', () => {
    expect(scrollTo(10, { top: 0, height: 600 }, size)).toBeNull()
    expect(scrollTo(2, { top: 300, height: 600 }, size)).toBe(82)
    expect(scrollTo(20, { top: 0, height: 600 }, size)).toBe(21 * 41 - 568)
  })
})
