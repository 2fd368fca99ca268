import { graphql } from '../../../../../generated/gql.ts'
import type { PeriodDetailQuery } from '../../../../../generated/graphql.ts'

/** How a month stands and what became of it. Its checklist adds up every event of the month, so it is asked for apart. */
export const PeriodDocument = graphql(`
  query PeriodDetail($month: Date!, $range: DateRangeInput!, $after: String) {
    periods(first: 6) {
      month
    }
    fleetCost(range: $range, compareTo: NONE) {
      dataThrough
      tasksCompleted
      ...FleetPools
      cost {
        direct {
          amount
          currency
        }
        chainShared {
          amount
          currency
        }
        allocated {
          amount
          currency
        }
        total {
          amount
          currency
        }
      }
    }
    period(month: $month) {
      month
      state
      edition
      mayClose
      correctionsPosted {
        amount
        currency
      }
      correctionsReceived {
        amount
        currency
      }
      reopening {
        requestedBy
        requestedAt
        reason
        mayAgree
      }
      history {
        action
        reason
        actedBy
        actedAt
      }
      snapshots {
        edition
        hash
        isIntact
        closedBy
        closedAt
        tasksCompleted
        unallocated {
          amount
          currency
        }
        revenue {
          amount
          currency
        }
        cost {
          direct {
            amount
            currency
          }
          chainShared {
            amount
            currency
          }
          allocated {
            amount
            currency
          }
          total {
            amount
            currency
          }
        }
        accepted {
          item
          reason
        }
        bridge {
          label
          dimension
          key
          cause
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
        }
      }
      corrections(first: 50, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          cause
          reference
          usageDay
          postedDay
          agent {
            key
            name
          }
          client {
            key
            name
          }
          project {
            key
            name
          }
          task {
            key
            name
          }
          resource
          cost {
            amount
            currency
          }
          invocations
          createdAt
          isReturned
        }
      }
    }
  }
`)

export type Period = PeriodDetailQuery['period']
export type Edition = Period['snapshots'][number]
export type MonthFleet = PeriodDetailQuery['fleetCost']

/** The edition that a closed month is; null while it is open, whatever it was closed with before. */
export function currentEdition({ state, edition, snapshots }: Period): Edition | null {
  return state === 'CLOSED' ? (snapshots.find((snapshot) => snapshot.edition === edition) ?? null) : null
}
