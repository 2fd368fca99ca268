import { graphql } from '../../generated/gql.ts'
import type { ChannelFactsFragment } from '../../generated/graphql.ts'

/** What a line about a channel shows. */
graphql(`
  fragment ChannelFacts on Channel {
    id
    name
    kind
    target
    kinds
    minSeverity
    digest
    digestHour
    quietFrom
    quietTo
    criticalBreaksQuiet
    state
    lastError
    lastSuccessAt
    lastFailureAt
    createdBy
    createdAt
    scopes {
      scope
      key
      label
    }
  }
`)

export type ChannelFacts = ChannelFactsFragment
