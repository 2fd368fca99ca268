import type {
  ReportDeliveryRecord,
  ReportEditionRecord,
  ReportFileRecord,
  ReportRecord,
  ReportRunRecord,
} from '@outlay/db/sql/read-reports'
import type { BridgeLine as BridgeLineSource, BridgeTable as BridgeTableSource } from '@outlay/domain/reports/bridge'
import { REPORT_FORMATS, type ReportFigure as ReportFigureSource } from '@outlay/domain/reports/document'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Client } from '../client/client.type.ts'
import { ReportDeliveryState, ReportFormat, ReportKind, ReportRunState, ReportRunStep } from './report.enums.ts'
import {
  bridgeTo,
  deliveriesOf,
  editionsOf,
  filesOf,
  headlineFigures,
  runsOf,
  type BridgeSource,
} from './report.service.ts'

const ReportRun = builder.objectRef<ReportRunRecord>('ReportRun').implement({
  description: 'The making of an edition by a worker.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ReportRun', id) }),
    state: t.field({ type: ReportRunState, resolve: ({ state }) => state }),
    step: t.field({ type: ReportRunStep, nullable: true, resolve: ({ step }) => step }),
    filesDone: t.exposeInt('filesDone'),
    filesTotal: t.int({ resolve: () => REPORT_FORMATS.length }),
    run: t.exposeInt('run', { description: 'How many workers have begun it' }),
    error: t.exposeString('error', { nullable: true }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why the report is restated' }),
    requestedBy: t.exposeString('requestedBy', { description: 'A person, an API key, or a schedule' }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    doneAt: t.expose('doneAt', { type: 'DateTime', nullable: true }),
  }),
})

const ReportFile = builder.objectRef<ReportFileRecord>('ReportFile').implement({
  fields: (t) => ({
    format: t.field({ type: ReportFormat, resolve: ({ format }) => format }),
    bytes: t.expose('bytes', { type: 'BigInt' }),
    sha256: t.exposeString('sha256', { description: 'Hexadecimal' }),
    download: t.string({
      description: 'Where it is fetched by who may read the report',
      resolve: ({ editionId, format }) => `/v1/reports/${encodeId('ReportEdition', editionId)}.${format.toLowerCase()}`,
    }),
  }),
})

const ReportDelivery = builder.objectRef<ReportDeliveryRecord>('ReportDelivery').implement({
  description: 'One mail to one recipient. Its link opens the edition until it expires or is revoked.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ReportDelivery', id) }),
    recipient: t.exposeString('recipient'),
    state: t.field({ type: ReportDeliveryState, resolve: ({ state }) => state }),
    tries: t.exposeInt('tries'),
    error: t.exposeString('error', { nullable: true }),
    requestedBy: t.exposeString('requestedBy'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true }),
    linkId: t.id({
      nullable: true,
      description: 'For revokeReportLink; null before the first try',
      resolve: ({ linkId }) => (linkId === null ? null : encodeId('ReportLink', linkId)),
    }),
    linkExpiresAt: t.expose('linkExpiresAt', { type: 'DateTime', nullable: true }),
    linkRevokedAt: t.expose('linkRevokedAt', { type: 'DateTime', nullable: true }),
    linkRevokedBy: t.exposeString('linkRevokedBy', { nullable: true }),
    views: t.exposeInt('views', { description: 'How often its link was opened' }),
    lastViewedAt: t.expose('lastViewedAt', { type: 'DateTime', nullable: true }),
  }),
})

const ReportFigure = builder.objectRef<ReportFigureSource>('ReportFigure').implement({
  fields: (t) => ({
    label: t.exposeString('label'),
    kind: t.string({
      description: 'text, money, quantity, percent, date or unknown',
      resolve: ({ value }) => value.kind,
    }),
    value: t.string({
      nullable: true,
      description: 'Exact decimal text of a number; null where it is not known',
      resolve: ({ value }) =>
        'exact' in value ? value.exact : value.kind === 'text' ? value.text : value.kind === 'date' ? value.date : null,
    }),
    reason: t.string({
      nullable: true,
      description: 'Why it is not known',
      resolve: ({ value }) => (value.kind === 'unknown' ? value.reason : null),
    }),
    note: t.exposeString('note', { nullable: true }),
  }),
})

const ReportBridgeLine = builder.objectRef<BridgeLineSource>('ReportBridgeLine').implement({
  fields: (t) => ({
    label: t.exposeString('label'),
    old: t.expose('old', { type: 'Decimal', nullable: true, description: 'null: it was not there, or not known' }),
    new: t.expose('new', { type: 'Decimal', nullable: true, description: 'null: it is not there, or not known' }),
    difference: t.expose('difference', { type: 'Decimal', description: 'new less old' }),
  }),
})

const ReportBridgeTable = builder.objectRef<BridgeTableSource>('ReportBridgeTable').implement({
  description: 'A column of money of a table: old + Σ differences of its lines = new.',
  fields: (t) => ({
    heading: t.exposeString('heading', { description: 'Of its section' }),
    title: t.exposeString('title'),
    column: t.exposeString('column'),
    old: t.expose('old', { type: 'Decimal' }),
    new: t.expose('new', { type: 'Decimal' }),
    difference: t.expose('difference', { type: 'Decimal' }),
    lines: t.field({ type: [ReportBridgeLine], ...facts({ size: 20 }), resolve: ({ lines }) => lines }),
  }),
})

const ReportBridge = builder.objectRef<BridgeSource>('ReportBridge').implement({
  description: 'From the edition that is restated to this one: every figure and every sum of a table that is another.',
  fields: (t) => ({
    from: t.int({ description: 'Number of the edition that is restated', resolve: ({ number }) => number }),
    currency: t.field({ type: 'CurrencyCode', resolve: ({ before }) => before.currency }),
    figures: t.field({ type: [ReportBridgeLine], ...facts({ size: 20 }), resolve: ({ figures }) => figures }),
    tables: t.field({ type: [ReportBridgeTable], ...facts({ size: 10 }), resolve: ({ tables }) => tables }),
  }),
})

export const ReportEdition = builder.objectRef<ReportEditionRecord>('ReportEdition').implement({
  description: 'What a report said, kept as it was written.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ReportEdition', id) }),
    number: t.exposeInt('number'),
    restates: t.int({
      nullable: true,
      description: 'Number of the edition that it restates; null for the first',
      resolve: ({ number }) => (number === 1 ? null : number - 1),
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why it restates it' }),
    sha256: t.exposeString('sha256', { description: 'Of the canonical text of what it says, hexadecimal' }),
    snapshotId: t.exposeString('snapshotId', { description: 'The beginning of the SHA-256 of `snapshot`' }),
    snapshot: t.field({
      type: 'JSONObject',
      description:
        'What it was made from: instant, version of prices and settings, state of the sums, closed months with their editions',
      resolve: ({ snapshot }) => JSON.parse(snapshot) as Record<string, unknown>,
    }),
    requestedBy: t.exposeString('requestedBy'),
    writtenAt: t.expose('writtenAt', { type: 'DateTime' }),
    files: t.field({
      type: [ReportFile],
      ...facts({ size: 4 }),
      resolve: (edition, _args, context) => filesOf(context, edition),
    }),
    headline: t.field({
      description: 'The figures that it opens with',
      type: [ReportFigure],
      ...facts({ cost: 2, size: 8 }),
      resolve: (edition, _args, context) => headlineFigures(context, edition),
    }),
    bridge: t.field({
      description: 'null for the first edition',
      type: ReportBridge,
      nullable: true,
      ...facts({ cost: 5 }),
      resolve: (edition, _args, context) => bridgeTo(context, edition),
    }),
    deliveries: t.field({
      type: [ReportDelivery],
      ...facts({ size: 5 }),
      resolve: (edition, _args, context) => deliveriesOf(context, edition),
    }),
  }),
})

export const Report = builder.objectRef<ReportRecord>('Report').implement({
  description: 'A report of a kind, some days and, for a statement, a client. Its editions are kept for ever.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Report', id) }),
    kind: t.field({ type: ReportKind, resolve: ({ kind }) => kind }),
    client: t.field({
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    from: t.expose('from', { type: 'Date' }),
    to: t.expose('to', { type: 'Date', description: 'The first day after it' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    editionCount: t.int({ resolve: ({ editions }) => editions }),
    editions: t.field({
      description: 'At most 100, the newest first',
      type: [ReportEdition],
      ...facts({ size: 3 }),
      resolve: (report, _args, context) => editionsOf(context, report),
    }),
    runs: t.field({
      description: 'The latest 20, the newest first',
      type: [ReportRun],
      ...facts({ size: 3 }),
      resolve: (report, _args, context) => runsOf(context, report),
    }),
  }),
})
