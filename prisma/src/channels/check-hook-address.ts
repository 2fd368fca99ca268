import { isIP } from 'node:net'
import { DomainError, quoted } from '@outlay/domain/errors'
import { isAllowed, mayConnect, type HookPolicy } from './hook-policy.ts'

/** Longest address of a hook, in characters. */
const LENGTH_MAX = 2_048

/** Names that mean this machine or its network wherever they are looked up. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa)$/

/**
 * Checks the address of a hook as it is written: https, a host of the public internet, port 443 or 80, no user and password in it. What the
 * host's name leads to is looked at each time something is sent there. `OUTLAY_WEBHOOK_ALLOW` makes exceptions of address, port and http.
 *
 * Throws DomainError INVALID_FIELD or PRIVATE_ADDRESS on `target`.
 */
export function checkHookAddress(text: string, policy: HookPolicy): URL {
  const url = parseUrl(text)
  if (url.username !== '' || url.password !== '') {
    throw refused('INVALID_FIELD', 'The address holds a user or a password; leave them out: what is sent is signed.')
  }
  const host = hostOf(url)
  const isExempt = isAllowed(policy.allowed, host, isIP(host) === 0 ? null : host)
  const isPrivate = isIP(host) === 0 ? LOCAL_NAME.test(host) || !host.includes('.') : !mayConnect(policy, host, host)
  if (isPrivate && !isExempt) {
    throw refused(
      'PRIVATE_ADDRESS',
      `${quoted(host)} is an address of this machine or of a private network; nothing is sent there unless the operator allows it by OUTLAY_WEBHOOK_ALLOW.`,
    )
  }
  if (url.protocol === 'http:' && !isExempt) {
    throw refused('INVALID_FIELD', `The address ${quoted(shown(url))} is plain http; it must begin with https://.`)
  }
  if (!isExempt && !policy.ports.includes(portOf(url))) {
    throw refused('INVALID_FIELD', `The address has port ${portOf(url)}; only ${policy.ports.join(' and ')} are used.`)
  }
  return url
}

/** The host of an address as it is connected to: without brackets, without the dot at its end. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number.parseInt(port, 10)
  return protocol === 'http:' ? 80 : 443
}

function parseUrl(text: string): URL {
  if (text.length > LENGTH_MAX) {
    throw refused('INVALID_FIELD', `The address has ${text.length} characters; the most is ${LENGTH_MAX}.`)
  }
  // The parser would leave out tabs and line ends in silence.
  const isReadable = /^[\u0021-\u007e]+$/.test(text)
  if (!isReadable || !URL.canParse(text)) throw refused('INVALID_FIELD', `${quoted(text)} is no https address.`)
  const url = new URL(text)
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    throw refused('INVALID_FIELD', `${quoted(text)} is no https address.`)
  }
  return url
}

/** Without path and query, which may be a secret. */
const shown = (url: URL): string => `${url.protocol}//${url.host}`

const refused = (code: string, message: string): DomainError => new DomainError(code, message, 'target')
