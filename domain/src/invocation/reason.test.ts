import { describe, expect, it } from '@jest/globals'
import { checkNote, checkReason } from './reason.ts'

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

describe('checkNote', () => {
  it('is null where nothing is said, and refuses by the name of its field', () => {
    expect([null, '', ' \n', ' by hand '].map((text) => checkNote(text, 'note'))).toEqual([null, null, null, 'by hand'])
    expect(() => checkNote('a\u0000b', 'note')).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD', field: 'note' }),
    )
  })
})
