import { formatInstant, parseInstant } from '../periods/instant.ts'

const ZONELESS = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)$/
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/

/**
 * The instant of a row as RFC 3339 text. A time without a zone is read as UTC, a date alone as its first moment in UTC;
 * digits beyond the microsecond are cut.
 *
 *     rowInstant('2023-11-16 18:17:03.9799600') // '2023-11-16T18:17:03.979960Z'
 *
 * Throws DomainError INVALID_INSTANT for anything else that is not RFC 3339.
 */
export function rowInstant(text: string): string {
  const zoneless = ZONELESS.exec(text)
  if (zoneless !== null) {
    const [, date, time = ''] = zoneless
    return formatInstant(parseInstant(`${date}T${time.length === 5 ? `${time}:00` : time}Z`))
  }
  if (DATE_ONLY.test(text)) return formatInstant(parseInstant(`${text}T00:00:00Z`))
  return formatInstant(parseInstant(text.replace(/^(\S{10}) /, '$1T')))
}
