import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { checkBrand, contrast } from './brand.ts'

const BACKGROUNDS = {
  light: ['#fafaf8', '#ffffff', '#f4f4f1', '#f8f8f5'],
  dark: ['#0e0f10', '#141516', '#1b1c1e', '#18191b'],
}

function refusal(wish: { light?: string | null; dark?: string | null }): {
  code: string
  message: string
  field: string
} {
  try {
    checkBrand(wish)
  } catch (error) {
    const { code, message, field } = error as { code: string; message: string; field: string }
    return { code, message, field }
  }
  throw new Error('It was taken.')
}

describe('the contrast of two colours', () => {
  // Known values of the formula: black on white, the grey that is just AA on white, and red, green and blue on white.
  it.each([
    ['#000000', '#ffffff', 21],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.48],
    ['#ff0000', '#ffffff', 4],
    ['#00ff00', '#ffffff', 1.37],
    ['#0000ff', '#ffffff', 8.59],
  ])('of %s and %s is %d', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2)
    expect(contrast(other, one)).toBe(contrast(one, other))
  })
})

describe('the colours of a firm', () => {
  it('are taken where text can be read in them on every background of their scheme', () => {
    expect(checkBrand({ light: ' #1D5C48 ', dark: '#6CC6A0' })).toEqual({ light: '#1d5c48', dark: '#6cc6a0' })
    expect(checkBrand({})).toBeNull()
    expect(checkBrand({ light: null, dark: null })).toBeNull()
  })

  it('are refused by name with the ratio and the nearest that passes', () => {
    expect(refusal({ light: '#8FC7A8', dark: '#6CC6A0' })).toEqual({
      code: 'LOW_CONTRAST',
      field: 'brand.light',
      message: expect.stringMatching(
        /^#8fc7a8 has a contrast of 1\.7\d:1 on #f4f4f1, a background of light pages; text needs 4\.5:1 \(WCAG AA\)\. The nearest that passes is #[0-9a-f]{6}\.$/,
      ),
    })
    expect(refusal({ light: '#1D5C48', dark: '#1D5C48' })).toMatchObject({ code: 'LOW_CONTRAST', field: 'brand.dark' })
    // 4.48 on white, and less on what is sunken.
    expect(refusal({ light: '#777777', dark: '#ffffff' }).message).toContain('contrast of 4.06:1 on #f4f4f1')
  })

  it('are refused where one is missing or is no colour', () => {
    expect(refusal({ light: '#1D5C48' })).toMatchObject({ code: 'MISSING_FIELD', field: 'brand.dark' })
    expect(refusal({ dark: '#6CC6A0', light: null })).toMatchObject({ code: 'MISSING_FIELD', field: 'brand.light' })
    for (const light of ['green', '#1d5', 'red;background:url(//x)', '#1d5c48ff'])
      expect(refusal({ light, dark: '#6CC6A0' })).toMatchObject({ code: 'INVALID_FIELD', field: 'brand.light' })
  })

  it('that are proposed pass, whatever was asked for', () => {
    const colour = fc.nat(0xffffff).map((number) => `#${number.toString(16).padStart(6, '0')}`)
    fc.assert(
      fc.property(colour, fc.constantFrom('light', 'dark'), (asked, scheme) => {
        const other = scheme === 'light' ? { dark: '#ffffff' } : { light: '#000000' }
        const worst = (one: string) => Math.min(...BACKGROUNDS[scheme].map((background) => contrast(one, background)))
        if (worst(asked) >= 4.5) {
          expect(checkBrand({ [scheme]: asked, ...other })?.[scheme]).toBe(asked)
          return
        }
        const proposed = /passes is (#[0-9a-f]{6})\.$/.exec(refusal({ [scheme]: asked, ...other }).message)?.[1] ?? ''
        expect(worst(proposed)).toBeGreaterThanOrEqual(4.5)
      }),
    )
  })
})
