import { describe, expect, it } from '@jest/globals'
import { BASES, hasBasis, onBasis, readBasis } from './basis.ts'

describe('the basis of an address', () => {
  it.each([
    ['direct', 'DIRECT'],
    ['attributed', 'ATTRIBUTED'],
    ['loaded', 'FULLY_LOADED'],
    ['no such basis', 'FULLY_LOADED'],
    [undefined, 'FULLY_LOADED'],
  ])('%s is %s', (basis, api) => {
    expect(readBasis({ basis }).api).toBe(api)
  })

  it('is a choice only where the address makes one', () => {
    expect(['direct', 'loaded', 'other', undefined].map((basis) => hasBasis({ basis }))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('names a column by what it is reckoned on', () => {
    expect(BASES.map((basis) => onBasis(basis, 'Per task', true))).toEqual([
      'Direct per task',
      'Attributed per task',
      'Loaded per task',
    ])
    expect(onBasis(BASES[2], 'Per task', false)).toBe('Per task')
  })
})
