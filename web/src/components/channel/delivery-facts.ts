import { graphql } from '../../generated/gql.ts'
import type { DeliveryFactsFragment } from '../../generated/graphql.ts'

/** What a line of a delivery log shows. */
graphql(`
  fragment DeliveryFacts on AlertDelivery {
    id
    purpose
    state
    notBefore
    sentAt
    lastError
    createdAt
    channel {
      id
      name
      kind
    }
    alert {
      id
      title
    }
    attempts {
      at
      ms
      status
      error
    }
  }
`)

export type DeliveryFacts = DeliveryFactsFragment
