import { Check, TriangleAlert } from 'lucide-react'
import { Badge } from '../../../components/ui/badge.tsx'
import type { PolicyState } from '../../../generated/graphql.ts'
import { POLICY_STATES, fallbackName } from '../../../lib/allocation.ts'
import { exactText } from '../../../lib/format.ts'
import { obstacleOf, type Pool, type PoolRun } from './pool-facts.ts'

export function PolicyBadge({ state }: { state: PolicyState }) {
  const { tone, text } = POLICY_STATES[state]
  return <Badge tone={tone}>{text}</Badge>
}

/** Whether the shares of a run by agent, task and client each come to what the run split. */
export function CheckBadge({ run }: { run: PoolRun }) {
  const { check } = run
  const sums = `To split ${exactText(check.pool)} · by agent ${exactText(check.byAgent)} · by task ${exactText(check.byTask)} · by client ${exactText(check.byClient)}, each with what is not allocated`
  return check.balanced ? (
    <Badge tone="ok" Icon={Check} title={sums}>
      equals the pool
    </Badge>
  ) : (
    <Badge tone="bad" Icon={TriangleAlert} title={sums}>
      differs from the pool
    </Badge>
  )
}

/** How the pool stands in its month: whether it was run, on what, and whether anything came since. */
export function RunBadge({ pool }: { pool: Pool }) {
  const { run } = pool
  const obstacle = obstacleOf(pool)
  if (run == null && obstacle !== null) {
    return (
      <Badge tone="warn" Icon={TriangleAlert} title={obstacle}>
        {pool.amountConverted == null ? 'unconverted' : 'not approved'}
      </Badge>
    )
  }
  if (run == null) return <Badge>not run</Badge>
  if (run.isStale) {
    return (
      <Badge tone="warn" Icon={TriangleAlert} title="Events, an amount or a policy came after its inputs were frozen">
        out of date
      </Badge>
    )
  }
  return <Badge tone="ok">up to date</Badge>
}

/** The branch taken because every weight was zero. */
export function FallbackBadge({ run }: { run: PoolRun }) {
  if (run.fallback == null) return null
  return (
    <Badge tone="warn" title="Every weight of its method was zero">
      fallback: {fallbackName(run.fallback)}
    </Badge>
  )
}
