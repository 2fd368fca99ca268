import type { Written } from '@outlay/db/pools/pool-writer'
import { isSecondPerson } from '@outlay/db/pools/approve-policy'
import { authorsIn } from '@outlay/db/pools/policy-state'
import {
  readPoliciesByIds,
  readPolicyEvents,
  type PolicyEventRecord,
  type PolicyRecord,
} from '@outlay/db/sql/read-policies'
import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { mayDo, type Context } from '../../graphql/context.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { groupBy } from '@outlay/domain/group-by'
import { currentMonth, policiesOf, poolActor, poolOf } from '../pool/pool.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'
import { policyByKey, type PolicyFields } from './policy-by-key.ts'

export interface PolicyPayloadSource {
  policy: PolicyRecord | null
  userErrors: UserErrorSource[]
}

export type PolicyDraftFields = PolicyFields & { effectiveFrom: CalendarDate }

/** The version of a uuid; null when there is none. */
export async function findPolicy({ db }: Context, uuid: string): Promise<PolicyRecord | null> {
  const [policy] = await readPoliciesByIds(db, [uuid])
  return policy ?? null
}

export function historyOf({ db, loaders }: Context, { id }: PolicyRecord): Promise<PolicyEventRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readPolicyEvents(db, ids), ({ policyId }) => policyId)
  return loaders.of<string, PolicyEventRecord[]>('policy events', load, []).load(id)
}

/** Whether the asker may let a proposed version count without giving a reason. */
export async function mayApprove(context: Context, policy: PolicyRecord): Promise<boolean> {
  const { principal } = context
  if (policy.state !== 'PROPOSED' || principal.kind !== 'user' || !mayDo(context, 'allocation.policy')) return false
  const authors = authorsIn(await historyOf(context, policy))
  return isSecondPerson({ by: principal.email, isPerson: true }, authors)
}

/** Whether the asker may let it count by giving one. */
export async function mayOverride(context: Context, policy: PolicyRecord): Promise<boolean> {
  const may = mayDo(context, 'allocation.policy') && mayDo(context, 'allocation.override')
  return may && policy.state === 'PROPOSED' && !(await mayApprove(context, policy))
}

/** Whether a version should be looked at again: one that splits its pool this month, and whose day has come. */
export async function isReviewDue(context: Context, policy: PolicyRecord): Promise<boolean> {
  if (policy.state !== 'APPROVED' || policy.reviewDueOn > today(context.now, context.tenant.timeZone)) return false
  const month = currentMonth(context)
  const { lastMonth } = await poolOf(context, policy.poolId)
  if (lastMonth !== null && lastMonth < month) return false
  return policyInForce(await policiesOf(context, policy.poolId), month)?.id === policy.id
}

export async function draftPolicy(
  context: Context,
  { poolId, effectiveFrom, ...fields }: PolicyDraftFields & { poolId: string },
): Promise<PolicyPayloadSource> {
  const { services, tenant } = context
  const written = await services.pools.draftPolicy(tenant.id, {
    poolId: uuidOf('CostPool', poolId, 'input.poolId'),
    input: { ...policyByKey(fields), effectiveFrom },
    actor: await poolActor(context),
  })
  return payload(context, written)
}

export async function changePolicy(
  context: Context,
  { id, input }: { id: string; input: PolicyDraftFields },
): Promise<PolicyPayloadSource> {
  const { services, tenant } = context
  const { effectiveFrom, ...fields } = input
  const written = await services.pools.changePolicy(tenant.id, {
    policyId: uuidOf('AllocationPolicy', id, 'id'),
    input: { ...policyByKey(fields), effectiveFrom },
    actor: await poolActor(context),
  })
  return payload(context, written)
}

type Change = 'proposePolicy' | 'approvePolicy' | 'rejectPolicy' | 'withdrawPolicy' | 'reviewPolicy'
type Said<Name extends Change> = Omit<Parameters<Context['services']['pools'][Name]>[1], 'policyId' | 'actor'>

/** Takes a version one step on; `said` is what the step needs beside the version. */
export async function movePolicy<Name extends Change>(
  context: Context,
  change: Name,
  { id, ...said }: { id: string } & Said<Name>,
): Promise<PolicyPayloadSource> {
  const { services, tenant } = context
  const policyId = uuidOf('AllocationPolicy', id, 'id')
  const move = services.pools[change] as (tenantId: string, input: object) => Promise<Written<{ policyId: string }>>
  const { done, userErrors } = await move(tenant.id, { policyId, ...said, actor: await poolActor(context) })
  // The arguments of these are not within an `input`.
  const errors = userErrors.map((error) => ({ ...error, field: error.field?.slice(1) ?? null }))
  return { policy: done === null ? null : await findPolicy(context, done.policyId), userErrors: errors }
}

async function payload(
  context: Context,
  { done, userErrors }: Written<{ policyId: string }>,
): Promise<PolicyPayloadSource> {
  const errors = userErrors.map((error) => ({ ...error, field: isOfId(error) ? ['id'] : error.field }))
  return { policy: done === null ? null : await findPolicy(context, done.policyId), userErrors: errors }
}

function isOfId({ field }: UserErrorSource): boolean {
  return field?.join('.') === 'input.id'
}
