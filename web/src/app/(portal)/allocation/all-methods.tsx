import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { AllocationMethod, PoolMethodsQuery } from '../../../generated/graphql.ts'
import { methodNote } from '../../../lib/allocation.ts'
import { query } from '../../../lib/api.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import { compareDecimals, countText, currencySymbol, sumOf } from '../../../lib/format.ts'
import { monthName } from '../../../lib/months.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { checkOf, findingOf, MethodsSideBySide, type Other } from './pools/[id]/methods-card.tsx'
import type { Pool } from './pool-facts.ts'

const PoolMethodsDocument = graphql(`
  query PoolMethods($poolId: ID!, $month: Date!) {
    allocationComparison(poolId: $poolId, month: $month) {
      methods {
        column
        method
        basis
        underAbsorbed {
          amount
          currency
        }
        unallocated {
          amount
          currency
        }
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

type Comparison = PoolMethodsQuery['allocationComparison']
type Row = Comparison['rows'][number]
type Column = Exclude<keyof Row, 'agent'>

/** Each comparison reads the invocations of the month: above as many reads somebody has to ask for them. */
const UNASKED_READS = 100_000

const METHODS = {
  EQUAL: { column: 'equal', share: 'equal', difference: 'equalDifference' },
  USAGE: { column: 'usage', share: 'usage', difference: 'usageDifference' },
  REVENUE: { column: 'revenue', share: 'revenue', difference: 'revenueDifference' },
  OVERHEAD_RATE: { column: 'overheadRate', share: 'overheadRate', difference: 'overheadRateDifference' },
} as const satisfies Record<AllocationMethod, { column: string; share: Column; difference: Column }>

interface AllMethodsProps {
  pools: readonly Pool[]
  month: string
  /** Of the month. */
  invocations: string
  params: SearchParams
  colourOf: ColourOf
  currency: string
}

/** The four methods side by side for all pools of a month: what each agent bears of them together, and would bear by each method. */
export async function AllMethods({ pools, month, invocations, params, colourOf, currency }: AllMethodsProps) {
  const convertible = pools.filter(({ amountConverted }) => amountConverted != null)
  if (convertible.length === 0) return null
  const isAsked = first(params.methods) === 'compared'
  if (!isAsked && BigInt(invocations) * BigInt(convertible.length) > UNASKED_READS) {
    return (
      <Card title="The four methods, side by side" className="mt-4">
        <p className="mb-3 text-ink-2">
          Comparing them reads all {countText(invocations)} invocations of the month once for each pool, which takes
          seconds.
        </p>
        <Link href={hrefWith('/allocation', params, { methods: 'compared' })} className="control" scroll={false}>
          Compare the methods
        </Link>
      </Card>
    )
  }
  const compared = await Promise.all(
    convertible.map(async (pool) => ({
      pool,
      comparison: (await query(PoolMethodsDocument, { poolId: pool.id, month })).allocationComparison,
    })),
  )
  const rows = addedUp(compared.map(({ comparison }) => comparison.rows))
  if (rows.length === 0) return null
  const others = (Object.keys(METHODS) as AllocationMethod[]).map((method) => otherOf(method, compared))
  const checks = compared.map(({ pool, comparison }) => checkOf(pool, comparison))
  const left = pools.length - convertible.length
  return (
    <div className="mt-4">
      <MethodsSideBySide
        heading={findingOf(others, rows, currency)}
        caption={`All pools of ${monthName(month)} by each of four methods, ${currencySymbol(currency)}; difference to today’s shares${left === 0 ? '' : `; ${countText(left)} without a known amount left out`}`}
        today={{
          name: 'Today',
          note: 'by policy',
          whole: compared.length === 1 ? 'the pool' : 'the pools',
          badge: countText(compared.length) + (compared.length === 1 ? ' pool' : ' pools'),
          under: sumOf(checks.map(({ under }) => under)),
          unallocated: sumOf(checks.map(({ unallocated }) => unallocated)),
        }}
        rows={rows}
        others={others}
        direct={NONE}
        colourOf={colourOf}
        currency={currency}
      />
    </div>
  )
}

/** What an agent costs by itself has no room beside four methods. */
const NONE: ReadonlyMap<string, { amount: string; currency: string }> = new Map()

/** By agent, what the pools give together; an agent that no method of a pool reaches gets nothing of it. */
function addedUp(lists: readonly (readonly Row[])[]): Row[] {
  const byAgent = new Map<string, Row[]>()
  for (const row of lists.flat()) byAgent.set(row.agent.key, [...(byAgent.get(row.agent.key) ?? []), row])
  return [...byAgent.values()].map(togetherOf).sort((a, b) => compareDecimals(b.current.amount, a.current.amount))
}

function togetherOf(rows: readonly Row[]): Row {
  const [one] = rows
  if (one === undefined) throw new Error('An agent without a row.')
  const sum = (column: Column) => ({
    amount: sumOf(rows.map((row) => row[column].amount)),
    currency: one[column].currency,
  })
  return {
    agent: one.agent,
    equal: sum('equal'),
    usage: sum('usage'),
    revenue: sum('revenue'),
    overheadRate: sum('overheadRate'),
    current: sum('current'),
    equalDifference: sum('equalDifference'),
    usageDifference: sum('usageDifference'),
    revenueDifference: sum('revenueDifference'),
    overheadRateDifference: sum('overheadRateDifference'),
  }
}

function otherOf(method: AllocationMethod, compared: readonly { comparison: Comparison }[]): Other {
  const { column, share, difference } = METHODS[method]
  const found = compared.flatMap(({ comparison }) => comparison.methods.filter((one) => one.column === column))
  const notes = new Set(found.map(({ basis }) => methodNote({ method, basis })))
  const [note = ''] = notes
  return {
    method,
    note: notes.size === 1 ? note : 'by each basis',
    of: (row) => row[share],
    differenceOf: (row) => row[difference],
    under: sumOf(found.map(({ underAbsorbed }) => underAbsorbed.amount)),
    unallocated: sumOf(found.map(({ unallocated }) => unallocated.amount)),
  }
}
