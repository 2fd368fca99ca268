import { createHash, randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'

/** A new key before it is stored: the secret is shown once, the hash is kept. */
export interface NewApiKey {
  id: string
  secret: string
  prefix: string
  hash: Buffer
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 43 letters of 62 hold 256 bits. */
const SECRET_LENGTH = 43

/** Shortest key that is taken as given (OUTLAY_INIT_API_KEY). */
export const GIVEN_KEY_LENGTH_MIN = 32
export const KEY_LENGTH_MAX = 256

/**
 * A key `outl_live_<8>_<43>`: the prefix lets secret scanners and its owner recognise it, and 256 random bits make guessing hopeless, which
 * is why a plain SHA-256 is enough to store. `given`: a key that somebody chose, of at least 32 characters.
 */
export function newApiKey({ given, mode = 'live' }: { given?: string; mode?: 'live' | 'test' } = {}): NewApiKey {
  const secret = given ?? `outl_${mode}_${randomText(8)}_${randomText(SECRET_LENGTH)}`
  const prefix = given === undefined ? secret.slice(0, `outl_${mode}_`.length + 8) : `${secret.slice(0, 8)}…`
  return { id: uuidv7(), secret, prefix, hash: hashApiKey(secret) }
}

/** What is stored of a key, and what it is looked up by. */
export function hashApiKey(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}

/** Whether a name can be given to a key: something to read, at most 100 characters, no control characters. */
export function isStorableKeyName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- they are what is refused
  return name.trim() !== '' && name.length <= 100 && !/\p{Surrogate}/u.test(name) && !/[\u0000-\u001f\u007f]/.test(name)
}

function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    // Bytes of 248 and more would make the first letters likelier; they are thrown away.
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += BASE62[byte % 62]
  }
  return text
}
