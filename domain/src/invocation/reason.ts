import { DomainError } from '../errors.ts'

/** Longest reason of a change, in characters. */
const REASON_MAX = 1_000

// Lines and tabs are text; what else controls a terminal is not.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNREADABLE = /[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/u

/**
 * Why somebody changes what was recorded, without the space around it. `what` names the change in the message. Throws DomainError MISSING_FIELD when it says nothing, and
 * INVALID_FIELD when it is too long or no text.
 */
export function checkReason(text: string, what = 'A correction'): string {
  const reason = text.trim()
  if (reason === '') throw new DomainError('MISSING_FIELD', `${what} needs a reason; it stays beside it.`, 'reason')
  if (reason.length > REASON_MAX) {
    throw new DomainError(
      'INVALID_FIELD',
      `reason has ${reason.length} characters; the most is ${REASON_MAX}.`,
      'reason',
    )
  }
  if (UNREADABLE.test(reason)) throw new DomainError('INVALID_FIELD', 'reason contains a control character.', 'reason')
  return reason
}
