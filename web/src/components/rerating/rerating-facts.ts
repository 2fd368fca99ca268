import { graphql } from '../../generated/gql.ts'

/** What lists and pages show of a re-rating or a simulation. */
graphql(`
  fragment ReratingSummary on Rerating {
    id
    kind
    state
    from
    to
    filter
    substitutions {
      fromProvider
      fromResource
      toProvider
      toResource
    }
    draftCardId
    requestedBy
    requestedAt
    previewedAt
    reason
    appliedBy
    appliedAt
    error
    invocations
    changed
    total {
      ...DifferenceRow
    }
  }

  fragment DifferenceRow on ReratingDifference {
    key
    label
    invocations
    changed
    before {
      amount
      currency
    }
    after {
      amount
      currency
    }
    difference {
      amount
      currency
    }
    unpricedBefore
    unpricedAfter
    unconvertedBefore
    unconvertedAfter
  }
`)
