import { readPlaceFacts } from '@outlay/db/billing/place-facts'
import type { CellSums } from '@outlay/db/sql/cell-sums'
import type { BilledPlace } from '@outlay/db/sql/read-billing-facts'
import type { ClientRecord, ProjectRecord } from '@outlay/db/sql/read-dimensions'
import { proposePrice, type PriceProposal } from '@outlay/domain/billing/price-proposal'
import { minorUnits } from '@outlay/domain/money/currency'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { checkedRange } from '../../reads/period.ts'
import { findClient } from '../client/client.service.ts'
import { findProject } from '../project/project.service.ts'

export interface PriceProposalSource extends PriceProposal {
  /** Of one of the two. */
  project: ProjectRecord | null
  client: ClientRecord | null
  margin: string
  cost: CellSums
  onBasis: Fixed18
  tasks: number
}

interface ProposalArgs {
  projectKey?: string | null | undefined
  clientKey?: string | null | undefined
  range: DateRange
  margin: string
  basis: CostBasis
}

/**
 * What a project or a client would have to charge for a range so that a margin is reached; null when there is none of the key.
 *
 * Throws BAD_USER_INPUT unless one of the two keys is given.
 */
export async function proposalFor(context: Context, args: ProposalArgs): Promise<PriceProposalSource | null> {
  const { db, tenant } = context
  const range = checkedRange(args.range)
  const margin = parseFixed18(args.margin)
  const decimals = minorUnits(tenant.currency)
  const { projectKey, clientKey } = args
  if ((typeof projectKey === 'string') === (typeof clientKey === 'string'))
    throw badInput('projectKey', 'A proposal is for a project or for a client: give one of projectKey and clientKey.')
  const project = typeof projectKey === 'string' ? await findProject(context, projectKey) : null
  const client = typeof clientKey === 'string' ? await findClient(context, clientKey) : null
  const place = placeOf(project, client)
  if (place === null) return null
  const { cost, tasks } = await readPlaceFacts(db, { place, range, timeZone: tenant.timeZone })
  const onBasis = costOn(args.basis, cost)
  return {
    project,
    client,
    ...proposePrice({ cost: onBasis, margin, tasks, decimals }),
    margin: args.margin,
    cost,
    onBasis,
    tasks,
  }
}

function placeOf(project: ProjectRecord | null, client: ClientRecord | null): BilledPlace | null {
  if (project !== null) return { projectId: project.id, clientId: null }
  return client === null ? null : { projectId: null, clientId: client.id }
}

/** What one completed task cost, half-even at 18 decimals; null without any. */
export function costPerTask({ onBasis, tasks }: PriceProposalSource): Fixed18 | null {
  return tasks === 0 ? null : divideHalfEven(onBasis, BigInt(tasks))
}
