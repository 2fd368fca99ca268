import 'server-only'
import { cache } from 'react'
import { graphql } from '../../generated/gql.ts'
import type { AlertByIdQuery } from '../../generated/graphql.ts'
import { named, query } from '../../lib/api.ts'

const AlertByIdDocument = graphql(`
  query AlertById($id: ID!) {
    alert(id: $id) {
      ...AlertFacts
      reason
      escalatedAt
      acknowledgedBy
      acknowledgedAt
      endedBy
      endedAt
      dismissReason
      feedback
      bandLow {
        amount
        currency
      }
      bandHigh {
        amount
        currency
      }
      subject {
        dimension
        key
        label
      }
      contributors {
        dimension
        key
        label
        share
        amount {
          amount
          currency
        }
      }
      decomposition {
        volume {
          amount
          currency
        }
        tokensPerCall {
          amount
          currency
        }
        price {
          amount
          currency
        }
        mix {
          amount
          currency
        }
        total {
          amount
          currency
        }
      }
      budget {
        ...BudgetFacts
      }
      suppressedBy {
        id
        title
      }
      suppressed {
        ...AlertFacts
      }
      history {
        id
        action
        actor
        note
        at
      }
      deliveries {
        ...DeliveryFacts
      }
      days {
        day
        isFlagged
        isPartial
        actual {
          amount
          currency
        }
        expected {
          amount
        }
        low {
          amount
        }
        high {
          amount
        }
      }
      hours {
        start
        end
        actual {
          amount
          currency
        }
        expected {
          amount
        }
      }
    }
  }
`)

export type AlertDetail = NonNullable<AlertByIdQuery['alert']>

/** An alert with all that explains it; null when there is none of that id. Asked once per request. */
export const alertById = cache(
  async (id: string): Promise<AlertDetail | null> =>
    (await named(() => query(AlertByIdDocument, { id })))?.alert ?? null,
)
