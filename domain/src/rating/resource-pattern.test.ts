import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { matchesPattern } from './resource-pattern.ts'

describe('matchesPattern', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['gpt-4*', 'gpt-4', true],
    ['gpt-4*', 'gpt-4o', true],
    ['gpt-4*', 'xgpt-4o', false],
    ['*-mini', 'gpt-4o-mini', true],
    ['*-mini', 'gpt-4o-mini-x', false],
    ['claude-*-latest', 'claude-opus-latest', true],
    ['claude-*-latest', 'claude-latest', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*b*b*', 'abcb', true],
    ['*b*b*', 'abc', false],
    ['a*b*b', 'ab', false],
    ['GPT*', 'gpt-4', false],
    ['a.c', 'abc', false],
    ['a**c', 'abc', true],
  ])('%s and %s: %p', (pattern, name, fits) => {
    expect(matchesPattern(pattern, name)).toBe(fits)
  })

  it('means the same as the regular expression with .* for each star', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, letters, (star, name) => {
        expect(matchesPattern(star, name)).toBe(new RegExp(`^${star.replaceAll('*', '.*')}$`).test(name))
      }),
      { numRuns: 1000 },
    )
  })
})
