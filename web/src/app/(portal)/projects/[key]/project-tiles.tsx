import { showsParts } from '../../../../components/cost/cost-parts.tsx'
import { NO_REVENUE, RevenueNote } from '../../../../components/billing/revenue-note.tsx'
import { whyHref } from '../../../../components/cost/why-panel.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Delta } from '../../../../components/ui/delta.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import type { FleetPoolsFragment, ProjectDetailQuery } from '../../../../generated/graphql.ts'
import { attributedOf, onBasis, readBasis, unitCostLabel } from '../../../../lib/basis.ts'
import { areComparable, basisOf, hasPools, totalLabel } from '../../../../lib/fleet-pools.ts'
import { changeRatio, countText, decimalText, percentText } from '../../../../lib/format.ts'
import { comparisonText, periodPhrase, type Period } from '../../../../lib/period.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'
import { sumLinks } from '../../../../lib/sum.ts'

interface ProjectTilesProps {
  data: ProjectDetailQuery
  /** What pools there are, as far as the reader is told. */
  facts: FleetPoolsFragment
  row: NonNullable<ProjectDetailQuery['projectCost']>
  period: Period
  params: SearchParams
  path: string
}

/** What a project manager reads first: cost, revenue, margin, and what a completed task costs. Deltas compare full days. */
export function ProjectTiles({ data, facts, row, period, params, path }: ProjectTilesProps) {
  const { cost, revenue, margin, marginRatio, tasksCompleted, costPerTask } = row
  const sum = sumLinks(path, params)
  const mine = { project: row.project.key }
  const pools = hasPools(facts)
  const isNamed = showsParts(pools, params)
  const basis = basisOf(params, facts)
  const { spend, unit } = changesOf(data, { facts, isLoadedUnit: readBasis(params).id === 'loaded' })
  const against = `vs ${comparisonText(period) ?? ''}`
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`${totalLabel(facts)}, ${periodPhrase(period)}`}
        figure={<Amount money={cost.total} as="text" sumHref={sum('cost', mine)} />}
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
        context={
          <RevenueNote
            parts={row.revenueParts}
            range={period.range}
            billingPath={path}
            params={params}
            isWithClient={row.isChargedWithClient}
          />
        }
      />
      <Tile
        label={onBasis(basis, 'Margin', isNamed)}
        figure={<Amount money={margin} as="text" reason={NO_REVENUE} sumHref={sum('margin', mine)} />}
        context={marginRatio == null ? '' : `${percentText(marginRatio)} margin ratio`}
      />
      <Tile
        label={unitCostLabel(basis, isNamed)}
        figure={
          <Amount
            money={costPerTask}
            as="text"
            reason="No task of it was completed in the period"
            sumHref={sum('unit', mine)}
          />
        }
        context={
          unit === undefined ? (
            ''
          ) : (
            <Delta ratio={unit} against={against} whyHref={whyHref(path, params, 'unit')} whyWhat="the cost per task" />
          )
        }
      />
      <Tile
        label="Tasks completed"
        figure={countText(tasksCompleted)}
        context={
          <>
            {countText(row.agentsUsed)} {row.agentsUsed === 1 ? 'agent' : 'agents'}, {countText(cost.invocations)} calls
            <FailedNote failed={row.failed} />
          </>
        }
      />
    </TileStrip>
  )
}

/** What failed calls cost, and what of it was tried again; nothing where none failed. */
function FailedNote({ failed }: { failed: NonNullable<ProjectDetailQuery['projectCost']>['failed'] }) {
  const { calls, cost, retriedCost, unknownCalls } = failed
  if (calls === 0) return null
  return (
    <span className="block">
      {countText(calls)} failed at <Amount money={cost} as="text" />, of which <Amount money={retriedCost} as="text" />{' '}
      tried again
      {unknownCalls === 0 ? '' : `; the cost of ${countText(unknownCalls)} is not known`}
    </span>
  )
}

/** Full days against the same weekdays before; undefined where nothing is compared. */
function changesOf(
  { full, before, fleetBefore }: ProjectDetailQuery,
  { facts, isLoadedUnit }: { facts: FleetPoolsFragment; isLoadedUnit: boolean },
): { spend: string | null | undefined; unit: string | null | undefined } {
  if (full == null || before == null) return { spend: undefined, unit: undefined }
  const isLoaded = areComparable(facts, fleetBefore)
  const amountOf = ({ cost }: typeof full) => (isLoaded ? cost.total : attributedOf(cost)).amount
  const isUnitKnown = full.costPerTask != null && before.costPerTask != null && (isLoaded || !isLoadedUnit)
  return {
    spend: changeRatio(amountOf(full), amountOf(before)),
    unit: isUnitKnown ? changeRatio(full.costPerTask?.amount ?? '0', before.costPerTask?.amount ?? '0') : undefined,
  }
}
