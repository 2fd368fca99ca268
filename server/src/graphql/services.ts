import type { CorrectionOutcome, ReplaceInput, VoidInput } from '@outlay/db/corrections/correction'
import type { RecordOutcome } from '@outlay/db/ingest/ingest-error'
import type { FxRateInput } from '@outlay/db/ingest/publish-fx-rates'
import type { RateInput } from '@outlay/db/ingest/publish-rates'
import type { TenantSettings } from '@outlay/db/tenancy/update-settings'
import type { UpsertTaskInput } from '@outlay/db/ingest/upsert-task'
import type { Role } from '@outlay/domain/audience/policy'
import type { UserError } from '@outlay/db/ingest/user-error'

/** The write paths that resolvers hand their input to; each is one transaction of the tenant. */
export interface Services {
  record: (tenantId: string, items: readonly unknown[]) => Promise<RecordOutcome>
  upsertTask: (tenantId: string, input: UpsertTaskInput) => Promise<{ taskId: string | null; userErrors: UserError[] }>
  publishRates: (
    tenantId: string,
    rates: readonly RateInput[],
  ) => Promise<{ rateIds: string[]; userErrors: UserError[] }>
  voidInvocation: (tenantId: string, input: VoidInput) => Promise<CorrectionOutcome>
  replaceInvocation: (tenantId: string, input: ReplaceInput) => Promise<CorrectionOutcome>
  updateSettings: (tenantId: string, settings: TenantSettings) => Promise<void>
  /** Lets this process refuse a revoked key at once. */
  forgetKey: (keyId: string) => void
  memberships: (userId: string) => Promise<{ tenantKey: string; tenantName: string; role: Role }[]>
  publishFxRates: (tenantId: string, rates: readonly FxRateInput[]) => Promise<{ userErrors: UserError[] }>
}
