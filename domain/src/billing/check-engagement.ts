import { DomainError, quoted } from '../errors.ts'
import { isWellFormed } from '../invocation/key.ts'
import { isCalendarDate, type CalendarDate } from '../periods/calendar-date.ts'
import { checkTerms, type TermsWish } from './check-terms.ts'
import type { RevenueSource } from './revenue.ts'

/** An engagement's terms as somebody asks for them: of a project, or of a client outside the projects that have terms of their own. */
export interface EngagementWish {
  projectKey: string | null
  clientKey: string | null
  effectiveFrom: CalendarDate
  /** The first day without them; null: without end. */
  effectiveTo: CalendarDate | null
  terms: TermsWish
  /** Where the revenue of the work comes from; absent: as under the terms that these follow or replace, and CHARGES where there are none. */
  revenueSource?: RevenueSource | null
  note: string | null
}

const NOTE_MAX = 500

/**
 * Checks what does not need the database; an empty note becomes null.
 *
 * Throws DomainError MISSING_FIELD or INVALID_FIELD, whose field is a path within the input: `terms.markup`.
 */
export function checkEngagement(wish: EngagementWish, currency: string): EngagementWish {
  const { projectKey, clientKey, effectiveFrom, effectiveTo } = wish
  if (projectKey === null && clientKey === null)
    throw new DomainError('MISSING_FIELD', 'Terms are of a project or of a client; its key is missing.', 'projectKey')
  if (projectKey !== null && clientKey !== null)
    throw invalid('clientKey', 'Terms are of a project or of a client, not of both.')
  checkDay(effectiveFrom, 'effectiveFrom')
  if (effectiveTo !== null) {
    checkDay(effectiveTo, 'effectiveTo')
    if (effectiveTo <= effectiveFrom)
      throw invalid('effectiveTo', `Terms end after they begin; ${effectiveTo} is not after ${effectiveFrom}.`)
  }
  try {
    checkTerms(wish.terms, currency)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new DomainError(error.code, error.message, error.field === undefined ? 'terms' : `terms.${error.field}`)
  }
  return { ...wish, note: checkNote(wish.note) }
}

function checkDay(day: string, field: string): void {
  if (!isCalendarDate(day)) throw invalid(field, `${quoted(day)} is not a day such as 2026-03-01.`)
}

function checkNote(text: string | null): string | null {
  const note = text?.trim() ?? ''
  if (note.length > NOTE_MAX)
    throw invalid('note', `A note has at most ${NOTE_MAX} characters; this one has ${note.length}.`)
  if (note.includes('\0') || !isWellFormed(note)) throw invalid('note', 'The note has characters that are no text.')
  return note === '' ? null : note
}

function invalid(field: string, message: string): DomainError {
  return new DomainError('INVALID_FIELD', message, field)
}
