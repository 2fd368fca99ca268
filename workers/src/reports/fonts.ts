import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Font } from '@react-pdf/renderer'
import { unpackWoff } from './unpack-woff.ts'

/** The alphabets of names and texts, each a font of its own; what the first lacks is looked for in the next. */
const ALPHABETS = ['latin', 'latin-ext', 'greek', 'cyrillic', 'cyrillic-ext', 'vietnamese'] as const
const WEIGHTS = [400, 600] as const

/** The family that has nearly every text by itself. */
export const FONT = familyOf('latin')

const ALL = ALPHABETS.map(familyOf)
// What the first alphabet has, with the signs that reports print: dashes, minus, ellipsis, dots, quotes.
const LATIN = /^[\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2018-\u201d\u2022\u2026\u20ac\u2212]*$/

/** Families of a text, in the order in which they are asked for a letter: one where it will do, because each costs time for every text. */
export function fontsOf(text: string): string | string[] {
  return LATIN.test(text) ? FONT : ALL
}

let isRegistered = false

/** Makes the fonts known, once a process. They are files of this installation; nothing is fetched. */
export function registerFonts(): void {
  if (isRegistered) return
  for (const alphabet of ALPHABETS) {
    const fonts = WEIGHTS.map((fontWeight) => ({ src: fontFile(alphabet, fontWeight), fontWeight }))
    Font.register({ family: familyOf(alphabet), fonts })
  }
  // Names are not broken into syllables of English.
  Font.registerHyphenationCallback((word) => [word])
  isRegistered = true
}

function fontFile(alphabet: string, weight: number): string {
  const address = import.meta.resolve(`@fontsource/inter/files/inter-${alphabet}-${weight}-normal.woff`)
  return `data:font/ttf;base64,${unpackWoff(readFileSync(fileURLToPath(address))).toString('base64')}`
}

function familyOf(alphabet: string): string {
  return `Inter ${alphabet}`
}
