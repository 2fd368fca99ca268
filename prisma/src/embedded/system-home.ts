import { chmodSync, mkdirSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Where root keeps what another user must reach: /var/lib/outlay, or the temporary folder where that cannot be written.
 * A folder of that name that somebody else made is not trusted.
 */
export function systemHome(): string {
  const places = ['/var/lib/outlay', path.join(os.tmpdir(), 'outlay-root')]
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true })
      if (statSync(place).uid !== 0) continue
      chmodSync(place, 0o755)
      return place
    } catch {
      continue
    }
  }
  throw new Error(`None of ${places.join(', ')} can be written`)
}
