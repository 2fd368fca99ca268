import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { DateRangeInput } from '../cost/cost.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { ReportKind } from './report.enums.ts'
import {
  findReport,
  listReports,
  requestReport,
  restateReport,
  revokeReportLink,
  sendReport,
  type EditionPayloadSource,
  type ReportPayloadSource,
} from './report.service.ts'
import { Report, ReportEdition } from './report.type.ts'

const ReportConnection = connectionOf('Report', Report)

builder.queryFields((t) => ({
  reports: t.field({
    description: 'The reports that the asker may read, the newest first',
    type: ReportConnection,
    args: { kind: t.arg({ type: ReportKind }), first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    ...facts({ action: 'report.read', cost: 5 }),
    resolve: (_root, args, context) => listReports(context, args),
  }),
  report: t.field({
    type: Report,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'report.read', cost: 2 }),
    resolve: (_root, { id }, context) => findReport(context, id),
  }),
}))

const RECIPIENTS =
  'E-mail addresses. A member whose role may not read it is sent nothing; an address of nobody in the tenant is sent the link without figures'

const RequestReportInput = builder.inputType('RequestReportInput', {
  fields: (t) => ({
    kind: t.field({ type: ReportKind, required: true }),
    range: t.field({ type: DateRangeInput, required: true, description: 'A month; of a PROJECT_WEEKLY seven days' }),
    clientKey: t.string({ description: 'Of a CLIENT_STATEMENT' }),
    recipients: t.stringList({ description: RECIPIENTS }),
  }),
})

const RestateReportInput = builder.inputType('RestateReportInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Of the report' }),
    reason: t.string({ required: true }),
    recipients: t.stringList({ description: RECIPIENTS }),
  }),
})

const SendReportInput = builder.inputType('SendReportInput', {
  fields: (t) => ({
    editionId: t.id({ required: true }),
    recipients: t.stringList({ required: true, description: RECIPIENTS }),
  }),
})

const ReportPayload = builder.objectRef<ReportPayloadSource>('ReportPayload').implement({
  fields: (t) => ({
    report: t.field({ type: Report, nullable: true, resolve: ({ report }) => report }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

const ReportEditionPayload = builder.objectRef<EditionPayloadSource>('ReportEditionPayload').implement({
  fields: (t) => ({
    edition: t.field({ type: ReportEdition, nullable: true, resolve: ({ edition }) => edition }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

builder.mutationFields((t) => ({
  requestReport: t.field({
    description: 'Has an edition of a report made: its first, or one that restates the latest',
    type: ReportPayload,
    args: { input: t.arg({ type: RequestReportInput, required: true }) },
    ...facts({ action: 'report.request', cost: 20 }),
    resolve: (_root, { input: { kind, range, clientKey, recipients } }, context) =>
      requestReport(context, { kind, range, clientKey: clientKey ?? null, recipients: recipients ?? [] }),
  }),
  restateReport: t.field({
    description: 'Has a new edition made of a report that has one. What was filed stays',
    type: ReportPayload,
    args: { input: t.arg({ type: RestateReportInput, required: true }) },
    ...facts({ action: 'report.request', cost: 20 }),
    resolve: (_root, { input: { id, reason, recipients } }, context) =>
      restateReport(context, { id, reason, recipients: recipients ?? [] }),
  }),
  sendReport: t.field({
    description: 'Sends an edition by e-mail. Who was sent it is not sent it again',
    type: ReportEditionPayload,
    args: { input: t.arg({ type: SendReportInput, required: true }) },
    ...facts({ action: 'report.request', cost: 10 }),
    resolve: (_root, { input: { editionId, recipients } }, context) => sendReport(context, { editionId, recipients }),
  }),
  revokeReportLink: t.field({
    description: 'Closes the link of a mail for good',
    type: ReportEditionPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'report.request', cost: 5 }),
    resolve: (_root, { id }, context) => revokeReportLink(context, id),
  }),
}))
