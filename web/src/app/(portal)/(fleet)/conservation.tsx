import { ConservationBadge } from '../../../components/ui/conservation-badge.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import type { DateRange } from '../../../lib/period.ts'

const ConservationDocument = graphql(`
  query Conservation($range: DateRangeInput!) {
    fleetCost(range: $range, compareTo: NONE) {
      conservation {
        balanced
        ledger {
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
        byRollup {
          amount
          currency
        }
        fullyLoaded {
          balanced
          attributed {
            amount
            currency
          }
          pools {
            amount
            currency
          }
          total {
            amount
            currency
          }
        }
      }
    }
  }
`)

/** Sums the ledger itself, so it is asked for apart and arrives when it is done. */
export async function Conservation({ range }: { range: DateRange }) {
  const { fleetCost } = await query(ConservationDocument, { range })
  return <ConservationBadge conservation={fleetCost.conservation} />
}
