import { DomainError, quoted } from '../errors.ts'
import { isWellFormed } from '../invocation/key.ts'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { firstOfMonth, isCalendarDate } from '../periods/calendar-date.ts'
import type { PlanChange } from './plan.ts'

/** A scenario as somebody asks for it, with the ids of whom its changes are about. */
export interface ScenarioWish {
  name: string
  changes: readonly PlanChange[]
}

/** A plan as somebody asks for it. */
export interface PlanWish {
  name: string
  note: string | null
  scenarios: readonly ScenarioWish[]
}

/** The scenario that every plan has: nothing changes. */
export const BASE_SCENARIO = 'Base'

const SCENARIOS_MAX = 5
const CHANGES_MAX = 50
const NAME_MAX = 80
const TEXT_MAX = 1_000
const PERCENT_MIN = parseFixed18('-100')
const PERCENT_MAX = parseFixed18('1000')

/**
 * Checks a plan and puts it into its one form: trimmed names, shortest percents, an empty note as null.
 *
 * Throws DomainError MISSING_FIELD or INVALID_FIELD with the path within the input: more than five scenarios, a name twice or that of the base
 * scenario, a percent below −100 or above 1,000, a month that is not the first day of one.
 */
export function checkPlan(wish: PlanWish): PlanWish {
  if (wish.scenarios.length > SCENARIOS_MAX)
    throw invalid('scenarios', `A plan has at most ${SCENARIOS_MAX} scenarios beside its base.`)
  const names = new Set([BASE_SCENARIO.toLowerCase()])
  const scenarios = wish.scenarios.map(({ name: given, changes }, index) => {
    const field = `scenarios.${index}`
    const name = checkText(given, { what: 'name', field: `${field}.name`, max: NAME_MAX })
    if (names.has(name.toLowerCase())) throw invalid(`${field}.name`, `There is a scenario ${quoted(name)} already.`)
    names.add(name.toLowerCase())
    if (changes.length > CHANGES_MAX)
      throw invalid(`${field}.changes`, `A scenario has at most ${CHANGES_MAX} changes.`)
    return { name, changes: changes.map((change, at) => checkChange(change, `${field}.changes.${at}`)) }
  })
  const note = wish.note === null || wish.note.trim() === '' ? null : wish.note
  return {
    name: checkText(wish.name, { what: 'name', field: 'name', max: NAME_MAX }),
    note: note === null ? null : checkText(note, { what: 'note', field: 'note', max: TEXT_MAX }),
    scenarios,
  }
}

function checkChange(change: PlanChange, field: string): PlanChange {
  const percent = parseFixed18(change.percent)
  if (percent < PERCENT_MIN || percent > PERCENT_MAX)
    throw invalid(`${field}.percent`, `A change is of -100 to 1000 percent; ${change.percent} is not.`)
  if (!isCalendarDate(change.from) || firstOfMonth(change.from) !== change.from)
    throw invalid(`${field}.from`, `${quoted(change.from)} is not the first day of a month, such as 2027-01-01.`)
  return { ...change, percent: formatFixed18(percent) }
}

/** The text of a note on a line of a plan. Throws DomainError MISSING_FIELD or INVALID_FIELD on `text`. */
export function checkPlanNote(text: string): string {
  return checkText(text, { what: 'text', field: 'text', max: TEXT_MAX })
}

function checkText(given: string, { what, field, max }: { what: string; field: string; max: number }): string {
  const text = given.trim()
  if (text === '') throw new DomainError('MISSING_FIELD', `The ${what} is missing.`, field)
  if (text.length > max || text.includes('\0') || !isWellFormed(text))
    throw invalid(field, `A ${what} is a text of at most ${max} characters.`)
  return text
}

function invalid(field: string, message: string): DomainError {
  return new DomainError('INVALID_FIELD', message, field)
}
