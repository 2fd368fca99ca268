import { Delta, UNIT_NOT_TAKEN_APART } from '../../../components/ui/delta.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Sparkline } from '../../../components/chart/sparkline.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import { whyHref } from '../../../components/cost/why-change.tsx'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { readBasis, unitCostLabel, type Basis } from '../../../lib/basis.ts'
import {
  changeRatio,
  compactCountText,
  countText,
  isZero,
  moneyText,
  percentText,
  shareOf,
} from '../../../lib/format.ts'
import { comparisonText, periodPhrase, type Period } from '../../../lib/period.ts'
import { areComparable, fullyLoadedOf, hasPools } from '../../../lib/fleet-pools.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { sumLinks } from '../../../lib/sum.ts'

type Fleet = FleetQuery['fleetCost']

interface FleetTilesProps {
  fleet: Fleet
  full: FleetQuery['full'] | null
  before: FleetQuery['before'] | null
  period: Period
  basis: Basis
  params: SearchParams
}

/** What leadership reads first. Deltas compare full days with the same weekdays before. */
export function FleetTiles({ fleet, full, before, period, basis, params }: FleetTilesProps) {
  const sum = sumLinks('/', params)
  const against = `vs ${comparisonText(period) ?? ''}`
  const spent = fullyLoadedOf(fleet)
  const spend = full && before ? changeRatio(fullyLoadedOf(full).amount, fullyLoadedOf(before).amount) : undefined
  const unit =
    full?.costPerTask && before?.costPerTask && (readBasis(params).id !== 'loaded' || areComparable(full, before))
      ? changeRatio(full.costPerTask.amount, before.costPerTask.amount)
      : undefined
  const days = fleet.series.filter((point) => !point.isPartial).map((point) => point.cost.total.amount)
  const unpricedShare = shareOf(fleet.cost.unpricedInvocations, fleet.cost.invocations)
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`${hasPools(fleet) ? 'Fully loaded' : 'Spend'}, ${periodPhrase(period)}`}
        figure={<Amount money={spent} as="text" sumHref={sum('loaded')} />}
        context={
          spend === undefined ? (
            'all invocations with a price'
          ) : (
            <Delta ratio={spend} against={against} whyHref={whyHref('/', params)} />
          )
        }
        evidence={<Sparkline values={days} colour="var(--accent)" height={32} width={120} area stretch />}
      />
      <Tile
        label={unitCostLabel(basis, showsParts(hasPools(fleet), params))}
        figure={
          fleet.costPerTask ? (
            <Amount money={fleet.costPerTask} as="text" sumHref={sum('unit')} />
          ) : (
            <NotAvailable reason="No task was completed in this period" />
          )
        }
        context={
          <>
            {unit === undefined ? null : <Delta ratio={unit} against="· " whyNot={UNIT_NOT_TAKEN_APART} />}
            {countText(fleet.tasksCompleted)} tasks
          </>
        }
      />
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
          isZero(fleet.withoutAgent.amount)
            ? 'every cost has an agent'
            : `${moneyText(fleet.withoutAgent)} without agent`
        }
        evidence={
          fleet.attributionRatio == null ? undefined : (
            <span className="block pt-2">
              <ShareBar ratio={fleet.attributionRatio} track className="h-2" />
            </span>
          )
        }
      />
      <Tile
        label="Unpriced invocations"
        figure={countText(fleet.cost.unpricedInvocations)}
        context={
          fleet.cost.unpricedInvocations === '0'
            ? 'all usage has a price'
            : `${unpricedShare === null ? '' : `${percentText(unpricedShare, 2)} of invocations`}`
        }
        evidence={
          fleet.cost.unconvertedInvocations === '0' ? undefined : (
            <span className="text-caption text-warn">
              {countText(fleet.cost.unconvertedInvocations)} without an exchange rate
            </span>
          )
        }
      />
      <Tile
        label="Invocations"
        figure={countText(fleet.cost.invocations)}
        context={<span title={countText(fleet.cost.tokens)}>{compactCountText(fleet.cost.tokens)} tokens</span>}
      />
    </TileStrip>
  )
}
