import { readEngagement, readEngagements, type EngagementRecord } from '@outlay/db/sql/read-engagements'
import type { EngagementWish } from '@outlay/domain/billing/check-engagement'
import type { RevenueSource } from '@outlay/domain/billing/revenue'
import type { TermsWish } from '@outlay/domain/billing/check-terms'
import { today } from '@outlay/domain/periods/local-day'
import type { TaskRecord } from '@outlay/db/sql/read-dimensions'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { findClient } from '../client/client.service.ts'
import { findProject } from '../project/project.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

type Optional<T> = { [Name in keyof T]?: T[Name] | null | undefined }

/** Terms as the API takes them: what is left out is null. */
export type TermsInputValue = Pick<TermsWish, 'model'> & Optional<Omit<TermsWish, 'model'>>

export interface EngagementInputValue {
  projectKey?: string | null | undefined
  clientKey?: string | null | undefined
  effectiveFrom: string
  effectiveTo?: string | null | undefined
  terms: TermsInputValue
  revenueSource?: RevenueSource | null | undefined
  note?: string | null | undefined
}

export interface EngagementPayloadSource {
  engagement: EngagementRecord | null
  userErrors: UserErrorSource[]
}

/** Keys that name a project or a client; absent ones are of no interest. */
export interface PlaceArgs {
  projectKey?: string | null | undefined
  clientKey?: string | null | undefined
}

/** The ids behind the keys that are given; null when one of them names nothing. */
export async function placeIds(
  context: Context,
  { projectKey, clientKey }: PlaceArgs,
): Promise<{ projectId: string | null; clientId: string | null } | null> {
  const [project, client] = await Promise.all([
    typeof projectKey === 'string' ? findProject(context, projectKey) : undefined,
    typeof clientKey === 'string' ? findClient(context, clientKey) : undefined,
  ])
  if (project === null || client === null) return null
  return { projectId: project?.id ?? null, clientId: client?.id ?? null }
}

export async function listEngagements(
  context: Context,
  { withSuperseded, ...keys }: PlaceArgs & { withSuperseded: boolean },
): Promise<EngagementRecord[]> {
  const place = await placeIds(context, keys)
  return place === null ? [] : readEngagements(context.db, { ...place, withSuperseded })
}

/** Terms by their uuid; null when there are none. */
export function findEngagement({ db }: Context, uuid: string): Promise<EngagementRecord | null> {
  return readEngagement(db, uuid)
}

function termsOf(input: TermsInputValue): TermsWish {
  return {
    model: input.model,
    basis: input.basis ?? null,
    markup: input.markup ?? null,
    markupFloor: input.markupFloor ?? null,
    markupCap: input.markupCap ?? null,
    prices: input.prices ?? null,
    price: input.price ?? null,
    unit: input.unit ?? null,
    allowance: input.allowance ?? null,
    overagePrice: input.overagePrice ?? null,
    carryOverMonths: input.carryOverMonths ?? null,
    carryOverMax: input.carryOverMax ?? null,
    isProrated: input.isProrated ?? null,
    reversalDays: input.reversalDays ?? null,
    incrementMinutes: input.incrementMinutes ?? null,
    discount: input.discount ?? null,
    minimum: input.minimum ?? null,
    cap: input.cap ?? null,
    credit: input.credit ?? null,
  }
}

/** What is asked for, with what is left out as null. */
export function wishOf(input: EngagementInputValue): EngagementWish {
  return {
    projectKey: input.projectKey ?? null,
    clientKey: input.clientKey ?? null,
    effectiveFrom: input.effectiveFrom,
    effectiveTo: input.effectiveTo ?? null,
    terms: termsOf(input.terms),
    revenueSource: input.revenueSource ?? null,
    note: input.note ?? null,
  }
}

export async function setEngagement(context: Context, input: EngagementInputValue): Promise<EngagementPayloadSource> {
  const { services, tenant } = context
  const wish = wishOf(input)
  const { currency } = tenant
  const outcome = await services.billing.setEngagement(tenant.id, { wish, currency, by: await actorOf(context) })
  return payload(context, outcome)
}

export async function endEngagement(
  context: Context,
  { engagementId, on }: { engagementId: string; on: string },
): Promise<EngagementPayloadSource> {
  const { services, tenant } = context
  const outcome = await services.billing.endEngagement(tenant.id, { engagementId, on, by: await actorOf(context) })
  // The arguments of this one are not within an `input`.
  const userErrors = outcome.userErrors.map((error) => ({ ...error, field: error.field?.slice(1) ?? null }))
  return payload(context, { ...outcome, userErrors })
}

async function payload(
  context: Context,
  { engagementId, userErrors }: { engagementId: string | null; userErrors: UserErrorSource[] },
): Promise<EngagementPayloadSource> {
  return { engagement: engagementId === null ? null : await findEngagement(context, engagementId), userErrors }
}

export interface ReversalPayloadSource {
  task: TaskRecord | null
  userErrors: UserErrorSource[]
}

export async function reverseOutcome(
  context: Context,
  { taskKey, reason }: { taskKey: string; reason: string },
): Promise<ReversalPayloadSource> {
  const { services, tenant, now, loaders } = context
  const day = today(now, tenant.timeZone)
  const asked = { taskKey, reason, today: day, by: await actorOf(context) }
  const { taskId, userErrors } = await services.billing.reverseOutcome(tenant.id, asked)
  return { task: taskId === null ? null : await loaders.task.load(taskId), userErrors }
}
