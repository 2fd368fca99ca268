import { graphql } from '../generated/gql.ts'
import type { FleetPoolsFragment, OwnCostFragment } from '../generated/graphql.ts'
import { ownPools } from './fleet-pools.ts'

/** What somebody who is limited to clients sees cost in the period, in place of the fleet's. */
graphql(`
  fragment OwnCost on Query {
    ownCost: costRollup(range: $range, groupBy: [CLIENT]) {
      total {
        allocated {
          amount
          currency
        }
        invocations
        unpricedInvocations
      }
    }
  }
`)

/** What a page needs to know of all that its reader sees: the fleet, or the clients they are limited to. */
export interface OwnFacts extends FleetPoolsFragment {
  cost: { invocations: string; unpricedInvocations: string }
}

export function wholeOrOwn({ fleetCost, ownCost }: { fleetCost?: OwnFacts } & Partial<OwnCostFragment>): OwnFacts {
  if (fleetCost !== undefined) return fleetCost
  if (ownCost === undefined) throw new Error('A page asks for the fleet or for what is the reader’s own.')
  return { ...ownPools(ownCost.total), cost: ownCost.total }
}
