import type { SumFacts } from '../../../components/cost/sum-panel.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { fullyLoadedOf } from '../../../lib/fleet-pools.ts'
import type { SumQuestion } from '../../../lib/sum.ts'

/** What the page shows of an amount of the fleet, of an agent or of a client; null for anything else. */
export function fleetSumFacts(data: FleetQuery, { what, of }: SumQuestion): SumFacts | null {
  const [tag, ...more] = of
  const { fleetCost, agentCosts, clientCosts } = data
  if (tag === undefined) {
    const { direct, chainShared: shared, allocated, total: cost } = fleetCost.cost
    const figures = { direct, shared, allocated, cost, loaded: fullyLoadedOf(fleetCost), unit: fleetCost.costPerTask }
    return {
      name: 'the fleet',
      figure: what in figures ? figures[what as keyof typeof figures] : null,
      tasks: fleetCost.tasksCompleted,
    }
  }
  if (more.length > 0) return null
  if (tag.dimension === 'agent') {
    const row = agentCosts?.nodes.find(({ agent }) => agent.key === tag.key)
    return row === undefined ? null : { name: row.agent.name, figure: what === 'cost' ? row.cost.total : null }
  }
  const row = tag.dimension === 'client' ? clientCosts?.nodes.find(({ client }) => client.key === tag.key) : undefined
  if (row === undefined) return null
  const figures = { cost: row.cost.total, margin: row.margin }
  return {
    name: row.client.name,
    figure: what in figures ? figures[what as keyof typeof figures] : null,
    revenue: row.revenue,
    revenueParts: row.revenueParts,
  }
}
