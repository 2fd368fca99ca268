import type { ComparePool, PoolComparison } from '@outlay/db/allocation/compare-pool'
import type { ChannelChanges } from '@outlay/db/channels/channels'
import type { AllocationRef } from '@outlay/db/allocation/job'
import type { RunRequest, RunRequestOutcome } from '@outlay/db/allocation/request-run'
import type { ActOutcome, ActWish } from '@outlay/db/alerts/act-on-alert'
import type { AnnotationWish, DetectorWish } from '@outlay/db/anomalies/change-detector'
import type { DemoRef } from '@outlay/db/demo/own-demo'
import type { ReversalOutcome } from '@outlay/db/billing/reverse-outcome'
import type { EarningTerms, readEarningTerms } from '@outlay/db/revenue/earning-terms'
import type { EngagementOutcome } from '@outlay/db/billing/set-engagement'
import type { LinkOutcome, Questioner } from '@outlay/db/audience/client-links'
import type { ClientViewAsk } from '@outlay/db/audience/client-view'
import type { BudgetOutcome } from '@outlay/db/budgets/set-budget'
import type { ClientLinkWish } from '@outlay/domain/audience/client-link'
import type { ClientView } from '@outlay/domain/audience/client-view'
import type { EngagementWish } from '@outlay/domain/billing/check-engagement'
import type { BudgetWish } from '@outlay/domain/budgets/check-budget'
import type { CorrectionOutcome, ReplaceInput, VoidInput } from '@outlay/db/corrections/correction'
import type { RecordOutcome } from '@outlay/db/ingest/ingest-error'
import type { PublishFxRatesInput } from '@outlay/db/ingest/publish-fx-rates'
import type { RateInput } from '@outlay/db/ingest/parse-rates'
import type { CardOutcome } from '@outlay/db/ingest/rate-card-state'
import type { CardHead } from '@outlay/db/ingest/store-rate-card'
import type { MemberOutcome } from '@outlay/db/members/change-member'
import type { InvitationOutcome, InvitationWish } from '@outlay/db/members/invitations'
import type { MemberActor } from '@outlay/db/members/member-writer'
import type { ExportAsker } from '@outlay/db/exports/export-asker'
import type { ExportRef } from '@outlay/db/exports/export-job'
import type { ExportQuestion, ExportWish } from '@outlay/db/exports/export-question'
import type { ExportOutcome, ExportRequest } from '@outlay/db/exports/request-export'
import type { ReadTable } from '@outlay/db/exports/read-table'
import type { PeriodOutcome, PeriodWish } from '@outlay/db/periods/period'
import type { AcceptedCheck } from '@outlay/db/periods/snapshot'
import type { TenantSettings } from '@outlay/db/tenancy/update-settings'
import type { UpsertTaskInput } from '@outlay/db/ingest/upsert-task'
import type { Role } from '@outlay/domain/audience/policy'
import type { Catalogue } from '@outlay/domain/catalogue/catalogue'
import type { PoolChanges } from '@outlay/db/pools/pools'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { Prices } from '@outlay/domain/rating/review'
import type { ApplyRequest } from '@outlay/db/rerating/request-apply'
import type { PreviewRequest, RequestOutcome } from '@outlay/db/rerating/request-preview'
import type { ReratingRef } from '@outlay/db/rerating/rerating'
import type { UserError } from '@outlay/db/ingest/user-error'
import type { ReportDeliveryRef, ReportRunRef } from '@outlay/db/reports/report-run'
import type {
  ScheduleOutcome,
  ScheduleState,
  ScheduleTerms,
  ScheduleWish,
  Subscriber,
} from '@outlay/db/reports/report-schedules'
import type { ReportAsker, ReportOutcome, ReportWish } from '@outlay/db/reports/request-report'
import type { ReportKind } from '@outlay/domain/reports/document'
import type { PersonRecord } from '../auth/people.ts'
import type { SessionRecord } from '../auth/sessions.ts'
import type { TenantInfo } from './context.ts'
import type { AdoptionAsk, AdoptionOutcome } from '@outlay/db/planning/adopt-plan'
import type { PlanByKeys, PlanOutcome } from '@outlay/db/planning/write-plan'
import type { TenantSql } from '@outlay/db/sql/tenant-sql'
import type { VarianceToAccept } from '@outlay/db/reconciliation/accept-variances'
import type { ImportedStatement, StatementWish } from '@outlay/db/reconciliation/import-statement'
import type { ViewOutcome, ViewOwner } from '@outlay/db/views/saved-views'
import type { ViewWish } from '@outlay/domain/views/check-view'

/** The write paths that resolvers hand their input to, each one transaction of the tenant, and what a process keeps in memory. */
export interface Services {
  record: (tenantId: string, items: readonly unknown[]) => Promise<RecordOutcome>
  /** `clientIds`: the clients that whoever asks is limited to. */
  upsertTask: (
    tenantId: string,
    input: UpsertTaskInput,
    clientIds: readonly string[] | null,
  ) => Promise<{ taskId: string | null; userErrors: UserError[] }>
  publishRates: (
    tenantId: string,
    publication: Omit<CardHead, 'provider'> & { rates: readonly RateInput[] },
  ) => Promise<{ rateIds: string[]; userErrors: UserError[] }>
  saveRateCardDraft: (
    tenantId: string,
    draft: CardHead & { cardId: string | null; rates: readonly RateInput[] },
  ) => Promise<CardOutcome>
  publishRateCard: (tenantId: string, cardId: string) => Promise<CardOutcome>
  discardRateCardDraft: (tenantId: string, cardId: string) => Promise<CardOutcome>
  /** `at`: RFC 3339. */
  retireRateCard: (tenantId: string, retirement: { cardId: string; at: string }) => Promise<CardOutcome>
  adoptCatalogue: (tenantId: string, version: string) => Promise<{ userErrors: UserError[] }>
  /** The catalogue that the tenant has adopted, or another version; null when it is not here. */
  catalogue: (tenantId: string, version?: string) => Promise<Catalogue | null>
  /** The prices that hold for a tenant now: its own, and the catalogue it rates under. */
  prices: (tenantId: string) => Promise<Prices>
  voidInvocation: (tenantId: string, input: VoidInput) => Promise<CorrectionOutcome>
  replaceInvocation: (tenantId: string, input: ReplaceInput) => Promise<CorrectionOutcome>
  updateSettings: (tenantId: string, settings: TenantSettings) => Promise<{ userErrors: UserError[] }>
  /** Lets this process refuse a revoked key at once. */
  forgetKey: (keyId: string) => void
  memberships: (userId: string) => Promise<TenantMembership[]>
  people: {
    /** Who people are, by their ids. */
    read: (userIds: readonly string[]) => Promise<Map<string, PersonRecord>>
  }
  sessions: {
    list: (userId: string) => Promise<SessionRecord[]>
    /** False when the person has no such session. */
    end: (userId: string, id: string) => Promise<boolean>
    endOthers: (userId: string, but: string) => Promise<void>
  }
  members: {
    invite: (tenant: TenantInfo, wish: InvitationWish) => Promise<InvitationOutcome>
    revokeInvitation: (
      tenantId: string,
      wish: { by: MemberActor; revokedBy: string; id: string },
    ) => Promise<{ userErrors: UserError[] }>
    changeRole: (
      tenantId: string,
      wish: { by: MemberActor; userId: string; role: Role; clientKey: string | null },
    ) => Promise<MemberOutcome>
    setClients: (
      tenantId: string,
      wish: { by: MemberActor; userId: string; clientKeys: readonly string[] },
    ) => Promise<MemberOutcome>
    remove: (tenantId: string, wish: { by: MemberActor; userId: string }) => Promise<MemberOutcome>
    /** The ids of the members who may handle an alert. */
    handlersOf: (tenantId: string, alertId: string) => Promise<string[]>
  }
  periods: {
    softClose: (tenantId: string, wish: PeriodWish & { reason?: string | null }) => Promise<PeriodOutcome>
    open: (tenantId: string, wish: PeriodWish & { reason: string }) => Promise<PeriodOutcome>
    close: (tenantId: string, wish: PeriodWish & { accept: readonly AcceptedCheck[] }) => Promise<PeriodOutcome>
    requestReopening: (tenantId: string, wish: PeriodWish & { reason: string }) => Promise<PeriodOutcome>
    agreeToReopening: (tenantId: string, wish: PeriodWish) => Promise<PeriodOutcome>
    declineReopening: (tenantId: string, wish: PeriodWish & { reason: string }) => Promise<PeriodOutcome>
  }
  publishFxRates: (tenantId: string, input: PublishFxRatesInput) => Promise<{ userErrors: UserError[] }>
  requestRun: (tenantId: string, request: RunRequest) => Promise<RunRequestOutcome>
  comparePool: (tenantId: string, request: ComparePool) => Promise<PoolComparison>
  requestPreview: (tenantId: string, request: PreviewRequest) => Promise<RequestOutcome>
  requestApply: (ref: ReratingRef, request: ApplyRequest) => Promise<{ userErrors: UserError[] }>
  pools: PoolChanges
  channels: ChannelChanges
  budgets: {
    set: (tenantId: string, wish: { wish: BudgetWish; by: string }) => Promise<BudgetOutcome>
    end: (tenantId: string, wish: { budgetId: string; by: string }) => Promise<BudgetOutcome>
  }
  billing: {
    setEngagement: (
      tenantId: string,
      wish: { wish: EngagementWish; currency: string; by: string },
    ) => Promise<EngagementOutcome>
    endEngagement: (
      tenantId: string,
      wish: { engagementId: string; on: CalendarDate; by: string },
    ) => Promise<EngagementOutcome>
    reverseOutcome: (
      tenantId: string,
      wish: { taskKey: string; reason: string; today: CalendarDate; by: string },
    ) => Promise<ReversalOutcome>
    /** What terms say of the revenue of a range: of some clients alone where they are given. */
    earningTerms: (
      tenantId: string,
      asked: Parameters<typeof readEarningTerms>[1] & { clientIds: readonly string[] | null },
    ) => Promise<EarningTerms>
  }
  /** What clients are shown, and the links to it. */
  clientPages: {
    /** null where there is no such client. */
    view: (ask: ClientViewAsk) => Promise<ClientView | null>
    /** `url` holds the secret of the link, and is told this once. */
    publish: (
      tenantId: string,
      wish: { clientId: string; wish: ClientLinkWish; today: CalendarDate; by: string },
    ) => Promise<LinkOutcome & { url: string | null }>
    revoke: (tenantId: string, wish: { linkId: string; by: string }) => Promise<LinkOutcome>
    ask: (
      tenantId: string,
      wish: { clientId: string; month: CalendarDate; body: string; by: Questioner },
    ) => Promise<{ userErrors: UserError[] }>
  }
  planning: {
    create: (
      tenantId: string,
      wish: { wish: PlanByKeys; startsOn: CalendarDate; today: CalendarDate; currency: string; by: string },
    ) => Promise<PlanOutcome>
    change: (tenantId: string, wish: { planId: string; wish: PlanByKeys; by: string }) => Promise<PlanOutcome>
    adopt: (
      db: TenantSql,
      wish: AdoptionAsk & { replace: boolean; currency: string; by: string },
    ) => Promise<AdoptionOutcome>
    note: (
      tenantId: string,
      wish: {
        planId: string
        month: CalendarDate
        clientKey: string | null
        agentKey: string | null
        text: string
        by: string
      },
    ) => Promise<PlanOutcome>
  }
  alerts: {
    act: (tenantId: string, wish: ActWish) => Promise<ActOutcome>
  }
  detector: {
    update: (tenantId: string, wish: { wish: DetectorWish; by: string }) => Promise<{ userErrors: UserError[] }>
    annotate: (tenantId: string, wish: { wish: AnnotationWish; by: string }) => Promise<AnnotationOutcome>
    endAnnotation: (tenantId: string, wish: { annotationId: string; by: string }) => Promise<AnnotationOutcome>
  }
  /** Example data: a tenant of its own. Both answer once it is asked for; a worker does it. */
  demo: {
    load: (tenantId: string, by: { userId: string; email: string }) => Promise<{ userErrors: UserError[] }>
    remove: (tenantId: string) => Promise<{ userErrors: UserError[] }>
  }
  views: {
    save: (tenantId: string, wish: { wish: ViewWish; owner: ViewOwner }) => Promise<ViewOutcome>
    delete: (tenantId: string, wish: { viewId: string; userId: string }) => Promise<ViewOutcome>
  }
  exports: {
    request: (tenantId: string, request: ExportRequest) => Promise<ExportOutcome>
    /** How many rows there are, up to one more than somebody waits for. Throws DomainError. */
    size: (tenantId: string, ask: { wish: ExportWish; asker: ExportAsker }) => Promise<number>
    /** Throws DomainError FORBIDDEN; null when there are too many rows to wait for. */
    read: (ask: { tenantId: string; asker: ExportAsker; question: ExportQuestion }) => Promise<ReadTable | null>
  }
  reports: {
    request: (tenantId: string, request: ReportAsker & { wish: ReportWish }) => Promise<ReportOutcome>
    restate: (
      tenantId: string,
      request: ReportAsker & { reportId: string; reason: string; recipients: readonly string[] },
    ) => Promise<ReportOutcome>
    /** Answers the mails that wait now. */
    send: (
      tenantId: string,
      wish: { editionId: string; recipients: readonly string[]; by: string },
    ) => Promise<{ deliveries: ReportDeliveryRef[]; userErrors: UserError[] }>
    /** Of the addresses those that are of no member who may read such a report. */
    nonReaders: (tenantId: string, ask: { kind: ReportKind; recipients: readonly string[] }) => Promise<string[]>
    /** The edition that a link opens; null when there is no such link. */
    editionOfLink: (tenantId: string, linkId: string) => Promise<string | null>
    revokeLink: (tenantId: string, wish: { linkId: string; by: string }) => Promise<{ userErrors: UserError[] }>
    createSchedule: (tenantId: string, request: ReportAsker & { wish: ScheduleWish }) => Promise<ScheduleOutcome>
    changeSchedule: (
      tenantId: string,
      wish: { scheduleId: string; terms: ScheduleTerms; by: string },
    ) => Promise<ScheduleOutcome>
    setScheduleState: (
      tenantId: string,
      wish: { scheduleId: string; state: ScheduleState; by: string },
    ) => Promise<ScheduleOutcome>
    subscribe: (tenantId: string, who: Subscriber) => Promise<ScheduleOutcome>
    unsubscribe: (tenantId: string, userId: string) => Promise<ScheduleOutcome>
  }
  reconciliation: {
    importStatement: (tenantId: string, wish: StatementWish) => Promise<ImportedStatement>
    /** The statement that a text was imported as; null where it was not. */
    findImported: (tenantId: string, text: string) => Promise<string | null>
    /** False where there is no such statement. */
    removeStatement: (tenantId: string, statementId: string) => Promise<boolean>
    accept: (
      tenantId: string,
      wish: { variances: readonly VarianceToAccept[]; reason: string; by: string },
    ) => Promise<void>
  }
  /** Tells the workers of a job whose row is committed. Never throws: the row asks for it, and a worker finds it without being told. */
  enqueue: <Name extends keyof JobPayloads>(job: Name, payload: JobPayloads[Name]) => Promise<void>
}

/** A tenant that a person belongs to. */
export interface TenantMembership {
  tenantKey: string
  tenantName: string
  role: Role
  /** Whether it holds example data. */
  isDemo: boolean
  /** Whether it is the example of another tenant, where it can be removed. */
  isExample: boolean
  /** Key of the tenant whose example it is, if the person belongs to that one as well. */
  exampleOf: string | null
}

export interface AnnotationOutcome {
  annotationId: string | null
  userErrors: UserError[]
}

/** What each job carries. */
export interface JobPayloads {
  'rerating.preview': ReratingRef
  'rerating.apply': ReratingRef
  'allocation.run': AllocationRef
  'export.write': ExportRef
  'alert.deliver': { tenantId: string; deliveryId: string }
  'report.write': ReportRunRef
  'report.deliver': ReportDeliveryRef
  'demo.load': DemoRef
  'demo.remove': DemoRef
}
