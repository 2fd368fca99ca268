import { Card } from '../../../../../components/ui/card.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { graphql } from '../../../../../generated/gql.ts'
import type { AllocationComparisonQuery, DirectCostsQuery } from '../../../../../generated/graphql.ts'
import { colourOfAgents } from '../../../../../lib/agents.ts'
import { ahead, query } from '../../../../../lib/api.ts'
import { versionToShow } from '../../../../../lib/allocation.ts'
import { countText, sumOf } from '../../../../../lib/format.ts'
import { addMonths } from '../../../../../lib/months.ts'
import type { DateRange } from '../../../../../lib/period.ts'
import { first, type SearchParams } from '../../../../../lib/search-params.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { isDifferent, readWhatIf, whatIfInput, type WhatIf } from '../../../../../lib/what-if.ts'
import { obstacleOf } from '../../pool-facts.ts'
import { MethodsCard } from './methods-card.tsx'
import type { PoolDetail } from './pool-detail.ts'
import { rateThatAbsorbs } from './rate-that-absorbs.ts'
import { WhatIfCard } from './what-if-card.tsx'

const AllocationComparisonDocument = graphql(`
  query AllocationComparison($poolId: ID!, $month: Date!, $whatIf: WhatIfPolicyInput) {
    allocationComparison(poolId: $poolId, month: $month, whatIf: $whatIf) {
      snapshot
      methods {
        column
        method
        basis
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
      }
      rows {
        agent {
          key
          name
        }
        equal {
          amount
          currency
        }
        usage {
          amount
          currency
        }
        revenue {
          amount
          currency
        }
        overheadRate {
          amount
          currency
        }
        current {
          amount
          currency
        }
        whatIf {
          amount
          currency
        }
        equalDifference {
          amount
          currency
        }
        usageDifference {
          amount
          currency
        }
        revenueDifference {
          amount
          currency
        }
        overheadRateDifference {
          amount
          currency
        }
      }
    }
  }
`)

const DirectCostsDocument = graphql(`
  query DirectCosts($range: DateRangeInput!, $after: String) {
    agentCosts(range: $range, first: 100, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        agent {
          key
        }
        cost {
          direct {
            amount
            currency
          }
        }
      }
    }
  }
`)

const MonthUsageDocument = graphql(`
  query MonthUsage($range: DateRangeInput!) {
    fleetCost(range: $range, compareTo: NONE) {
      cost {
        invocations
      }
    }
  }
`)

/** Above as many invocations of the month the methods are compared when somebody asks for it: each is read, a million in several seconds. */
const UNASKED_MAX = 20_000

function wholeMonth(month: string): DateRange {
  return { from: month, to: addMonths(month, 1) }
}

/** What `unaskedReads` will ask of a month. */
export function askMonthUsage(month: string): void {
  ahead(MonthUsageDocument, { range: wholeMonth(month) })
}

/**
 * How many invocations a comparison would read that nobody has asked for; null where it is made at once. Asked before the page begins, which
 * would else move when a skeleton of the tables gives way to a few words.
 */
export async function unaskedReads(pool: PoolDetail, params: SearchParams): Promise<string | null> {
  const today = policyOf(pool)
  const isAsked = first(params.methods) === 'compared' || isDifferent(readWhatIf(params, today), today)
  if (pool.amountConverted == null || isAsked) return null
  const { invocations } = (await query(MonthUsageDocument, { range: wholeMonth(pool.month) })).fleetCost.cost
  return BigInt(invocations) > UNASKED_MAX ? invocations : null
}

export type Comparison = NonNullable<AllocationComparisonQuery['allocationComparison']>
export type ComparedRow = Comparison['rows'][number]

interface WaysToSplitProps {
  pool: PoolDetail
  path: string
  params: SearchParams
  tenant: Tenant
  mayKeep: boolean
}

/** The policy of the month as a what-if that changes nothing. */
function policyOf(pool: PoolDetail): WhatIf {
  return {
    method: pool.method,
    basis: pool.basis ?? 'INVOCATIONS',
    rate: pool.rate ?? null,
    multipliers: new Map((pool.policy?.multipliers ?? []).map(({ agent, multiplier }) => [agent.key, multiplier])),
  }
}

/** The direct cost of every agent that was active, however many there are: one that is left out would count as nothing. */
async function directCosts(range: DateRange): Promise<Map<string, { amount: string; currency: string }>> {
  const direct = new Map<string, { amount: string; currency: string }>()
  let after: string | null = null
  for (;;) {
    const { agentCosts }: DirectCostsQuery = await query(DirectCostsDocument, { range, after })
    for (const { agent, cost } of agentCosts.nodes) direct.set(agent.key, cost.direct)
    if (!agentCosts.pageInfo.hasNextPage) return direct
    after = agentCosts.pageInfo.endCursor ?? null
  }
}

/** The four methods side by side, and what another policy would do: computed by the server on one frozen snapshot, nothing is written. */
export async function WaysToSplit({ pool, path, params, tenant, mayKeep }: WaysToSplitProps) {
  if (pool.amountConverted == null) {
    return (
      <Card title="Nothing to compare yet">
        <p className="text-ink-2">
          {obstacleOf(pool)}. The four methods will stand side by side here as soon as it can be run.
        </p>
      </Card>
    )
  }
  const today = policyOf(pool)
  const asked = readWhatIf(params, today)
  const range = wholeMonth(pool.month)
  const [data, direct, colourOf] = await Promise.all([
    query(AllocationComparisonDocument, {
      poolId: pool.id,
      month: pool.month,
      whatIf: isDifferent(asked, today) ? whatIfInput(asked) : null,
    }),
    directCosts(range),
    colourOfAgents(),
  ])
  const comparison = data.allocationComparison
  if (comparison == null || comparison.rows.length === 0) {
    return (
      <Card title="Nobody could bear a share">
        <p className="text-ink-2">
          No agent was active in the month, so every method leaves the pool to its fallback. Agents will stand here with
          what each method gives them.
        </p>
      </Card>
    )
  }
  const total = sumOf(
    comparison.methods
      .slice(0, 1)
      .flatMap((one) => [one.allocated.amount, one.unallocated.amount, one.underAbsorbed.amount]),
  )
  const exactRate = rateThatAbsorbs(total, comparison.rows, { direct, multipliers: asked.multipliers })
  const version = versionToShow(pool.policies, pool.month)
  return (
    <>
      <MethodsCard
        pool={pool}
        comparison={comparison}
        version={version?.version ?? null}
        direct={direct}
        colourOf={colourOf}
        tenant={tenant}
      />
      <WhatIfCard
        pool={pool}
        comparison={comparison}
        path={path}
        params={params}
        today={today}
        whatIf={asked}
        exactRate={exactRate}
        mayKeep={mayKeep}
      />
    </>
  )
}

/** What stands in the place of a comparison that nobody has asked for. */
export function NotCompared({ invocations, href }: { invocations: string; href: string }) {
  return (
    <Card title="The four methods, side by side">
      <p className="mb-3 text-ink-2">
        Comparing them reads all {countText(invocations)} invocations of the month, which takes seconds. The shares
        below are those of the run that holds.
      </p>
      <Link href={href} className="control" scroll={false}>
        Compare the methods
      </Link>
    </Card>
  )
}
