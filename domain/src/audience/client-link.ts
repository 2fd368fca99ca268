import { DomainError } from '../errors.ts'
import { checkMonth } from '../allocation/pool-amount.ts'
import { addMonths, type CalendarDate } from '../periods/calendar-date.ts'

const LABEL_MAX = 80
const QUESTION_MAX = 1_000
const DAYS_MAX = 400

/** A link to a client's page as somebody asks for it. */
export interface ClientLinkWish {
  /** Who it is for, or what: a line of the firm's own that the client is not shown. */
  label: string
  /** First day of the first month that it shows. */
  firstMonth: CalendarDate
  /** First day of the last one; null: it goes on. */
  lastMonth: CalendarDate | null
  /** How many days it works for. */
  days: number
}

/**
 * The wish with its label trimmed. `thisMonth`: the first day of the present one, from which on there is nothing to show.
 * Throws DomainError MISSING_FIELD, INVALID_FIELD and INVALID_DATE naming the field.
 */
export function checkClientLink(wish: ClientLinkWish, thisMonth: CalendarDate): ClientLinkWish {
  const label = wish.label.trim()
  if (label === '') throw new DomainError('MISSING_FIELD', 'Say who the link is for.', 'label')
  if (label.length > LABEL_MAX || /\p{Cc}|\p{Surrogate}/u.test(label))
    throw new DomainError('INVALID_FIELD', `A label is one line of at most ${LABEL_MAX} characters.`, 'label')
  const { firstMonth, lastMonth, days } = wish
  checkMonth(firstMonth, 'firstMonth')
  if (firstMonth > thisMonth)
    throw new DomainError('INVALID_DATE', `${firstMonth} is still to come; there is nothing to show yet.`, 'firstMonth')
  if (lastMonth !== null && checkMonth(lastMonth, 'lastMonth') < firstMonth)
    throw new DomainError('INVALID_DATE', 'The last month is before the first one.', 'lastMonth')
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)
    throw new DomainError('INVALID_FIELD', `A link works for 1 to ${DAYS_MAX} days.`, 'days')
  return { label, firstMonth, lastMonth, days }
}

/** A question as it is kept: trimmed, line ends as they are. Throws DomainError MISSING_FIELD and INVALID_FIELD. */
export function checkQuestion(body: string): string {
  const text = body.replaceAll('\r\n', '\n').trim()
  if (text === '') throw new DomainError('MISSING_FIELD', 'What do you want to ask? The question is empty.', 'body')
  // Counted as Postgres counts, by code points.
  if ([...text].length > QUESTION_MAX)
    throw new DomainError('INVALID_FIELD', `A question has at most ${QUESTION_MAX} characters.`, 'body')
  if (/[^\P{Cc}\n\t]|\p{Surrogate}/u.test(text))
    throw new DomainError('INVALID_FIELD', 'The question holds characters that are not text.', 'body')
  return text
}

const MONTHS_MAX = 36

/**
 * The months that somebody may choose from, the latest first; at most 36.
 *
 *     shownMonths({ firstMonth: '2026-09-01', lastMonth: null }, '2026-11-01') // November, October, September
 */
export function shownMonths(
  { firstMonth, lastMonth }: Pick<ClientLinkWish, 'firstMonth' | 'lastMonth'>,
  thisMonth: CalendarDate,
): CalendarDate[] {
  const months: CalendarDate[] = []
  const last = lastMonth !== null && lastMonth < thisMonth ? lastMonth : thisMonth
  for (let month = last; month >= firstMonth && months.length < MONTHS_MAX; month = addMonths(month, -1))
    months.push(month)
  return months
}
