import 'server-only'
import { FIXED18_ONE, formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import type { Money } from '@outlay/domain/money/currency'
import { monthFractions } from '@outlay/domain/periods/accrual'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { graphql } from '../generated/gql.ts'
import type { AgentSharesQuery } from '../generated/graphql.ts'
import { fallbackName, methodText } from './allocation.ts'
import { query } from './api.ts'
import { sumOf } from './format.ts'
import { monthParam } from './months.ts'
import type { DateRange } from './period.ts'
import { hrefWith } from './search-params.ts'

const AgentSharesDocument = graphql(`
  query AgentShares($month: Date!) {
    allocationRuns(month: $month) {
      id
      state
      method
      basis
      fallback
      policyVersion
      pool {
        id
        name
      }
      total {
        amount
        currency
      }
      shares {
        agent {
          key
        }
        share
        amount {
          amount
          currency
        }
      }
    }
  }
`)

export type AllocationRunRow = AgentSharesQuery['allocationRuns'][number]

/** What one agent bears of one pool in a month, and by which run. */
export interface PoolShare {
  run: AllocationRunRow
  /** Of what the pool came to; null where the server knows none. */
  share: string | null
  amount: Money
}

/** What an agent bears of a month's pools, and how much of it falls into the days looked at. */
export interface MonthShares {
  month: string
  shares: PoolShare[]
  /** Of the whole month. */
  whole: Money
  /** How much of the month lies in the range, above 0 and at most 1; pools accrue evenly with time. */
  fraction: string
  /** whole × fraction, exact. */
  accrued: Money
}

/** The most months looked up for one panel; a longer range is explained month by month elsewhere. */
export const MOST_MONTHS = 6

/** What an agent bears of every pool in each month of a range, the earliest month first; months beyond the latest six are left out. */
export async function sharesOfAgent({
  agentKey,
  range,
  timeZone,
  currency,
}: {
  agentKey: string
  range: DateRange
  timeZone: string
  currency: string
}): Promise<MonthShares[]> {
  const { start, end } = rangeBounds(range, timeZone)
  const months = monthFractions({ startMs: start, endMs: end }, timeZone).slice(-MOST_MONTHS)
  const runs = await Promise.all(months.map(({ month }) => query(AgentSharesDocument, { month })))
  return months.map(({ month, fraction }, index) => {
    const shares = (runs[index]?.allocationRuns ?? []).flatMap((run): PoolShare[] => {
      const own = run.state === 'CURRENT' ? run.shares.find(({ agent }) => agent.key === agentKey) : undefined
      return own === undefined ? [] : [{ run, share: own.share ?? null, amount: own.amount }]
    })
    const whole = sumOf(shares.map(({ amount }) => amount.amount))
    // A share has at most 4 decimals and a fraction 14, so the product is exact at 18.
    const accrued = formatFixed18((parseFixed18(whole) * parseFixed18(fraction)) / FIXED18_ONE)
    return { month, shares, whole: { amount: whole, currency }, fraction, accrued: { amount: accrued, currency } }
  })
}

/** How a run splits its pool, in words: `Usage, by invocations, policy v4`, with what was used where every weight was zero. */
export function runText(run: AllocationRunRow): string {
  const taken = run.fallback == null ? '' : `, ${fallbackName(run.fallback)}`
  return `${methodText(run)}, policy v${run.policyVersion}${taken}`
}

/** The arithmetic of an agent's share of a pool in a month. */
export function shareHref(poolId: string, month: string, agentKey: string): string {
  return hrefWith(`/allocation/pools/${encodeURIComponent(poolId)}`, {}, { month: monthParam(month), agent: agentKey })
}
