import { describe, expect, it } from '@jest/globals'
import { checkReason } from './reason.ts'

describe('checkReason', () => {
  it('keeps the words and drops the space around them', () => {
    expect(checkReason(' sent twice\n')).toBe('sent twice')
    expect(checkReason('two\n\tlines')).toBe('two\n\tlines')
    expect(checkReason('x'.repeat(1_000))).toHaveLength(1_000)
    expect(checkReason('zu früh 🙂')).toBe('zu früh 🙂')
  })

  it.each([
    ['', 'MISSING_FIELD'],
    [' \n\t ', 'MISSING_FIELD'],
    ['x'.repeat(1_001), 'INVALID_FIELD'],
    ['a\u0000b', 'INVALID_FIELD'],
    ['a\u001b[2Jb', 'INVALID_FIELD'],
    ['half a pair \ud83d', 'INVALID_FIELD'],
  ])('refuses %j', (text, code) => {
    expect(() => checkReason(text)).toThrow(expect.objectContaining({ code, field: 'reason' }))
  })
})
