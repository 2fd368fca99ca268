import { Check, TriangleAlert } from 'lucide-react'
import type { ConservationQuery } from '../../generated/graphql.ts'
import { exactText } from '../../lib/format.ts'
import { Badge } from './badge.tsx'

/** Whether agents, tasks, clients and roll-ups each sum to the ledger, and pools to what is allocated and held, to the last decimal. */
export function ConservationBadge({ conservation }: { conservation: ConservationQuery['fleetCost']['conservation'] }) {
  const { balanced, ledger, byAgent, byTask, byClient, byRollup, fullyLoaded } = conservation
  const loaded = `${exactText(fullyLoaded.attributed)} attributed + ${exactText(fullyLoaded.pools)} pools = ${exactText(fullyLoaded.total)}`
  const sums = `Ledger ${exactText(ledger)} · by agent ${exactText(byAgent)} · by task ${exactText(byTask)} · by client ${exactText(byClient)} · roll-up ${exactText(byRollup)} · ${loaded}`
  return balanced ? (
    <Badge tone="ok" Icon={Check} title={sums}>
      equals the ledger
    </Badge>
  ) : (
    <Badge tone="bad" Icon={TriangleAlert} title={sums}>
      {fullyLoaded.balanced ? `differs from the ledger, ${exactText(ledger)}` : 'pools do not add up'}
    </Badge>
  )
}
