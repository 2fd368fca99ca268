import { addDays, isDate } from './calendar.ts'
import { hrefWith } from './search-params.ts'

/** What was done to a month, as its history says it. */
export const PERIOD_ACTIONS: Readonly<Record<string, string>> = {
  SOFT_CLOSED: 'soft-closed',
  OPENED: 'soft close taken back',
  CLOSED: 'closed',
  REOPENING_REQUESTED: 'reopening asked for',
  REOPENING_DECLINED: 'reopening declined',
  REOPENED: 'reopened',
}

/** Why a closed month was corrected. */
export const CORRECTION_CAUSES: Readonly<Record<string, string>> = {
  LATE_EVENT: 'late event',
  RERATING: 're-rating',
  CORRECTION: 'correction',
  TASK_MOVED: 'task moved',
}

/** `POOLS_NOT_ALLOCATED` as `pools not allocated`. */
export function itemText(item: string): string {
  return item.toLowerCase().replaceAll('_', ' ')
}

/**
 * An address of the portal as the server's checks name it. The API speaks of months by their first day and of days up to the one after the
 * last; addresses of the portal name a month without its day and the last day included.
 *
 *     portalHref('/allocation?month=2026-10-01')          // '/allocation?month=2026-10'
 *     portalHref('/?from=2026-10-01&to=2026-11-01')       // '/?from=2026-10-01&period=custom&to=2026-10-31'
 */
export function portalHref(href: string): string {
  const [path = '/', query = ''] = href.split('?')
  const params = Object.fromEntries(new URLSearchParams(query))
  const { month, from, to } = params
  return hrefWith(path, params, {
    ...(month !== undefined && isDate(month) ? { month: month.slice(0, 7) } : {}),
    ...(from !== undefined && to !== undefined && isDate(to) ? { period: 'custom', to: addDays(to, -1) } : {}),
  })
}

interface Check {
  state: 'PASS' | 'WARN' | 'FAIL'
}

/** What a checklist comes to, in a sentence. */
export function checklistText(checks: readonly Check[], isWhole = true): string {
  return isWhole ? verdictOf(checks) : `${verdictOf(checks)} so far`
}

function verdictOf(checks: readonly Check[]): string {
  const count = (state: Check['state']) => checks.filter((check) => check.state === state).length
  const failed = count('FAIL')
  const warned = count('WARN')
  const accept = `${warned} ${warned === 1 ? 'check wants' : 'checks want'} a reason`
  if (failed > 0) {
    return `${failed} ${failed === 1 ? 'check blocks' : 'checks block'} the close${warned === 0 ? '' : `, ${accept}`}`
  }
  return warned > 0 ? `Nothing blocks the close, ${accept}` : `All ${checks.length} checks pass`
}
