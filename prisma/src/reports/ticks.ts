import { CronExpressionParser } from 'cron-parser'
import { DomainError, quoted } from '@outlay/domain/errors'

const LENGTH_MAX = 100
/** Minute, then hour, day of the month, month and day of the week: numbers, names, lists, ranges and steps. */
const FIELDS = /^[0-9]{1,2}( +[0-9A-Za-z*,/-]+){4}$/

/**
 * Refuses what is not a cron expression of five fields with one minute, so that nothing runs more often than every hour, and one that never comes.
 * Answers it with single spaces. Throws DomainError INVALID_FIELD on `cron`.
 *
 *     checkCron('0 7 * * 1') // every Monday at 07:00
 */
export function checkCron(text: string, timeZone: string): string {
  const cron = text.trim()
  if (cron.length > LENGTH_MAX || !FIELDS.test(cron)) {
    const message = `${quoted(text)} is no schedule such as "0 7 * * 1": minute, hour, day, month, weekday, with one minute.`
    throw new DomainError('INVALID_FIELD', message, 'cron')
  }
  try {
    ticksAfter({ cron, timeZone }, Date.now(), 1)
  } catch {
    throw new DomainError('INVALID_FIELD', `${quoted(text)} names no instant that ever comes.`, 'cron')
  }
  return cron.replaceAll(/ +/g, ' ')
}

/** What names the instants of a schedule. */
export interface Cron {
  cron: string
  /** IANA name: the clock that the hours are of. */
  timeZone: string
}

/**
 * The next instants after one, in milliseconds. A time that the clock skips in spring comes as much later as it skips, and one that it shows
 * twice in autumn comes the first time only; `*` hours come with every hour that passes.
 */
export function ticksAfter({ cron, timeZone }: Cron, afterMs: number, count: number): number[] {
  const expression = CronExpressionParser.parse(cron, { tz: timeZone, currentDate: new Date(afterMs) })
  return Array.from({ length: count }, () => expression.next().getTime())
}

/** The instants from one that is such an instant to another, both included. */
export function ticksUntil(cron: Cron, firstMs: number, untilMs: number): number[] {
  const expression = CronExpressionParser.parse(cron.cron, { tz: cron.timeZone, currentDate: new Date(firstMs) })
  const ticks: number[] = []
  for (let at = firstMs; at <= untilMs; at = expression.next().getTime()) ticks.push(at)
  return ticks
}
