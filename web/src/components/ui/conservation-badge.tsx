import { Check, TriangleAlert } from 'lucide-react'
import type { ConservationQuery } from '../../generated/graphql.ts'
import { exactText } from '../../lib/format.ts'
import { Badge } from './badge.tsx'

/** Whether agents, tasks, clients and roll-ups each sum to the ledger, to the last decimal. */
export function ConservationBadge({ conservation }: { conservation: ConservationQuery['fleetCost']['conservation'] }) {
  const { balanced, ledger, byAgent, byTask, byClient, byRollup } = conservation
  const sums = `Ledger ${exactText(ledger)} · by agent ${exactText(byAgent)} · by task ${exactText(byTask)} · by client ${exactText(byClient)} · roll-up ${exactText(byRollup)}`
  return balanced ? (
    <Badge tone="ok" Icon={Check} title={sums}>
      equals the ledger
    </Badge>
  ) : (
    <Badge tone="bad" Icon={TriangleAlert} title={sums}>
      differs from the ledger, {exactText(ledger)}
    </Badge>
  )
}
