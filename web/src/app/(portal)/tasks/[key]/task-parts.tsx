import { CostParts, type CostPart } from '../../../../components/cost/cost-parts.tsx'
import type { FleetPoolsFragment, TaskChainQuery } from '../../../../generated/graphql.ts'
import { isZero, moneyText, percentText, shareOf } from '../../../../lib/format.ts'
import { allocatedOf, hasPools, isWaiting, totalLabel } from '../../../../lib/fleet-pools.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'

interface TaskPartsProps {
  taskCost: NonNullable<TaskChainQuery['taskCost']>
  facts: FleetPoolsFragment
  path: string
  params: SearchParams
}

/** What of a task's cost is its own, used together in its chains, and allocated to it from pools. */
export function TaskParts({ taskCost: { cost }, facts, path, params }: TaskPartsProps) {
  const allocated: CostPart[] = hasPools(facts) ? [{ kind: 'allocated', ...allocatedOf(facts, cost.allocated) }] : []
  const share = shareOf(cost.allocated.amount, cost.total.amount)
  return (
    <CostParts
      heading={
        isWaiting(facts)
          ? 'The pools of its months are not allocated yet'
          : isZero(cost.allocated.amount) || share === null
            ? `${moneyText(cost.total)}, none of it from pools`
            : `${percentText(share, 0)} of what it costs is allocated from pools`
      }
      caption="Cost by part, over all time"
      parts={[{ kind: 'direct', money: cost.direct }, { kind: 'shared', money: cost.chainShared }, ...allocated]}
      total={cost.total}
      totalLabel={totalLabel(facts)}
      path={path}
      params={params}
      facts={facts}
    />
  )
}
