import { REPORT_DELIVERY_STATES } from '@outlay/db/reports/report-deliveries'
import { REPORT_STATES, REPORT_STEPS } from '@outlay/db/reports/report-run'
import { SCHEDULE_STATES } from '@outlay/db/reports/report-schedules'
import { PERIOD_RULES } from '@outlay/domain/reports/check-report'
import { REPORT_FORMATS, REPORT_KINDS } from '@outlay/domain/reports/document'
import { builder } from '../../graphql/builder.ts'

export const ReportKind = builder.enumType('ReportKind', {
  description:
    'FINANCE_PACK: the firm in a month. PROJECT_WEEKLY: clients and projects in seven days. CLIENT_STATEMENT: what a client is told of a month.',
  values: REPORT_KINDS,
})

export const ReportFormat = builder.enumType('ReportFormat', { values: REPORT_FORMATS })

export const ReportRunState = builder.enumType('ReportRunState', {
  description:
    'QUEUED → RUNNING → DONE. FAILED: see `error`. A worker that ends is followed by another, which begins anew.',
  values: REPORT_STATES,
})

export const ReportRunStep = builder.enumType('ReportRunStep', {
  description: 'READ: what the report says. RENDER: its files. STORE: both, where they stay.',
  values: REPORT_STEPS,
})

export const ReportDeliveryState = builder.enumType('ReportDeliveryState', {
  description:
    'PENDING waits or is tried again. REFUSED: its recipient may not read such a report. GIVEN_UP: no try went through.',
  values: REPORT_DELIVERY_STATES,
})

export const ReportPeriodRule = builder.enumType('ReportPeriodRule', {
  description:
    "Of which days a schedule's reports are, counted from the day they are made on; a week begins on Monday.",
  values: PERIOD_RULES,
})

export const ReportScheduleState = builder.enumType('ReportScheduleState', { values: SCHEDULE_STATES })
