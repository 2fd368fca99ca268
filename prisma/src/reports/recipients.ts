import { DomainError } from '@outlay/domain/errors'
import { parseMailAddresses } from '../channels/mail-addresses.ts'

/**
 * E-mail addresses of recipients: in lower case, each once. None is none. Throws DomainError INVALID_FIELD on `recipients`.
 *
 *     checkedRecipients([' Ada@example.com', 'ada@example.com']) // ['ada@example.com']
 */
export function checkedRecipients(addresses: readonly string[]): string[] {
  if (addresses.every((address) => address.trim() === '')) return []
  try {
    return parseMailAddresses(addresses.join(',')).map((address) => address.toLowerCase())
  } catch (error) {
    if (error instanceof DomainError) throw new DomainError('INVALID_FIELD', error.message, 'recipients')
    throw error
  }
}
