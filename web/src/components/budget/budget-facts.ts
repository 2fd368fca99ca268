import { graphql } from '../../generated/gql.ts'
import type { BudgetFactsFragment } from '../../generated/graphql.ts'

/** What a line about a budget shows. */
graphql(`
  fragment BudgetFacts on BudgetStatus {
    id
    scope
    key
    label
    window
    windowStart
    windowEnd
    ratio
    thresholds
    forecastThresholds
    isLearned
    daysToCap
    capReachedOn
    unpricedInvocations
    unconvertedInvocations
    recipients
    reachesNobody
    fxRate
    note
    updatedBy
    updatedAt
    amount {
      amount
      currency
    }
    givenAmount {
      amount
      currency
    }
    spent {
      amount
      currency
    }
    remaining {
      amount
      currency
    }
    forecast {
      amount
      currency
    }
    forecastLow {
      amount
      currency
    }
    forecastHigh {
      amount
      currency
    }
    burnRatePerDay {
      amount
      currency
    }
    crossings {
      basis
      threshold
      crossedAt
      alert {
        id
        title
      }
    }
  }
`)

export type BudgetFacts = BudgetFactsFragment
