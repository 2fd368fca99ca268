import { readProjectFacts } from '@outlay/db/billing/project-facts'
import type { CellSums } from '@outlay/db/sql/cell-sums'
import type { ProjectRecord } from '@outlay/db/sql/read-dimensions'
import { proposePrice, type PriceProposal } from '@outlay/domain/billing/price-proposal'
import { minorUnits } from '@outlay/domain/money/currency'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { checkedRange } from '../../reads/period.ts'
import { findProject } from '../project/project.service.ts'

export interface PriceProposalSource extends PriceProposal {
  project: ProjectRecord
  margin: string
  cost: CellSums
  onBasis: Fixed18
  tasks: number
}

interface ProposalArgs {
  projectKey: string
  range: DateRange
  margin: string
  basis: CostBasis
}

/** What a project would have to charge for a range so that a margin is reached; null when there is no such project. */
export async function proposalFor(context: Context, args: ProposalArgs): Promise<PriceProposalSource | null> {
  const { db, tenant } = context
  const range = checkedRange(args.range)
  const margin = parseFixed18(args.margin)
  const decimals = minorUnits(tenant.currency)
  const project = await findProject(context, args.projectKey)
  if (project === null) return null
  const { cost, tasks } = await readProjectFacts(db, { projectId: project.id, range, timeZone: tenant.timeZone })
  const onBasis = costOn(args.basis, cost)
  return {
    project,
    ...proposePrice({ cost: onBasis, margin, tasks, decimals }),
    margin: args.margin,
    cost,
    onBasis,
    tasks,
  }
}

/** What one completed task cost, half-even at 18 decimals; null without any. */
export function costPerTask({ onBasis, tasks }: PriceProposalSource): Fixed18 | null {
  return tasks === 0 ? null : divideHalfEven(onBasis, BigInt(tasks))
}
