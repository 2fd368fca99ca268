// Crockford's alphabet: no i, l, o and u, so that an id survives being read aloud.
export const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A uuid as it leaves the house: the prefix that tells what it is of, and 26 characters.
 *
 *     idText('agt', '00000000-0000-0000-0000-000000000021') // 'agt_00000000000000000000000011'
 */
export function idText(prefix: string, uuid: string): string {
  let value = BigInt(`0x${uuid.replaceAll('-', '')}`)
  let text = ''
  for (let i = 0; i < 26; i += 1) {
    text = ID_ALPHABET.charAt(Number(value & 31n)) + text
    value >>= 5n
  }
  return `${prefix}_${text}`
}
