import { graphql } from '../../lib/browser-graphql.ts'
import type { InvocationFactsFragment } from '../../generated/graphql.ts'

/** How an event was rated, what was done to it, and what its sender says it cost. */
graphql(`
  fragment InvocationFacts on Invocation {
    invocationId
    occurredAt
    status
    costBasis
    isVoided
    replaces
    cost {
      amount
      currency
    }
    reportedCost {
      amount
      currency
    }
    reportedDifference {
      amount
      currency
    }
    usage {
      meter
      quantity
    }
    ratedLines {
      ...RatedLineFacts
    }
    correction {
      kind
      replacementId
      reason
      correctedBy
      correctedAt
    }
    supersededRatings {
      status
      costBasis
      supersededAt
      reason
      by
      cost {
        amount
        currency
      }
      ratedLines {
        ...RatedLineFacts
      }
    }
  }

  fragment RatedLineFacts on RatedLine {
    meter
    quantity
    per
    fxRate
    fxDate
    unitPrice {
      amount
      currency
    }
    amountNative {
      amount
      currency
    }
    amount {
      amount
      currency
    }
    rate {
      provider
      resource
      card
      source
      effectiveFrom
      effectiveTo
      abovePromptTokens
      aboveMonthlyQuantity
      qualifiers
    }
  }
`)

export type InvocationFacts = InvocationFactsFragment

export function eventHref(invocationId: string): string {
  return `/events/${encodeURIComponent(invocationId)}`
}

/** Meters that no line prices: they are what makes an event unpriced. */
export function metersWithoutPrice({ usage, ratedLines }: Pick<InvocationFacts, 'usage' | 'ratedLines'>): string[] {
  const priced = new Set(ratedLines.map((line) => line.meter))
  return usage.map((line) => line.meter).filter((meter) => !priced.has(meter))
}
