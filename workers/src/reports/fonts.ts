import { fileURLToPath } from 'node:url'
import { Font } from '@react-pdf/renderer'

/** The alphabets of names and texts, each a font of its own; what the first lacks is looked for in the next. */
const ALPHABETS = ['latin', 'latin-ext', 'greek', 'cyrillic', 'cyrillic-ext', 'vietnamese'] as const
const WEIGHTS = [400, 600] as const

/** Families of a text, in the order in which they are asked for a letter. */
export const FONTS: string[] = ALPHABETS.map(familyOf)

let isRegistered = false

/** Makes the fonts known, once a process. They are files of this installation; nothing is fetched. */
export function registerFonts(): void {
  if (isRegistered) return
  for (const alphabet of ALPHABETS) {
    const fonts = WEIGHTS.map((fontWeight) => ({
      src: fileURLToPath(import.meta.resolve(`@fontsource/inter/files/inter-${alphabet}-${fontWeight}-normal.woff`)),
      fontWeight,
    }))
    Font.register({ family: familyOf(alphabet), fonts })
  }
  // Names are not broken into syllables of English.
  Font.registerHyphenationCallback((word) => [word])
  isRegistered = true
}

function familyOf(alphabet: string): string {
  return `Inter ${alphabet}`
}
