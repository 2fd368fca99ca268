import type { ReactNode } from 'react'
import { BurnBar } from '../../../components/budget/burn-bar.tsx'
import { Sparkline } from '../../../components/chart/sparkline.tsx'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { whyHref } from '../../../components/cost/why-panel.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Delta } from '../../../components/ui/delta.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { attributedOf, costOn, onBasis, readBasis, unitCostLabel, type Basis } from '../../../lib/basis.ts'
import { addDays, dateText } from '../../../lib/calendar.ts'
import { areComparable, fullyLoadedOf, hasPools } from '../../../lib/fleet-pools.ts'
import {
  changeRatio,
  compactCountText,
  compareDecimals,
  countText,
  differenceOf,
  exactText,
  isZero,
  moneyText,
  percentNumber,
  percentText,
  quotientOf,
  shareOf,
} from '../../../lib/format.ts'
import type { LensId } from '../../../lib/lens.ts'
import { monthName } from '../../../lib/months.ts'
import { comparisonText, periodPhrase, type Period } from '../../../lib/period.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { sumLinks } from '../../../lib/sum.ts'

interface FleetTilesProps {
  data: FleetQuery
  period: Period
  basis: Basis
  params: SearchParams
  lens: LensId
}

/** What is read first, by who reads it. Deltas compare full days with the same weekdays before. */
export function FleetTiles(props: FleetTilesProps) {
  return <TileStrip label="Key figures">{tilesOf(props)}</TileStrip>
}

function tilesOf(props: FleetTilesProps): ReactNode {
  switch (props.lens) {
    case 'leadership':
      return (
        <>
          <Spend {...props} />
          <MonthEnd {...props} />
          <Margin {...props} />
          <UnitCost {...props} />
          <Coverage {...props} />
        </>
      )
    case 'finance':
      return (
        <>
          <Spend {...props} />
          <MonthEnd {...props} />
          <Margin {...props} />
          <Coverage {...props} />
          <Unpriced {...props} />
        </>
      )
    case 'projects':
      return (
        <>
          <Spend {...props} />
          <Margin {...props} />
          <UnitCost {...props} />
          <MonthEnd {...props} />
          <Coverage {...props} />
        </>
      )
    case 'engineering':
      return (
        <>
          <Spend {...props} />
          <Invocations {...props} />
          <PerInvocation {...props} />
          <Unpriced {...props} />
          <Coverage {...props} />
        </>
      )
    default:
      return props.lens satisfies never
  }
}

function againstText(period: Period): string {
  return `vs ${comparisonText(period) ?? ''}`
}

function Spend({ data, period, params }: FleetTilesProps) {
  const { fleetCost: fleet, full, before } = data
  const spent = fullyLoadedOf(fleet)
  const change = full && before ? changeRatio(fullyLoadedOf(full).amount, fullyLoadedOf(before).amount) : undefined
  const days = fleet.series.filter((point) => !point.isPartial).map((point) => point.cost.total.amount)
  return (
    <Tile
      label={`${hasPools(fleet) ? 'Fully loaded' : 'Spend'}, ${periodPhrase(period)}`}
      figure={<Amount money={spent} as="text" sumHref={sumLinks('/', params)('loaded')} />}
      context={
        change === undefined ? (
          'all invocations with a price'
        ) : (
          <Delta ratio={change} against={againstText(period)} whyHref={whyHref('/', params)} />
        )
      }
      evidence={<Sparkline values={days} colour="var(--accent)" height={32} width={120} area stretch />}
    />
  )
}

/** Where the running month ends, whatever period the page is about; it counts what budgets count, which is no pools. */
function MonthEnd({ data }: FleetTilesProps) {
  const { forecast, month } = data
  const budget = month?.budget
  const label = forecast == null ? 'Projected month end' : `Projected, end of ${monthName(addDays(forecast.to, -1))}`
  const share = forecast == null || budget == null ? null : shareOf(forecast.p50.amount, budget.amount.amount)
  return (
    <Tile
      label={label}
      figure={
        forecast == null ? (
          <NotAvailable reason="A forecast begins after seven days of cost" />
        ) : (
          <span title={exactText(forecast.p50)}>{moneyText(forecast.p50)}</span>
        )
      }
      context={
        budget == null ? (
          <Link href="/budgets/new?scope=FLEET" className="link no-print inline-flex min-h-6 items-center">
            Set a budget
          </Link>
        ) : (
          `${share === null ? '' : `${percentText(share)} of `}${moneyText(budget.amount)} budget`
        )
      }
      evidence={
        budget != null ? (
          <span className="block">
            <BurnBar budget={budget} />
            <span className="block text-axis text-ink-3">{percentText(budget.ratio, 0)} burnt</span>
          </span>
        ) : forecast == null ? undefined : (
          <span className="text-caption text-ink-3">
            {moneyText(forecast.p10)} to {moneyText(forecast.p90)}
            <span className="sr-only"> in four cases of five, by {dateText(addDays(forecast.to, -1))}</span>
          </span>
        )
      }
    />
  )
}

/** Revenue less cost on a basis; fully loaded counts pools that nobody bears as well. */
function marginOf(
  fleet: FleetQuery['fleetCost'] | NonNullable<FleetQuery['full']>,
  basis: Basis,
): { amount: string; ratio: string | null } | null {
  if (fleet.revenue == null) return null
  const cost = basis.id === 'loaded' ? fullyLoadedOf(fleet) : costOn(basis, fleet.cost)
  const amount = differenceOf(fleet.revenue.amount, cost.amount)
  return { amount, ratio: shareOf(amount, fleet.revenue.amount) }
}

function Margin({ data, basis, params }: FleetTilesProps) {
  const { fleetCost: fleet, full, before } = data
  const own = marginOf(fleet, basis)
  const now = full == null ? null : marginOf(full, basis)
  const then = before == null ? null : marginOf(before, basis)
  const isComparable = basis.id !== 'loaded' || areComparable(fleet, before)
  return (
    <Tile
      label={onBasis(basis, 'Gross margin', showsParts(hasPools(fleet), params))}
      figure={
        own?.ratio == null ? (
          <NotAvailable reason="Nothing was charged or billed in this period" />
        ) : (
          <span title={exactText({ amount: own.amount, currency: fleet.cost.total.currency })}>
            {percentText(own.ratio)}
          </span>
        )
      }
      context={
        own === null ? (
          'no revenue yet'
        ) : (
          <>
            {isComparable ? <Points now={now?.ratio} then={then?.ratio} /> : null}
            {moneyText({ amount: own.amount, currency: fleet.cost.total.currency })}
          </>
        )
      }
      evidence={
        own?.ratio == null ? undefined : (
          <span className="block pt-2">
            <ShareBar ratio={own.ratio} track className="h-2" />
          </span>
        )
      }
    />
  )
}

/** How a share moved, in points of a hundred; absent where one of the two is not known. */
function Points({ now, then }: { now: string | null | undefined; then: string | null | undefined }) {
  if (now == null || then == null) return null
  const difference = differenceOf(now, then)
  const sign = compareDecimals(difference, '0')
  const size = sign < 0 ? differenceOf('0', difference) : difference
  return (
    <span>
      <span aria-hidden className="mr-1 text-[9px] text-ink">
        {sign === 0 ? '' : sign > 0 ? '▲' : '▼'}
      </span>
      <span className="num text-ink">
        <span className="sr-only">{sign === 0 ? 'unchanged ' : sign > 0 ? 'up ' : 'down '}</span>
        {percentNumber(size)} pts
      </span>
      {' · '}
    </span>
  )
}

function UnitCost({ data, basis, params }: FleetTilesProps) {
  const { fleetCost: fleet, full, before } = data
  const isComparable = readBasis(params).id !== 'loaded' || (full != null && areComparable(full, before))
  const change =
    full?.costPerTask && before?.costPerTask && isComparable
      ? changeRatio(full.costPerTask.amount, before.costPerTask.amount)
      : undefined
  return (
    <Tile
      label={unitCostLabel(basis, showsParts(hasPools(fleet), params))}
      figure={
        fleet.costPerTask ? (
          <Amount money={fleet.costPerTask} as="text" sumHref={sumLinks('/', params)('unit')} />
        ) : (
          <NotAvailable reason="No task was completed in this period" />
        )
      }
      context={
        <>
          {change === undefined ? null : (
            <Delta ratio={change} against="" whyHref={whyHref('/', params, 'unit')} whyWhat="the cost per task" />
          )}
          {change === undefined ? '' : ' · '}
          {countText(fleet.tasksCompleted)} tasks
        </>
      }
    />
  )
}

function Coverage({ data }: FleetTilesProps) {
  const { fleetCost: fleet, full, before } = data
  return (
    <Tile
      label="Attribution coverage"
      figure={
        fleet.attributionRatio == null ? (
          <NotAvailable reason="Nothing cost anything in this period" />
        ) : (
          percentText(fleet.attributionRatio)
        )
      }
      context={
        <>
          <Points now={full?.attributionRatio} then={before?.attributionRatio} />
          {isZero(fleet.withoutAgent.amount) ? 'every cost has an agent' : `${moneyText(fleet.withoutAgent)} untagged`}
        </>
      }
      evidence={
        fleet.attributionRatio == null ? undefined : (
          <span className="block pt-2">
            <ShareBar ratio={fleet.attributionRatio} track className="h-2" />
          </span>
        )
      }
    />
  )
}

function Unpriced({ data }: FleetTilesProps) {
  const { cost } = data.fleetCost
  const share = shareOf(cost.unpricedInvocations, cost.invocations)
  return (
    <Tile
      label="Unpriced invocations"
      figure={countText(cost.unpricedInvocations)}
      context={
        cost.unpricedInvocations === '0'
          ? 'all usage has a price'
          : `${share === null ? '' : `${percentText(share, 2)} of invocations`}`
      }
      evidence={
        cost.unconvertedInvocations === '0' ? undefined : (
          <span className="text-caption text-warn">
            {countText(cost.unconvertedInvocations)} without an exchange rate
          </span>
        )
      }
    />
  )
}

function Invocations({ data }: FleetTilesProps) {
  const { cost } = data.fleetCost
  return (
    <Tile
      label="Invocations"
      figure={countText(cost.invocations)}
      context={<span title={countText(cost.tokens)}>{compactCountText(cost.tokens)} tokens</span>}
    />
  )
}

/** What one invocation costs by itself: direct and chain-shared, without pools. */
function PerInvocation({ data }: FleetTilesProps) {
  const { cost } = data.fleetCost
  const attributed = attributedOf(cost)
  const amount = quotientOf(attributed.amount, cost.invocations)
  const money = amount === null ? null : { ...attributed, amount }
  return (
    <Tile
      label="Cost per invocation"
      figure={
        money === null ? (
          <NotAvailable reason="There was no invocation in this period" />
        ) : (
          <span title={exactText(money)}>{moneyText(money)}</span>
        )
      }
      context={hasPools(data.fleetCost) ? 'without pools' : 'direct and chain-shared'}
    />
  )
}
