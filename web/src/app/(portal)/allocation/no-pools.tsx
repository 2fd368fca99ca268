import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { monthText } from '../../../lib/months.ts'

interface NoPoolsProps {
  month: string
  currency: string
  mayKeep: boolean
}

/** A month without a single pool: what will stand here, and the command that puts the first one there. */
export function NoPools({ month, currency, mayKeep }: NoPoolsProps) {
  const input = {
    name: 'Vector DB hosting',
    category: 'VECTOR_DATABASE',
    recurrence: 'MONTHLY',
    month,
    amount: { amount: '312.00', currency },
    method: 'USAGE',
    basis: 'INVOCATIONS',
  }
  const body = {
    query:
      'mutation($input: CostPoolInput!) { createCostPool(input: $input) { costPool { id name } userErrors { message } } }',
    variables: { input },
  }
  const code = `curl -sS $OUTLAY_URL/graphql \\
  -H "Authorization: Bearer $OUTLAY_API_KEY" -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'`
  return (
    <div className="card px-3.5 py-4 sm:px-5">
      <EmptyState command={mayKeep ? { label: 'Declare a first pool, with a key of scope admin', code } : undefined}>
        No pool is declared for {monthText(month)}. What the fleet shares (hosting, subscriptions, orchestration,
        monitoring) will stand here with the share of each agent.
      </EmptyState>
    </div>
  )
}
