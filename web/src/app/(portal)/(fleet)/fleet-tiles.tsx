import { Delta } from '../../../components/ui/delta.tsx'
import { NotAvailable } from '../../../components/ui/amount.tsx'
import { Sparkline } from '../../../components/chart/sparkline.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import {
  changeRatio,
  compactCountText,
  countText,
  exactText,
  isZero,
  moneyText,
  percentText,
  shareOf,
} from '../../../lib/format.ts'
import { comparisonText, periodPhrase, type Period } from '../../../lib/period.ts'

type Fleet = FleetQuery['fleetCost']

interface FleetTilesProps {
  fleet: Fleet
  full: FleetQuery['full'] | null
  before: FleetQuery['before'] | null
  period: Period
}

/** What leadership reads first. Deltas compare full days with the same weekdays before. */
export function FleetTiles({ fleet, full, before, period }: FleetTilesProps) {
  const against = `vs ${comparisonText(period) ?? ''}`
  const spend = full && before ? changeRatio(full.cost.total.amount, before.cost.total.amount) : undefined
  const unit =
    full?.costPerTask && before?.costPerTask
      ? changeRatio(full.costPerTask.amount, before.costPerTask.amount)
      : undefined
  const days = fleet.series.filter((point) => !point.isPartial).map((point) => point.cost.total.amount)
  const unpricedShare = shareOf(fleet.cost.unpricedInvocations, fleet.cost.invocations)
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`Spend, ${periodPhrase(period)}`}
        figure={<span title={exactText(fleet.cost.total)}>{moneyText(fleet.cost.total)}</span>}
        context={spend === undefined ? 'all invocations with a price' : <Delta ratio={spend} against={against} />}
        evidence={<Sparkline values={days} colour="var(--accent)" height={32} width={120} area stretch />}
      />
      <Tile
        label="Cost per completed task"
        figure={
          fleet.costPerTask ? (
            <span title={exactText(fleet.costPerTask)}>{moneyText(fleet.costPerTask)}</span>
          ) : (
            <NotAvailable reason="No task was completed in this period" />
          )
        }
        context={
          <>
            {unit === undefined ? null : <Delta ratio={unit} against="· " />}
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
