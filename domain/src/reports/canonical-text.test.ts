import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { canonicalText } from './canonical-text.ts'

describe('the canonical text', () => {
  it('does not depend on the order of names, and leaves out what is not there', () => {
    expect(canonicalText({ b: { d: [1, null, 'é'], c: true }, a: undefined })).toBe('{"b":{"c":true,"d":[1,null,"é"]}}')
    expect(canonicalText({ a: 1, b: 2 })).toBe(canonicalText({ b: 2, a: 1 }))
  })

  it('is JSON that says the same as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalText(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('differs where values differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
        expect(canonicalText(a) === canonicalText(b)).toBe(isSame)
      }),
    )
  })
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return { entries: entries.map(([name, inner]) => [name, sorted(inner)]) }
}
