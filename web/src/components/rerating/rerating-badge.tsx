import type { ReratingKind, ReratingState } from '../../generated/graphql.ts'
import { stateOf } from '../../lib/rerating.ts'
import { Badge } from '../ui/badge.tsx'

export function ReratingBadge({ kind, state }: { kind: ReratingKind; state: ReratingState }) {
  const { tone, text } = stateOf(kind, state)
  return <Badge tone={tone}>{text}</Badge>
}
