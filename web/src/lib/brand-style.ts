import type { CSSProperties } from 'react'
import type { Brand } from '@outlay/domain/audience/brand'

/**
 * The colours of a firm in the place of ours, for everything within the element that has this style. The server takes no colours in which text
 * could not be read on page, card and sunken fill, so what is sunken stands for the soft fill, and white and the dark page for what is on them.
 */
export function brandStyle(brand: Brand | null): CSSProperties {
  if (brand === null) return {}
  const accent = `light-dark(${brand.light}, ${brand.dark})`
  const tokens: Record<`--${string}`, string> = {
    '--accent': accent,
    '--accent-ink': accent,
    '--accent-soft': 'var(--sunken)',
    '--on-accent': 'light-dark(#ffffff, #0e0f10)',
  }
  return tokens
}
