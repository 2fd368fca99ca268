import type { Money } from '@outlay/domain/money/currency'
import { X } from 'lucide-react'
import { graphql } from '../../generated/gql.ts'
import type { CostChangeQuery, CostScope } from '../../generated/graphql.ts'
import { query } from '../../lib/api.ts'
import { sentenceOf } from '../../lib/cost-change.ts'
import { countText, currencySymbol, exactText, isZero, pixelsOf, signedAmountText, sumOf } from '../../lib/format.ts'
import { comparisonText, type Period } from '../../lib/period.ts'
import { rangeText } from '../../lib/calendar.ts'
import { memberPath } from '../../lib/member-path.ts'
import { hrefWith, periodParams, type SearchParams } from '../../lib/search-params.ts'
import { currentViewer, isLimited as isLimitedToClients } from '../../lib/session.ts'
import { DifferenceBar } from '../chart/difference-bar.tsx'
import { CopyLinkButton } from '../peek/copy-link-button.tsx'
import { FocusOnOpen } from '../peek/focus-on-open.tsx'
import { ApiQuery } from '../peek/peek-panel.tsx'
import { Link } from '../ui/link.tsx'

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

interface WhyChangeProps {
  of: { scope: CostScope; key: string | null }
  period: Period
  /** Shares of pools are counted where they are known of both periods. */
  isLoaded: boolean
  path: string
  params: SearchParams
}

/** `?why=cost`: the panel that takes the change of a cost apart is open. */
export function asksWhy(params: SearchParams): boolean {
  return params.why === 'cost'
}

/** Where a delta leads to: the same page with the panel that explains it. */
export function whyHref(path: string, params: SearchParams): string {
  return hrefWith(path, params, { why: 'cost' })
}

/** Why a cost is not what it was: parts that add up to the difference to the last decimal, and who and what made it. */
export async function WhyChange({ of, period, isLoaded, path, params }: WhyChangeProps) {
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
    <aside aria-labelledby="why-title" className="card mb-4 overflow-clip">
      <div className="flex items-start justify-between gap-2 px-3.5 pt-3 sm:px-5">
        <div className="min-w-0">
          <FocusOnOpen openKey="why">
            <h2 id="why-title" className="text-card font-semibold text-balance">
              {sentenceOf(costChange, whole)}
            </h2>
          </FocusOnOpen>
          <p className="text-caption text-ink-3">
            {rangeText(period.full.from, period.full.to)} less {comparisonText(period)}, full days
            {poolsText(costChange, isLoaded)}, {currencySymbol(currency)}
          </p>
        </div>
        <div className="no-print flex">
          <CopyLinkButton />
          <Link
            href={hrefWith(path, params, { why: null })}
            aria-label="Close the explanation"
            scroll={false}
            className="flex size-8 items-center justify-center rounded-control hover:bg-hover"
          >
            <X size={16} strokeWidth={1.4} aria-hidden />
          </Link>
        </div>
      </div>
      <div className="grid gap-x-8 gap-y-5 px-3.5 pt-3 pb-4 sm:px-5 md:grid-cols-2 xl:grid-cols-4">
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
      </div>
      <Unknown change={costChange} />
      <details className="no-print border-t border-line">
        <summary className="flex min-h-8 cursor-pointer items-center px-3.5 py-1 text-caption text-ink-2 sm:px-5">
          The same by API
        </summary>
        <ApiQuery text={apiQuery(of, period, isLoaded)} />
      </details>
    </aside>
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

interface AmountsProps {
  title: string
  rows: readonly { id: string; name: string; money: Money; title?: string; href?: string }[]
  total: Money
}

/** Signed amounts on one scale, ending in the sum they make. */
function Amounts({ title, rows, total }: AmountsProps) {
  const most = Math.max(...rows.map(({ money }) => Math.abs(pixelsOf(money.amount))), 0)
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1 text-caption font-[550] text-ink-2">{title}</h3>
      <ul>
        {rows.map(({ id, name, money, title: how, href }) => (
          <li key={id} className="grid grid-cols-[minmax(0,1fr)_3rem_auto] items-center gap-2 py-1">
            <span className="break-words">
              {href === undefined ? (
                name
              ) : (
                <Link href={href} className="row-link inline-flex min-h-6 items-center">
                  {name}
                </Link>
              )}
            </span>
            <DifferenceBar amount={money.amount} most={most} className="w-12" />
            <span className="num min-w-14 text-right" title={how ?? exactText(money)}>
              {signedAmountText(money)}
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-1.5 flex justify-between gap-3 border-t border-line pt-2 font-semibold">
        <span>Change</span>
        <span className="num" title={exactText(total)}>
          {signedAmountText(total)}
        </span>
      </p>
    </section>
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

function apiQuery({ scope, key }: WhyChangeProps['of'], period: Period, isLoaded: boolean): string {
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
