import 'server-only'
import { cache } from 'react'
import { graphql } from '../../../../../generated/gql.ts'
import type { PoolByIdQuery } from '../../../../../generated/graphql.ts'
import { named, query } from '../../../../../lib/api.ts'

const PoolByIdDocument = graphql(`
  query PoolById($id: ID!, $month: Date!) {
    costPool(id: $id, month: $month) {
      ...PoolFacts
      createdBy
      createdAt
      amounts {
        fromMonth
        revision
        amount {
          amount
          currency
        }
        note
        setBy
        setAt
        isInForce
      }
      policy {
        id
        version
        fallback
        idle
        multipliers {
          agent {
            key
          }
          multiplier
        }
        feeds {
          pool {
            id
            name
            month
          }
          share
        }
      }
      run {
        feeds {
          pool {
            id
            name
            month
          }
          amount {
            amount
            currency
          }
        }
        shares {
          agent {
            key
            name
          }
          weight
          amount {
            amount
            currency
          }
        }
      }
      runs {
        id
        month
        state
        policyVersion
        method
        basis
        total {
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
        fallback
        snapshot
        inputsHash
        supersededAt
      }
    }
  }
`)

export type PoolDetail = NonNullable<PoolByIdQuery['costPool']>
export type RunDetail = NonNullable<PoolDetail['run']>
export type Share = RunDetail['shares'][number]

/** A pool with all of its page, as it is in a month; a month outside its span shows the nearest. Asked once per request. */
export const poolById = cache(
  async (id: string, month: string): Promise<PoolDetail | null> =>
    (await named(() => query(PoolByIdDocument, { id, month })))?.costPool ?? null,
)
