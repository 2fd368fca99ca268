import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a request comes from a page of ours, or from a program, which has no origin. A cookie comes along from any page that a browser
 * shows, so where it opens something the page must be ours. `publicUrl` is where people find us, also behind a proxy.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  const forwarded = headers['x-forwarded-host']
  const ownHosts = [host, Array.isArray(forwarded) ? forwarded[0] : forwarded, new URL(publicUrl).host]
  return URL.canParse(origin) && ownHosts.includes(new URL(origin).host)
}
