import { isIP, type BlockList } from 'node:net'
import { blockList, isPublicAddress } from './public-address.ts'

/** Where webhooks may go. */
export interface HookPolicy {
  /** Ports of addresses that are not allowed by name. */
  ports: readonly number[]
  allowed: AllowedTargets
}

/** What the operator has allowed beside the public internet: hosts by name, and ranges of addresses. */
export interface AllowedTargets {
  hosts: ReadonlySet<string>
  addresses: BlockList
}

/** HTTPS and HTTP: what else listens on a host has no business with us. */
export const HOOK_PORTS: readonly number[] = [443, 80]

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/

/**
 * Reads `OUTLAY_WEBHOOK_ALLOW`: host names, addresses and CIDR ranges with commas between. They may be private, use plain http and any port.
 * Throws RangeError naming the entry that is none of these.
 *
 *     hookPolicy('hooks.corp.example, 10.20.0.0/16')
 */
export function hookPolicy(allow: string): HookPolicy {
  const entries = allow
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
  const ranges = entries.filter((entry) => isIP(entry.split('/')[0] ?? '') !== 0)
  const hosts = entries.filter((entry) => !ranges.includes(entry))
  for (const host of hosts) {
    if (!HOST.test(host)) throw new RangeError(`${host} is no host, address or range of addresses.`)
  }
  return { ports: HOOK_PORTS, allowed: { hosts: new Set(hosts), addresses: blockList(ranges) } }
}

/** What is said of an `OUTLAY_WEBHOOK_ALLOW` that cannot be read. */
export const ALLOW_LIST = 'must be host names, addresses or ranges such as 10.20.0.0/16, with commas between'

export function isAllowList(text: string): boolean {
  try {
    hookPolicy(text)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Whether a connection to an address may be made on behalf of a host. */
export function mayConnect({ allowed }: HookPolicy, host: string, address: string): boolean {
  return isPublicAddress(address) || isAllowed(allowed, host, address)
}

/** Whether the operator has named the host, or the address that it has. */
export function isAllowed(allowed: AllowedTargets, host: string, address: string | null): boolean {
  if (allowed.hosts.has(host)) return true
  const family = address === null ? 0 : isIP(address)
  return address !== null && family !== 0 && allowed.addresses.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
