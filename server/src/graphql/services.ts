import type { RecordOutcome } from '@outlay/db/ingest/ingest-error'
import type { FxRateInput } from '@outlay/db/ingest/publish-fx-rates'
import type { RateInput } from '@outlay/db/ingest/publish-rates'
import type { UpsertTaskInput } from '@outlay/db/ingest/upsert-task'
import type { Role } from '@outlay/domain/audience/policy'
import type { ApplyRequest } from '@outlay/db/rerating/request-apply'
import type { PreviewRequest, RequestOutcome } from '@outlay/db/rerating/request-preview'
import type { ReratingRef } from '@outlay/db/rerating/rerating'
import type { UserError } from '@outlay/db/ingest/user-error'

/** The write paths that resolvers hand their input to; each is one transaction of the tenant. */
export interface Services {
  record: (tenantId: string, items: readonly unknown[]) => Promise<RecordOutcome>
  upsertTask: (tenantId: string, input: UpsertTaskInput) => Promise<{ taskId: string | null; userErrors: UserError[] }>
  publishRates: (
    tenantId: string,
    rates: readonly RateInput[],
  ) => Promise<{ rateIds: string[]; userErrors: UserError[] }>
  /** Lets this process refuse a revoked key at once. */
  forgetKey: (keyId: string) => void
  memberships: (userId: string) => Promise<{ tenantKey: string; tenantName: string; role: Role }[]>
  publishFxRates: (tenantId: string, rates: readonly FxRateInput[]) => Promise<{ userErrors: UserError[] }>
  requestPreview: (tenantId: string, request: PreviewRequest) => Promise<RequestOutcome>
  requestApply: (ref: ReratingRef, request: ApplyRequest) => Promise<{ userErrors: UserError[] }>
  /** Tells the workers of a job whose row is committed. Never throws: the row asks for it, and a worker finds it without being told. */
  enqueue: (job: 'rerating.preview' | 'rerating.apply', payload: ReratingRef) => Promise<void>
}
