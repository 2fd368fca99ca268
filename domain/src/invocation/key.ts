import { DomainError, quoted } from '../errors.ts'

/** Longest id, key, resource or provider, in characters. */
export const MAX_KEY_LENGTH = 256

// Control characters cannot be stored (NUL) or would forge log lines; none belongs in a key.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Checks a text that names something: an id, a key, a name. Not empty, not too long, no control characters, well-formed.
 * Throws DomainError INVALID_FIELD naming the field.
 */
export function checkKey(value: string, field: string, maxLength = MAX_KEY_LENGTH): void {
  if (value.trim() === '') {
    throw new DomainError('INVALID_FIELD', `${field} is empty; leave it out when there is none.`, field)
  }
  if (value.length > maxLength) {
    throw new DomainError('INVALID_FIELD', `${field} has ${value.length} characters; the most is ${maxLength}.`, field)
  }
  if (CONTROL.test(value)) {
    throw new DomainError('INVALID_FIELD', `${field} ${quoted(value)} contains a control character.`, field)
  }
  if (!isWellFormed(value)) {
    throw new DomainError('INVALID_FIELD', `${field} contains half of a surrogate pair.`, field)
  }
}

/** Whether every surrogate has its other half; what has not cannot be stored as UTF-8 without becoming another text. */
export function isWellFormed(value: string): boolean {
  return (
    !/[\ud800-\udfff]/.test(value) ||
    !/(?:[\ud800-\udbff](?![\udc00-\udfff]))|(?:(?<![\ud800-\udbff])[\udc00-\udfff])/.test(value)
  )
}
