import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import type { FleetPoolsFragment, TaskChainQuery } from '../../../../generated/graphql.ts'
import { attributedOf, costOn, onBasis, type Basis } from '../../../../lib/basis.ts'
import { totalTime } from '../../../../lib/chain.ts'
import {
  compareDecimals,
  countText,
  decimalText,
  isZero,
  moneyText,
  percentText,
  pixelsOf,
  shareOf,
} from '../../../../lib/format.ts'
import { hasPools, isWaiting, totalLabel } from '../../../../lib/fleet-pools.ts'
import type { SumLinks } from '../../../../lib/sum.ts'
import { durationText } from '../../../../lib/time.ts'

/** Below this share of what is billed, a margin is called thin. */
const THIN = '0.2'

type TaskCost = NonNullable<TaskChainQuery['taskCost']>

function plural(count: number | string, noun: string): string {
  return `${countText(count)} ${noun}${String(count) === '1' ? '' : 's'}`
}

interface TaskTilesProps {
  taskCost: TaskCost
  basis: Basis
  facts: FleetPoolsFragment
  /** Whether the margin says on which basis it is reckoned. */
  isNamed: boolean
  /** Where the arithmetic of an amount is shown. */
  sumOf: SumLinks
}

export function TaskTiles({ taskCost, basis, facts, isNamed, sumOf }: TaskTilesProps) {
  const { cost, billed, margin, marginRatio, traces, byAgent } = taskCost
  const mine = { task: taskCost.task.key }
  const isLoss = margin != null && compareDecimals(margin.amount, '0') < 0
  const isThin = marginRatio != null && !isLoss && compareDecimals(marginRatio, THIN) < 0
  return (
    <TileStrip label="Key figures">
      <Tile
        label={totalLabel(facts)}
        figure={<Amount money={cost.total} as="text" sumHref={sumOf('cost', mine)} />}
        context={
          hasPools(facts)
            ? isWaiting(facts)
              ? 'pools not allocated yet'
              : `${decimalText(attributedOf(cost).amount, 4)} + ${decimalText(cost.allocated.amount, 4)} allocated`
            : isZero(cost.chainShared.amount)
              ? 'all direct'
              : `${decimalText(cost.direct.amount, 4)} direct + ${decimalText(cost.chainShared.amount, 4)} shared`
        }
      />
      <Tile
        label="Billed"
        figure={
          billed == null ? <NotAvailable reason="No billed amount is recorded" /> : <Amount money={billed} as="text" />
        }
        context={billed == null ? 'not set' : 'for the deliverable'}
      />
      <Tile
        label={onBasis(basis, 'Margin', isNamed)}
        figure={
          margin == null ? (
            <NotAvailable reason={billed == null ? 'Nothing was billed' : 'Billed in another currency'} />
          ) : (
            <Amount money={margin} as="text" sumHref={sumOf('margin', mine)} />
          )
        }
        context={
          marginRatio == null ? (
            ''
          ) : (
            <>
              <span className={`num font-[550] ${isLoss ? 'text-bad' : isThin ? 'text-warn' : 'text-ok'}`}>
                {percentText(marginRatio, 2)}
              </span>{' '}
              margin ratio
            </>
          )
        }
      />
      <Tile
        label="Time"
        figure={traces.length === 0 ? <NotAvailable reason="Nothing ran yet" /> : durationText(totalTime(traces))}
        context={`${plural(traces.length, 'trace')}, ${plural(byAgent.length, 'agent')}, ${plural(cost.invocations, 'call')}`}
      />
      {billed == null || margin == null || isZero(billed.amount) ? null : (
        <Tile
          label={`Where the ${moneyText(billed)} goes`}
          figure={<SplitBar cost={costOn(basis, cost).amount} billed={billed.amount} />}
          context={
            <span className="flex flex-wrap items-center justify-between gap-x-2">
              <span className="num">
                cost {percentText(shareOf(costOn(basis, cost).amount, billed.amount) ?? '0', 2)}
              </span>
              {isLoss ? <Badge tone="bad">loss</Badge> : isThin ? <Badge tone="warn">thin</Badge> : null}
              <span className="num">margin {percentText(marginRatio ?? '0', 2)}</span>
            </span>
          }
        />
      )}
    </TileStrip>
  )
}

function SplitBar({ cost, billed }: { cost: string; billed: string }) {
  const share = Math.max(0, Math.min(1, pixelsOf(shareOf(cost, billed) ?? '0')))
  return (
    <span aria-hidden className="flex h-7 items-center">
      <span className="flex h-3 w-full overflow-hidden rounded-bar bg-[color-mix(in_srgb,var(--ok)_25%,var(--surface))]">
        <span className="h-full bg-[var(--chart-1)]" style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  )
}
