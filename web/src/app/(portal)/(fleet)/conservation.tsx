import { ConservationBadge } from '../../../components/ui/conservation-badge.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { countText } from '../../../lib/format.ts'
import type { DateRange } from '../../../lib/period.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'

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

/** Above as many invocations the ledger is added up when somebody asks for it: a million take about a second of Postgres. */
const UNASKED_MAX = 20_000

interface ConservationProps {
  range: DateRange
  /** How many there are in the range. */
  invocations: string
  path: string
  params: SearchParams
}

/** Adds up the ledger itself, each of its invocations, and says whether it is what the page shows. */
export function Conservation({ range, invocations, path, params }: ConservationProps) {
  if (BigInt(invocations) > UNASKED_MAX && first(params.check) !== 'sums') {
    return (
      <Link
        href={hrefWith(path, params, { check: 'sums' })}
        className="link no-print inline-flex min-h-6 items-center text-caption font-normal"
        title={`Adds up ${countText(invocations)} invocations`}
        scroll={false}
      >
        compare with the ledger
      </Link>
    )
  }
  return (
    <Section fallback={<span className="text-caption font-normal text-ink-3">checking the ledger…</span>}>
      <Compared range={range} />
    </Section>
  )
}

/** Asked for apart, so that it arrives when it is done. */
async function Compared({ range }: { range: DateRange }) {
  const { fleetCost } = await query(ConservationDocument, { range })
  return <ConservationBadge conservation={fleetCost.conservation} />
}
