import { setTimeout as sleep } from 'node:timers/promises'
import type { CostFilter } from '@outlay/db/rerating/event-filter'
import type { WhatIf } from '@outlay/db/rerating/rerating'
import {
  readRerating,
  readReratingDifferences,
  readReratings,
  type DifferenceRecord,
  type ReratingRecord,
} from '@outlay/db/sql/read-reratings'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { pageSize } from '../../graphql/page.ts'
import { groupBy } from '@outlay/domain/group-by'
import { checkedRange } from '../../reads/period.ts'
import { checkedFilter, type CostFilterArgs } from '../rollup/rollup.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

/** A request that waits is answered before anything between us and its sender gives it up. */
const WAIT_MS_MAX = 25_000
const POLL_MS = 200

export interface ReratingPayloadSource {
  rerating: ReratingRecord | null
  userErrors: UserErrorSource[]
}

export interface PreviewArgs {
  range: DateRange
  filter?: CostFilterArgs | null
  wait: boolean
}

export interface SimulateArgs extends PreviewArgs {
  substitutions?:
    { fromProvider?: string | null; fromResource: string; toProvider: string; toResource: string }[] | null
  draftCardId?: string | null
}

export function findRerating({ db }: Context, id: string): Promise<ReratingRecord | null> {
  return readRerating(db, uuidOf('Rerating', id, 'id'))
}

export function listReratings({ db }: Context, first: number | null | undefined): Promise<ReratingRecord[]> {
  return readReratings(db, pageSize({ first: first ?? 20 }))
}

export function previewRerating(context: Context, args: PreviewArgs): Promise<ReratingPayloadSource> {
  return requestPreview(context, args, null)
}

export function simulateRates(context: Context, args: SimulateArgs): Promise<ReratingPayloadSource> {
  const { substitutions, draftCardId } = args
  return requestPreview(context, args, {
    substitutions: (substitutions ?? []).map(({ fromProvider, ...rest }) => ({
      fromProvider: fromProvider ?? null,
      ...rest,
    })),
    draftCardId:
      draftCardId === null || draftCardId === undefined ? null : uuidOf('RateCard', draftCardId, 'input.draftCardId'),
  })
}

async function requestPreview(
  context: Context,
  { range, filter, wait }: PreviewArgs,
  whatIf: WhatIf | null,
): Promise<ReratingPayloadSource> {
  const { services, tenant } = context
  const outcome = await services.requestPreview(tenant.id, {
    range: checkedRange(range, 'input.range'),
    filter: storedFilter(filter),
    whatIf,
    requestedBy: await actorOf(context),
  })
  const { reratingId, userErrors } = outcome
  if (reratingId === null) return { rerating: null, userErrors }
  await services.enqueue('rerating.preview', { tenantId: tenant.id, reratingId })
  return { rerating: await whenDone(context, reratingId, { wait, isDone: isPreviewDone }), userErrors: [] }
}

export async function applyRerating(
  context: Context,
  { previewId, reason, wait }: { previewId: string; reason: string; wait: boolean },
): Promise<ReratingPayloadSource> {
  const { services, tenant, db } = context
  const ref = { tenantId: tenant.id, reratingId: uuidOf('Rerating', previewId, 'input.previewId') }
  const { userErrors } = await services.requestApply(ref, { reason, appliedBy: await actorOf(context) })
  if (userErrors.length > 0) return { rerating: await readRerating(db, ref.reratingId), userErrors }
  await services.enqueue('rerating.apply', ref)
  return { rerating: await whenDone(context, ref.reratingId, { wait, isDone: isApplyDone }), userErrors: [] }
}

const isPreviewDone = ({ state }: ReratingRecord): boolean => state !== 'PREVIEW_QUEUED' && state !== 'PREVIEWING'
const isApplyDone = ({ state }: ReratingRecord): boolean => state !== 'APPLY_QUEUED' && state !== 'APPLYING'

/** The job as it stands: at once, or when it is done, or when waiting has become too long. */
async function whenDone(
  { db }: Context,
  id: string,
  { wait, isDone }: { wait: boolean; isDone: (job: ReratingRecord) => boolean },
): Promise<ReratingRecord | null> {
  const until = performance.now() + (wait ? WAIT_MS_MAX : 0)
  for (;;) {
    const job = await readRerating(db, id)
    if (job === null || isDone(job) || performance.now() >= until) return job
    await sleep(POLL_MS)
  }
}

/** The filter as it is kept and shown: lists that were not given are not there. */
function storedFilter(filter: CostFilterArgs | null | undefined): CostFilter | null {
  if (filter === null || filter === undefined) return null
  const { AGENT, CLIENT, PROJECT, TASK, PROVIDER, RESOURCE, KIND } = checkedFilter(filter)
  const lists = {
    agents: AGENT,
    clients: CLIENT,
    projects: PROJECT,
    tasks: TASK,
    providers: PROVIDER,
    resources: RESOURCE,
    kinds: KIND,
  }
  return Object.fromEntries(Object.entries(lists).filter(([, keys]) => keys !== undefined))
}

/** The differences of a job, read once for all its lists and for all jobs of the answer. */
export async function differencesOf(
  { db, loaders }: Context,
  job: ReratingRecord,
  dimension: DifferenceRecord['dimension'],
): Promise<DifferenceRecord[]> {
  const load = async (ids: readonly string[]) =>
    groupBy(await readReratingDifferences(db, ids), ({ reratingId }) => reratingId)
  const all = await loaders.of<string, DifferenceRecord[]>('rerating differences', load, []).load(job.id)
  return all.filter((difference) => difference.dimension === dimension)
}
