import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { RowIds } from './row-id.ts'

const columns = ['time', 'tokens']
const idsOf = (rows: string[][], source = '') => {
  const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
  const ids = new RowIds(columns, { source, digest })
  return rows.map((row) => ids.next(row))
}

describe('ids from rows', () => {
  it('gives identical rows different ids, because two identical requests are two costs', () => {
    const ids = idsOf([['t', '1'], ['t', '1'], ['t', '1']]) // prettier-ignore
    expect(new Set(ids).size).toBe(3)
  })

  it('gives the same rows the same ids in any order', () => {
    const rows = [['a', '1'], ['b', '2'], ['a', '1'], ['c', '3']] // prettier-ignore
    expect(idsOf([...rows].reverse()).sort()).toEqual(idsOf(rows).sort())
  })

  it('tells cells apart by their borders and files by their source', () => {
    expect(idsOf([['ab', 'c']])).not.toEqual(idsOf([['a', 'bc']]))
    expect(idsOf([['a', '1']], 'north')).not.toEqual(idsOf([['a', '1']], 'south'))
  })

  it('stays within the 256 characters of an id', () => {
    expect(idsOf([['x'.repeat(10_000), '1']])[0]?.length).toBeLessThan(60)
  })
})
