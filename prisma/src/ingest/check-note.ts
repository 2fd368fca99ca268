import { DomainError } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import type { UserError } from './user-error.ts'

/** Longest note of a rate card, in characters. */
const NOTE_LENGTH_MAX = 1_024

/** What is wrong with the note of a rate card, as `input.note`; nothing when there is none. */
export function checkNote(note: string | null): UserError[] {
  try {
    if (note !== null) checkKey(note, 'note', NOTE_LENGTH_MAX)
    return []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return [{ code: error.code, message: error.message, field: ['input', 'note'] }]
  }
}
