import 'server-only'
import { graphql } from '../../../../../../generated/gql.ts'
import type { PoolPoliciesQuery } from '../../../../../../generated/graphql.ts'
import { named, query } from '../../../../../../lib/api.ts'

const PoolPoliciesDocument = graphql(`
  query PoolPolicies($id: ID!, $month: Date!) {
    costPool(id: $id, month: $month) {
      id
      name
      month
      policies {
        id
        version
        state
        effectiveFrom
        method
        basis
        rate
        scope {
          key
          name
        }
        fallback
        idle
        multipliers {
          agent {
            key
            name
          }
          multiplier
        }
        exemptions {
          agent {
            key
            name
          }
          from
          to
          reason
        }
        feeds {
          pool {
            id
            name
          }
          share
        }
        note
        reviewDueOn
        isReviewDue
        createdBy
        createdAt
        proposedAt
        approvedBy
        approvedAt
        overrideReason
        mayApprove
        mayOverride
        history {
          action
          reason
          actedBy
          actedAt
        }
      }
    }
  }
`)

export type PoolPolicies = NonNullable<PoolPoliciesQuery['costPool']>
export type PolicyVersion = PoolPolicies['policies'][number]

/** A pool with every version of how it is split. */
export async function poolPolicies(id: string, month: string): Promise<PoolPolicies | null> {
  return (await named(() => query(PoolPoliciesDocument, { id, month })))?.costPool ?? null
}
