import 'server-only'
import { cache } from 'react'
import { graphql } from '../../../generated/gql.ts'
import type { PoolFactsFragment } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import { agentMembers } from '../../../lib/members.ts'
import { versionToShow } from '../../../lib/allocation.ts'
import type { Choice } from './policy-inputs.tsx'

/** What every page about pools says of one. */
graphql(`
  fragment PoolFacts on CostPool {
    id
    name
    category
    recurrence
    month
    firstMonth
    lastMonth
    amount {
      amount
      currency
    }
    amountConverted {
      amount
      currency
    }
    method
    basis
    rate
    resource {
      provider
      name
    }
    capacity
    policies {
      id
      version
      state
      effectiveFrom
      method
      basis
      rate
      reviewDueOn
      isReviewDue
    }
    run {
      id
      policyVersion
      method
      basis
      total {
        amount
        currency
      }
      poolAmount {
        amount
        currency
      }
      received {
        amount
        currency
      }
      passedOn {
        amount
        currency
      }
      allocated {
        amount
        currency
      }
      unallocated {
        amount
        currency
      }
      underAbsorbed {
        amount
        currency
      }
      idle {
        amount
        currency
      }
      fallback
      isStale
      snapshot
      inputsHash
      createdAt
      check {
        pool {
          amount
          currency
        }
        byAgent {
          amount
          currency
        }
        byTask {
          amount
          currency
        }
        byClient {
          amount
          currency
        }
        balanced
      }
    }
  }
`)

export type Pool = PoolFactsFragment
export type PoolRun = NonNullable<Pool['run']>
export type PoolVersion = Pool['policies'][number]

/** Why a pool cannot be run in the month it is looked at in; null: it can. */
export function obstacleOf(pool: Pool): string | null {
  if (pool.amountConverted == null) return `Without an exchange rate from ${pool.amount.currency} it has no amount`
  const version = versionToShow(pool.policies, pool.month)
  if (version?.state !== 'APPROVED') return 'No version of its policy is approved for this month'
  return null
}

const ChoicesDocument = graphql(`
  query AllocationChoices($month: Date!) {
    costPools(month: $month) {
      id
      name
    }
  }
`)

/** What the forms about pools offer: the agents, and the pools of a month. */
export const choicesOf = cache(async (month: string): Promise<{ agents: Choice[]; pools: Choice[] }> => {
  const [{ costPools }, agents] = await Promise.all([query(ChoicesDocument, { month }), agentMembers()])
  return {
    agents: agents.map(({ key, name }) => ({ value: key, label: name })),
    pools: costPools.map(({ id, name }) => ({ value: id, label: name })),
  }
})
