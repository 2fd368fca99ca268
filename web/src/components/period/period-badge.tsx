import { CircleDashed, Hourglass, Lock } from 'lucide-react'
import type { PeriodState } from '../../generated/graphql.ts'
import { Badge } from '../ui/badge.tsx'

/** How a month stands: open, being closed, or closed as an edition. */
export function PeriodBadge({ state, edition }: { state: PeriodState; edition: number }) {
  switch (state) {
    case 'OPEN':
      return (
        <Badge tone="outline" Icon={CircleDashed}>
          {edition === 0 ? 'open' : `open again, edition ${edition} before`}
        </Badge>
      )
    case 'SOFT_CLOSED':
      return (
        <Badge tone="warn" Icon={Hourglass} title="It is being closed; what happens in it still counts in it">
          soft-closed
        </Badge>
      )
    case 'CLOSED':
      return (
        <Badge tone="ok" Icon={Lock} title="What arrives late for it is posted to the open month">
          closed, edition {edition}
        </Badge>
      )
    default:
      return state satisfies never
  }
}
