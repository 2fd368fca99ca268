import { DomainError } from '../errors.ts'

/** Longest reason of a change, in characters. */
const REASON_MAX = 1_000

// Lines and tabs are text; what else controls a terminal is not.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNREADABLE = /[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/u

/**
 * Why somebody changes what was recorded, without the space around it. Throws DomainError MISSING_FIELD with the sentence `missing` when it
 * says nothing, and INVALID_FIELD when it is too long or no text.
 */
export function checkReason(text: string, missing = 'A correction needs a reason; it stays beside it.'): string {
  const reason = checkNote(text, 'reason')
  if (reason === null) throw new DomainError('MISSING_FIELD', missing, 'reason')
  return reason
}

/** The same where nothing need be said: null when nothing is. Throws DomainError INVALID_FIELD naming the field. */
export function checkNote(text: string | null, field: string): string | null {
  const note = text?.trim() ?? ''
  if (note.length > REASON_MAX) {
    throw new DomainError('INVALID_FIELD', `${field} has ${note.length} characters; the most is ${REASON_MAX}.`, field)
  }
  if (UNREADABLE.test(note)) throw new DomainError('INVALID_FIELD', `${field} contains a control character.`, field)
  return note === '' ? null : note
}
