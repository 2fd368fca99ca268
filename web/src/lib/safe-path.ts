/**
 * Where to go after signing in: a path of this portal, or `/`. An address elsewhere (`https://…`, `//evil`, `/\evil`) is refused, so a
 * crafted link cannot use the sign-in page to send somebody away.
 */
export function safePath(next: string | null | undefined): string {
  if (!next || !next.startsWith('/') || next.includes('\\') || [...next].some((char) => char < ' ')) return '/'
  const origin = 'http://portal.invalid'
  const url = URL.canParse(next, origin) ? new URL(next, origin) : null
  if (url === null || url.origin !== origin || url.pathname.startsWith('/login')) return '/'
  return url.pathname + url.search + url.hash
}
