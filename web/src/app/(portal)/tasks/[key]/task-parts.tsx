import { CostParts, type CostPart } from '../../../../components/cost/cost-parts.tsx'
import type { FleetPoolsFragment, TaskChainQuery } from '../../../../generated/graphql.ts'
import { isZero, moneyText, percentText, shareOf } from '../../../../lib/format.ts'
import { allocatedOf, hasPools, isWaiting, totalLabel } from '../../../../lib/fleet-pools.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'
import { sumLinks } from '../../../../lib/sum.ts'

interface TaskPartsProps {
  taskCost: NonNullable<TaskChainQuery['taskCost']>
  facts: FleetPoolsFragment
  path: string
  params: SearchParams
}

/** What of a task's cost is its own, used together in its chains, and allocated to it from pools. */
export function TaskParts({ taskCost: { cost, task }, facts, path, params }: TaskPartsProps) {
  const sum = sumLinks(path, params)
  const mine = { task: task.key }
  const allocated: CostPart[] = hasPools(facts)
    ? [{ kind: 'allocated', ...allocatedOf(facts, cost.allocated), sumHref: sum('allocated', mine) }]
    : []
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
      parts={[
        { kind: 'direct', money: cost.direct, sumHref: sum('direct', mine) },
        { kind: 'shared', money: cost.chainShared, sumHref: sum('shared', mine) },
        ...allocated,
      ]}
      total={cost.total}
      sumHref={sum('cost', mine)}
      totalLabel={totalLabel(facts)}
      path={path}
      params={params}
      facts={facts}
    />
  )
}
