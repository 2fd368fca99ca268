import { describe, expect, it } from '@jest/globals'
import { readTarget } from './price-target.ts'

describe('the margin that an address asks for', () => {
  it.each([
    [undefined, '0.4'],
    ['40', '0.4'],
    ['37.5 %', '0.375'],
    ['0', '0'],
    ['99.99', '0.9999'],
  ])('%s is %s', (target, ratio) => {
    expect(readTarget({ target })).toEqual({ ratio, refusal: null })
  })

  it.each(['100', '-5', 'most of it'])('%s is no margin, and said to be none', (target) => {
    expect(readTarget({ target })).toEqual({ ratio: '0.4', refusal: expect.stringContaining('below 100') })
  })
})
