import { sha256 } from '@noble/hashes/sha2.js'

/**
 * SHA-256 of the UTF-8 bytes of a text, as base64url. Browsers have it built in, but only for pages that come over TLS; a portal inside a
 * firm may be reached without.
 */
export function sha256Base64Url(text: string): string {
  const bytes = sha256(new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
