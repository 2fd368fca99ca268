import { DomainError, quoted } from '@outlay/domain/errors'

/** Most addresses of one channel: more people read a list or a group. */
const ADDRESSES_MAX = 20
const LENGTH_MAX = 254

// Printable ASCII without what separates, quotes or ends a header: nothing of it can begin another header or another recipient.
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*$/

/**
 * Reads e-mail addresses with commas between; each once, in their order.
 * Throws DomainError MISSING_FIELD or INVALID_FIELD on `target`, naming the first that is none.
 *
 *     parseMailAddresses('ops@example.com, Ada@example.com') // ['ops@example.com', 'Ada@example.com']
 */
export function parseMailAddresses(text: string): string[] {
  const addresses = new Map<string, string>()
  for (const part of text.split(',')) {
    const address = part.trim()
    if (address === '') continue
    if (address.length > LENGTH_MAX || !ADDRESS.test(address)) {
      throw new DomainError(
        'INVALID_FIELD',
        `${quoted(address)} is no e-mail address such as ops@example.com.`,
        'target',
      )
    }
    const key = address.toLowerCase()
    if (!addresses.has(key)) addresses.set(key, address)
  }
  if (addresses.size === 0) {
    throw new DomainError('MISSING_FIELD', 'An e-mail channel needs at least one address.', 'target')
  }
  if (addresses.size > ADDRESSES_MAX) {
    const message = `There are ${addresses.size} addresses; the most is ${ADDRESSES_MAX}: use a group address.`
    throw new DomainError('INVALID_FIELD', message, 'target')
  }
  return [...addresses.values()]
}
