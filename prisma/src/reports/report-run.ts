import type { Action } from '@outlay/domain/audience/policy'
import type { ReportKind } from '@outlay/domain/reports/document'

/** QUEUED waits for a worker, RUNNING is begun again by whoever picks it up. */
export const REPORT_STATES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED'] as const
export type ReportState = (typeof REPORT_STATES)[number]

/** What a run is at: reading what the report says, making its files, putting them where they stay. */
export const REPORT_STEPS = ['READ', 'RENDER', 'STORE'] as const
export type ReportStepName = (typeof REPORT_STEPS)[number]

/** The names of a run: all that a queue carries. */
export interface ReportRunRef {
  tenantId: string
  runId: string
}

/** The names of a mail. */
export interface ReportDeliveryRef {
  tenantId: string
  deliveryId: string
}

/** What one has to be allowed to read a report of a kind: a statement says what an engagement charges. */
export function readingAction(kind: ReportKind): Action {
  return kind === 'CLIENT_STATEMENT' ? 'billing.read' : 'report.read'
}
