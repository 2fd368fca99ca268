import { showsParts } from '../../../../components/cost/cost-parts.tsx'
import { whyHref } from '../../../../components/cost/why-change.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Delta } from '../../../../components/ui/delta.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import type { ProjectDetailQuery } from '../../../../generated/graphql.ts'
import { attributedOf, onBasis, readBasis, unitCostLabel } from '../../../../lib/basis.ts'
import { areComparable, basisOf, hasPools, totalLabel } from '../../../../lib/fleet-pools.ts'
import { changeRatio, countText, decimalText, percentText } from '../../../../lib/format.ts'
import { comparisonText, periodPhrase, type Period } from '../../../../lib/period.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'

interface ProjectTilesProps {
  data: ProjectDetailQuery
  row: NonNullable<ProjectDetailQuery['projectCost']>
  period: Period
  params: SearchParams
  path: string
}

const NO_REVENUE = 'No amount was billed for this project in the period'

/** What a project manager reads first: cost, revenue, margin, and what a completed task costs. Deltas compare full days. */
export function ProjectTiles({ data, row, period, params, path }: ProjectTilesProps) {
  const { cost, revenue, margin, marginRatio, tasksCompleted, costPerTask } = row
  const { fleetCost } = data
  const pools = hasPools(fleetCost)
  const isNamed = showsParts(pools, params)
  const basis = basisOf(params, fleetCost)
  const { spend, unit } = changesOf(data, readBasis(params).id === 'loaded')
  const against = `vs ${comparisonText(period) ?? ''}`
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`${totalLabel(fleetCost)}, ${periodPhrase(period)}`}
        figure={<Amount money={cost.total} as="text" />}
        context={
          spend !== undefined ? (
            <Delta ratio={spend} against={against} whyHref={whyHref(path, params)} />
          ) : pools ? (
            `${decimalText(attributedOf(cost).amount, 2)} attributed`
          ) : (
            `${decimalText(cost.direct.amount, 2)} direct + ${decimalText(cost.chainShared.amount, 2)} shared`
          )
        }
      />
      <Tile
        label="Revenue"
        figure={<Amount money={revenue} as="text" reason={NO_REVENUE} />}
        context="billed for tasks completed in the period"
      />
      <Tile
        label={onBasis(basis, 'Margin', isNamed)}
        figure={<Amount money={margin} as="text" reason={NO_REVENUE} />}
        context={marginRatio == null ? '' : `${percentText(marginRatio)} margin ratio`}
      />
      <Tile
        label={unitCostLabel(basis, isNamed)}
        figure={<Amount money={costPerTask} as="text" reason="No task of it was completed in the period" />}
        context={unit === undefined ? '' : <Delta ratio={unit} against={against} />}
      />
      <Tile
        label="Tasks completed"
        figure={countText(tasksCompleted)}
        context={`${countText(row.agentsUsed)} ${row.agentsUsed === 1 ? 'agent' : 'agents'}, ${countText(cost.invocations)} calls`}
      />
    </TileStrip>
  )
}

/** Full days against the same weekdays before; undefined where nothing is compared. */
function changesOf(
  { full, before, fleetCost, fleetBefore }: ProjectDetailQuery,
  isLoadedUnit: boolean,
): { spend: string | null | undefined; unit: string | null | undefined } {
  if (full == null || before == null) return { spend: undefined, unit: undefined }
  const isLoaded = areComparable(fleetCost, fleetBefore)
  const amountOf = ({ cost }: typeof full) => (isLoaded ? cost.total : attributedOf(cost)).amount
  const isUnitKnown = full.costPerTask != null && before.costPerTask != null && (isLoaded || !isLoadedUnit)
  return {
    spend: changeRatio(amountOf(full), amountOf(before)),
    unit: isUnitKnown ? changeRatio(full.costPerTask?.amount ?? '0', before.costPerTask?.amount ?? '0') : undefined,
  }
}
