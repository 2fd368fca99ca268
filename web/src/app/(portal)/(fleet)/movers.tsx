import { DifferenceBar } from '../../../components/chart/difference-bar.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { MoversQuery } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import { causesText, sentenceOf } from '../../../lib/cost-change.ts'
import {
  compareDecimals,
  currencySymbol,
  exactText,
  moneyText,
  percentText,
  pixelsOf,
  shareOf,
  signedAmountText,
} from '../../../lib/format.ts'
import { memberPath } from '../../../lib/member-path.ts'
import { comparisonText, type Period } from '../../../lib/period.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'

const MoversDocument = graphql(`
  query Movers($range: DateRangeInput!, $before: DateRangeInput!, $basis: CostBasis!) {
    costChange(range: $range, before: $before, scope: FLEET, basis: $basis) {
      ...Causes
      change {
        amount
        currency
      }
      contributors {
        dimension
        key
        label
        current {
          amount
          currency
        }
        previous {
          amount
          currency
        }
        change {
          amount
          currency
        }
      }
    }
  }

  fragment Causes on CostChange {
    volume {
      amount
      currency
    }
    mix {
      amount
      currency
    }
    tokensPerCall {
      amount
      currency
    }
    price {
      amount
      currency
    }
    allocation {
      amount
      currency
    }
  }
`)

/** What moved the three that moved most; who is fewer than three is asked for once more and not used. */
const MoverCausesDocument = graphql(`
  query MoverCauses(
    $range: DateRangeInput!
    $before: DateRangeInput!
    $basis: CostBasis!
    $scope: CostScope!
    $first: String!
    $second: String!
    $third: String!
    $hasSecond: Boolean!
    $hasThird: Boolean!
  ) {
    first: costChange(range: $range, before: $before, scope: $scope, key: $first, basis: $basis) {
      ...Causes
    }
    second: costChange(range: $range, before: $before, scope: $scope, key: $second, basis: $basis)
      @include(if: $hasSecond) {
      ...Causes
    }
    third: costChange(range: $range, before: $before, scope: $scope, key: $third, basis: $basis)
      @include(if: $hasThird) {
      ...Causes
    }
  }
`)

type Change = NonNullable<MoversQuery['costChange']>
type Contributor = Change['contributors'][number]

interface MoversProps {
  by: 'AGENT' | 'CLIENT' | 'RESOURCE'
  period: Period
  /** Shares of pools are counted where they are known of both periods. */
  isLoaded: boolean
  params: SearchParams
}

/** Who or what made the change of the fleet, and why the largest of them moved; the rows add up to the change. */
export async function Movers({ by, period, isLoaded, params }: MoversProps) {
  if (period.comparison === null) return null
  const asked = {
    range: period.full,
    before: period.comparison,
    basis: isLoaded ? ('FULLY_LOADED' as const) : ('ATTRIBUTED' as const),
  }
  const { costChange } = await query(MoversDocument, asked)
  const rows = costChange?.contributors.filter(({ dimension }) => dimension === by) ?? []
  if (costChange == null || rows.length === 0) return null
  const causes = by === 'RESOURCE' ? new Map<string, string>() : await causesOf(by, rows, asked)
  const most = Math.max(...rows.map(({ change }) => Math.abs(pixelsOf(change.amount))), 0)
  return (
    <Card
      className="mb-4"
      title={headingOf(costChange, rows)}
      caption={`Change, full days against ${comparisonText(period) ?? ''}, ${currencySymbol(costChange.change.currency)}`}
      actions={
        <Link
          href={hrefWith('/', params, { why: 'cost' })}
          scroll={false}
          className="link no-print inline-flex min-h-8 items-center"
        >
          By cause
        </Link>
      }
    >
      <p className="mb-1 text-ink-2">{sentenceOf(costChange, costChange.change)}</p>
      <ul>
        {rows.map((row, index) => (
          <li
            key={`${row.key ?? row.label} ${index}`}
            className="grid grid-cols-[minmax(0,1fr)_5rem_auto] items-center gap-3 border-b border-line py-2 max-sm:grid-cols-[minmax(0,1fr)_auto]"
          >
            <span className="min-w-0">
              <Name row={row} params={params} />
              <span className="block text-caption text-ink-3">
                {causes.get(row.key ?? '') ?? `${moneyText(row.previous)} before, ${moneyText(row.current)} now`}
              </span>
            </span>
            <DifferenceBar amount={row.change.amount} most={most} className="w-20 max-sm:hidden" />
            <span className="num w-20 text-right" title={exactText(row.change)}>
              {signedAmountText(row.change)}
            </span>
          </li>
        ))}
      </ul>
      <p className="flex justify-between pt-2 font-semibold">
        <span>Change</span>
        <span className="num" title={exactText(costChange.change)}>
          {signedAmountText(costChange.change)}
        </span>
      </p>
    </Card>
  )
}

function Name({ row, params }: { row: Contributor; params: SearchParams }) {
  const page = row.key == null ? null : memberPath(row.dimension, row.key)
  if (page === null) return <span className="block">{row.label}</span>
  return (
    <Link href={hrefWith(page, { ...periodParams(params), why: 'cost' })} className="row-link font-[550]">
      {row.label}
    </Link>
  )
}

/** The finding: who explains most of it in the direction it went. */
function headingOf({ change }: Change, rows: readonly Contributor[]): string {
  const isMore = compareDecimals(change.amount, '0') > 0
  const [top] = rows
    .filter((row) => row.key != null && compareDecimals(row.change.amount, '0') === (isMore ? 1 : -1))
    .sort((a, b) => compareDecimals(b.change.amount, a.change.amount) * (isMore ? 1 : -1))
  const share = top === undefined ? null : shareOf(top.change.amount, change.amount)
  if (top === undefined || share === null) return 'What moved'
  // Movers against each other can each be more than the whole; then a share of it says nothing.
  return compareDecimals(share, '1') > 0
    ? `${top.label} moved most`
    : `${top.label} explains ${percentText(share, 0)} of the ${isMore ? 'rise' : 'fall'}`
}

async function causesOf(
  scope: 'AGENT' | 'CLIENT',
  rows: readonly Contributor[],
  asked: { range: Period['full']; before: Period['full']; basis: 'FULLY_LOADED' | 'ATTRIBUTED' },
): Promise<Map<string, string>> {
  const [one, two, three] = rows.flatMap(({ key }) => (key == null ? [] : [key]))
  if (one === undefined) return new Map()
  const { first, second, third } = await query(MoverCausesDocument, {
    ...asked,
    scope,
    first: one,
    second: two ?? one,
    third: three ?? one,
    hasSecond: two !== undefined,
    hasThird: three !== undefined,
  })
  const told = [
    { key: one, parts: first },
    { key: two, parts: second },
    { key: three, parts: third },
  ]
  return new Map(
    told.flatMap(({ key, parts }) => {
      const text = parts == null ? '' : causesText(parts)
      return key === undefined || text === '' ? [] : [[key, text]]
    }),
  )
}
