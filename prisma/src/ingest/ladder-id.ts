import { hash } from 'node:crypto'

/** The id of a ladder: a UUID of version 8 from the SHA-256 of its key (domain/src/rating/ladder.ts), the same in every process. */
export function ladderId(key: string): string {
  const hex = hash('sha256', key, 'hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0b11) | 0b1000).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
