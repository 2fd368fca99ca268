import { BlockList, isIP } from 'node:net'

/** IPv4 that is not an address of somebody on the internet: IANA's special-purpose registry, multicast and what is reserved. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Of IPv6 only 2000::/3 is given out; within it, what stands for something else: Teredo and its neighbours, documentation, 6to4. */
const GLOBAL_V6 = ['2000::/3']
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const notPublic = blockList([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6])
const globalV6 = blockList(GLOBAL_V6)

/**
 * Whether an IP address can be somebody else's on the internet. Loopback, private, link-local (169.254.169.254 answers with a cloud's
 * credentials), carrier-grade NAT, unique local, IPv4 within IPv6 (mapped, 6to4, NAT64), multicast and documentation are not.
 *
 *     isPublicAddress('93.184.215.14')    // true
 *     isPublicAddress('::ffff:127.0.0.1') // false
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !notPublic.check(address, 'ipv4')
  return family === 6 && globalV6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
}

/** A list of address ranges such as `10.0.0.0/8` or `::1`. Throws RangeError for what is none. */
export function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const most = family === 'ipv6' ? 128 : 32
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number.parseInt(bits, 10) : -1
    if (isIP(address) === 0 || prefix < 0 || prefix > most) throw new RangeError(`${range} is no range of addresses.`)
    list.addSubnet(address, prefix, family)
  }
  return list
}
