import { DomainError, quoted } from '../errors.ts'

/** The colours that stand for the firm on what its clients see, `#rrggbb` in lower case: on light pages, paper included, and on dark ones. */
export interface Brand {
  light: string
  dark: string
}

/** What is behind text of the client pages: page, card, sunken and hovered (visual language, tokens). */
const BACKGROUNDS = {
  light: ['#fafaf8', '#ffffff', '#f4f4f1', '#f8f8f5'],
  dark: ['#0e0f10', '#141516', '#1b1c1e', '#18191b'],
} as const

/** Least contrast of text of any size, WCAG 2.2 success criterion 1.4.3, level AA. */
const CONTRAST_MIN = 4.5

/**
 * The colours of a firm, each readable as text on every background of its scheme. null where neither is given: the firm has none. Throws
 * DomainError on `brand.light` or `brand.dark`: MISSING_FIELD where one is given without the other, INVALID_FIELD for what is no colour, and
 * LOW_CONTRAST with the ratio and the nearest colour that passes.
 *
 *     checkBrand({ light: '#8FC7A8', dark: '#6CC6A0' }) // LOW_CONTRAST: 1.75:1 on #f4f4f1; the nearest that passes is …
 */
export function checkBrand(wish: { light?: string | null; dark?: string | null }): Brand | null {
  const { light = null, dark = null } = wish
  if (light === null && dark === null) return null
  return { light: checkedColour(light, 'light'), dark: checkedColour(dark, 'dark') }
}

function checkedColour(wish: string | null, scheme: keyof Brand): string {
  const field = `brand.${scheme}`
  if (wish === null) {
    throw new DomainError(
      'MISSING_FIELD',
      `A brand has a colour for light pages and one for dark; ${scheme} is missing.`,
      field,
    )
  }
  const colour = wish.trim().toLowerCase()
  if (!/^#[0-9a-f]{6}$/.test(colour)) {
    throw new DomainError('INVALID_FIELD', `${quoted(wish)} is not a colour such as #1d5c48.`, field)
  }
  const { background, ratio } = worst(colour, scheme)
  if (ratio >= CONTRAST_MIN) return colour
  throw new DomainError(
    'LOW_CONTRAST',
    `${colour} has a contrast of ${ratioText(ratio)} on ${background}, a background of ${scheme} pages; text needs ${CONTRAST_MIN}:1 (WCAG AA). ` +
      `The nearest that passes is ${nearestThatPasses(colour, scheme)}.`,
    field,
  )
}

/** The background of a scheme that a colour stands out from the least. */
function worst(colour: string, scheme: keyof Brand): { background: string; ratio: number } {
  return BACKGROUNDS[scheme]
    .map((background) => ({ background, ratio: contrast(colour, background) }))
    .reduce((least, one) => (one.ratio < least.ratio ? one : least))
}

/**
 * Contrast of two colours `#rrggbb`, 1 to 21: (L₁ + 0.05) / (L₂ + 0.05) of their relative luminances, WCAG 2.2. A measure of a colour on a
 * screen, no amount; it is a float.
 */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const part = channel / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}

/** The colour, taken no further than it must be towards black on light pages, and towards white on dark ones. */
function nearestThatPasses(colour: string, scheme: keyof Brand): string {
  const end = scheme === 'light' ? 0 : 255
  const steps = 255
  for (let step = 1; step <= steps; step += 1) {
    const mixed = channels(colour).map((channel) => Math.round(channel + ((end - channel) * step) / steps))
    const text = `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
    if (worst(text, scheme).ratio >= CONTRAST_MIN) return text
  }
  return scheme === 'light' ? '#000000' : '#ffffff'
}

/** Taken down, so that what falls short never reads as if it passed. */
function ratioText(ratio: number): string {
  const hundredths = Math.floor(ratio * 100)
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}:1`
}
