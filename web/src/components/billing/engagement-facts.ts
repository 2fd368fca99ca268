import { graphql } from '../../generated/gql.ts'
import type { EngagementFactsFragment } from '../../generated/graphql.ts'
import { dateText } from '../../lib/calendar.ts'

graphql(`
  fragment EngagementFacts on Engagement {
    id
    model
    currency
    effectiveFrom
    effectiveTo
    revenueSource
    note
    createdBy
    createdAt
    endedBy
    supersededBy
    project {
      key
      name
    }
    client {
      key
      name
    }
    terms {
      basis
      markup
      markupFloor
      markupCap
      prices {
        unit
        mode
        steps {
          above
          price
          per
        }
      }
      price
      unit
      allowance
      overagePrice
      carryOverMonths
      carryOverMax
      isProrated
      reversalDays
      incrementMinutes
      discount
      minimum
      cap
      credit
    }
  }
`)

export type EngagementFacts = EngagementFactsFragment

/** Whose terms they are: a project's, or its client's. */
export function placeName({ project, client }: EngagementFacts): string {
  return project?.name ?? client?.name ?? 'nobody'
}

/** `from 1 Nov 2026`, `1 Sep 2026 until 1 Nov 2026`: `until` is the first day without them. */
export function daysText({ effectiveFrom, effectiveTo }: EngagementFacts): string {
  const from = dateText(effectiveFrom, { year: true })
  return effectiveTo == null ? `from ${from} on` : `${from} until ${dateText(effectiveTo, { year: true })}`
}
