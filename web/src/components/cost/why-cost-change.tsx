import type { Money } from '@outlay/domain/money/currency'
import { graphql } from '../../generated/gql.ts'
import type { CostChangeQuery } from '../../generated/graphql.ts'
import { query } from '../../lib/api.ts'
import { rangeText } from '../../lib/calendar.ts'
import { sentenceOf } from '../../lib/cost-change.ts'
import { countText, currencySymbol, exactText, isZero, sumOf } from '../../lib/format.ts'
import { memberPath } from '../../lib/member-path.ts'
import { comparisonText, type Period } from '../../lib/period.ts'
import { hrefWith, periodParams, type SearchParams } from '../../lib/search-params.ts'
import { currentViewer, isLimited as isLimitedToClients } from '../../lib/session.ts'
import { Amounts, WhyPanel, type WhyProps } from './why-panel.tsx'

const CostChangeDocument = graphql(`
  query CostChange(
    $range: DateRangeInput!
    $before: DateRangeInput!
    $scope: CostScope!
    $key: String
    $basis: CostBasis!
  ) {
    costChange(range: $range, before: $before, scope: $scope, key: $key, basis: $basis) {
      label
      change {
        amount
        currency
      }
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
      unallocated {
        amount
        currency
      }
      current {
        invocations
        unpricedInvocations
        unconvertedInvocations
      }
      previous {
        invocations
        unpricedInvocations
        unconvertedInvocations
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
      unknown {
        provider
        resource
        current
        previous
      }
    }
  }
`)

type Change = NonNullable<CostChangeQuery['costChange']>

/** Why a cost is not what it was: parts that add up to the difference to the last decimal, and who and what made it. */
export async function WhyCostChange({ of, period, isLoaded, path, params }: WhyProps) {
  if (period.comparison === null) return null
  const [viewer, { costChange }] = await Promise.all([
    currentViewer(),
    query(CostChangeDocument, {
      ...of,
      range: period.full,
      before: period.comparison,
      basis: isLoaded ? 'FULLY_LOADED' : 'ATTRIBUTED',
    }),
  ])
  if (costChange == null) return null
  const { currency } = costChange.change
  const unallocated = costChange.unallocated?.amount ?? '0'
  const whole: Money = { amount: sumOf([costChange.change.amount, unallocated]), currency }
  return (
    <WhyPanel
      question="cost"
      title={sentenceOf(costChange, whole)}
      caption={`${rangeText(period.full.from, period.full.to)} less ${comparisonText(period) ?? ''}, full days${poolsText(costChange, isLoaded)}, ${currencySymbol(currency)}`}
      api={apiQuery(of, period, isLoaded)}
      path={path}
      params={params}
      note={<Unknown change={costChange} />}
    >
      <Parts change={costChange} whole={whole} isLoaded={isLoaded} />
      {DIMENSIONS.map((dimension) => (
        <Contributors
          key={dimension}
          dimension={dimension}
          change={costChange}
          params={params}
          isLimited={isLimitedToClients(viewer)}
        />
      ))}
    </WhyPanel>
  )
}

/** Whether shares of pools are in it; nothing where there are none. */
function poolsText({ allocation, unallocated }: Change, isLoaded: boolean): string {
  if (!isLoaded) return ', without pools'
  return isZero(allocation.amount) && isZero(unallocated?.amount ?? '0') ? '' : ', pools included'
}

const DIMENSIONS = ['AGENT', 'CLIENT', 'RESOURCE'] as const

interface PartsProps {
  change: Change
  whole: Money
  isLoaded: boolean
}

function Parts({ change, whole, isLoaded }: PartsProps) {
  const parts = [
    { id: 'volume', name: 'More or fewer calls', money: change.volume },
    { id: 'mix', name: 'Mix of resources', money: change.mix },
    { id: 'tokens', name: 'Tokens per call', money: change.tokensPerCall },
    { id: 'price', name: 'Price per token', money: change.price },
    ...(isLoaded && !isZero(change.allocation.amount)
      ? [{ id: 'allocation', name: 'Shares of pools', money: change.allocation }]
      : []),
    ...(change.unallocated == null || isZero(change.unallocated.amount)
      ? []
      : [{ id: 'unallocated', name: 'Pools not allocated', money: change.unallocated }]),
  ]
  return <Amounts title="By cause" rows={parts} total={whole} />
}

interface ContributorsProps {
  dimension: (typeof DIMENSIONS)[number]
  change: Change
  params: SearchParams
  /** Whether who looks is limited to clients. */
  isLimited: boolean
}

function Contributors({ dimension, change, params, isLimited }: ContributorsProps) {
  const rows = change.contributors.filter((one) => one.dimension === dimension)
  if (rows.length === 0) return null
  return (
    <Amounts
      title={`By ${dimension.toLowerCase()}`}
      rows={rows.map((row, index) => {
        const page = row.key == null ? null : memberPath(dimension, row.key, { isLimited })
        return {
          id: `${row.key ?? row.label} ${index}`,
          name: row.label,
          money: row.change,
          title: `${exactText(row.current)} less ${exactText(row.previous)}`,
          ...(page === null ? {} : { href: hrefWith(page, { ...periodParams(params), why: 'cost' }) }),
        }
      })}
      total={change.change}
    />
  )
}

/** What is in no part, because nobody knows what it cost. */
function Unknown({ change }: { change: Change }) {
  if (change.unknown.length === 0) return null
  return (
    <p className="border-t border-line px-3.5 py-3 text-caption text-ink-2 sm:px-5">
      In no part, because its cost is unknown:{' '}
      {change.unknown
        .map(
          ({ resource, current, previous }) =>
            `${resource ?? 'unnamed usage'} (${countText(current)} calls, ${countText(previous)} before)`,
        )
        .join(', ')}
      . A resource with such calls is explained by its calls, not its tokens.
    </p>
  )
}

function apiQuery({ scope, key }: WhyProps['of'], period: Period, isLoaded: boolean): string {
  const range = ({ from, to }: { from: string; to: string }) => `{ from: "${from}", to: "${to}" }`
  return `query {
  costChange(
    range: ${range(period.full)}
    before: ${range(period.comparison ?? period.full)}
    scope: ${scope}${key === null ? '' : `\n    key: ${JSON.stringify(key)}`}
    basis: ${isLoaded ? 'FULLY_LOADED' : 'ATTRIBUTED'}
  ) {
    change { amount currency }
    volume { amount } mix { amount } tokensPerCall { amount }
    price { amount } allocation { amount }
    contributors { dimension key label change { amount } }
  }
}`
}
