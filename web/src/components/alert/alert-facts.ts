import { graphql } from '../../generated/gql.ts'
import type { AlertFactsFragment, AlertKind, BudgetScope } from '../../generated/graphql.ts'
import { isLimit, KIND_NAMES, measureText } from '../../lib/alerts.ts'
import { dateText } from '../../lib/calendar.ts'
import { memberPath } from '../../lib/member-path.ts'

/** What a line about an alert shows. */
graphql(`
  fragment AlertFacts on Alert {
    id
    kind
    severity
    state
    scope
    key
    title
    label
    threshold
    rule
    score
    ratio
    firstDay
    lastDay
    raisedAt
    updatedAt
    windowStart
    windowEnd
    assignee
    snoozedUntil
    expected {
      amount
      currency
    }
    actual {
      amount
      currency
    }
    impact {
      amount
      currency
    }
    impactPerHour {
      amount
      currency
    }
  }
`)

export type AlertFacts = AlertFactsFragment

interface Line {
  kind: AlertKind
  firstDay: string
  lastDay: string
  threshold?: string | null
  score?: string | null
  ratio?: string | null
}

/** The second line of an alert: `Daily cost · since 22 Nov · 6× the usual, z 9.1`. */
export function aboutText(alert: Line, today: string): string {
  return [KIND_NAMES[alert.kind], daysText(alert, today), measureText(alert)]
    .filter((part) => part !== null)
    .join(' · ')
}

/** `today`, `since 20 Nov`, `22 Nov`, `18–20 Nov`: which days it is about. Of a limit, the day its window began says little. */
function daysText({ kind, firstDay, lastDay }: Line, today: string): string | null {
  if (isLimit(kind) && firstDay !== today) return null
  if (lastDay === today) return firstDay === today ? 'today' : `since ${dateText(firstDay)}`
  return firstDay === lastDay ? dateText(firstDay) : `${dateText(firstDay)} to ${dateText(lastDay)}`
}

/** Where more about it stands: the page of the agent, client or project it is about, or of the fleet. */
export function subjectHref({ scope, key }: { scope: BudgetScope; key?: string | null }): string | null {
  if (key == null) return scope === 'FLEET' ? '/' : null
  return memberPath(scope, key)
}

export function alertHref(id: string): string {
  return `/anomalies/${encodeURIComponent(id)}`
}
