import { EXPORT_FORMATS, EXPORT_STATES } from '@outlay/db/exports/export-job'
import { exportKind } from '@outlay/db/exports/kinds'
import type { ExportRecord } from '@outlay/db/sql/read-exports'
import type { TableKind } from '../../exports/table-kinds.ts'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId } from '../../graphql/ids.ts'
import { DateRangeInput } from '../cost/cost.schema.ts'
import { UserError } from '../user-error.schema.ts'
import {
  findExport,
  listExportKinds,
  listExports,
  sizeOf,
  startExport,
  type ExportPayloadSource,
  type ExportSizeSource,
} from './export.service.ts'

const ExportFormat = builder.enumType('ExportFormat', { values: EXPORT_FORMATS })

const ExportState = builder.enumType('ExportState', {
  description:
    'QUEUED → RUNNING → DONE, which can be fetched until it is EXPIRED, a week later. FAILED: see `error`. A worker that ends is followed by another, which begins anew.',
  values: EXPORT_STATES,
})

const ExportKind = builder.objectRef<TableKind>('ExportKind').implement({
  description: 'A table that can be exported, at /v1/exports/<name>.csv and .xlsx.',
  fields: (t) => ({
    name: t.exposeString('name'),
    label: t.exposeString('label'),
    isOfPeriod: t.exposeBoolean('isOfPeriod', {
      description: 'Its rows are of a period; else they are what stands now',
    }),
    filters: t.stringList({ description: 'What its rows can be filtered by', resolve: ({ filters }) => [...filters] }),
    formats: t.field({
      type: [ExportFormat],
      description: 'What it is written as; PARQUET by `startExport` only',
      resolve: ({ formats }) => [...formats],
    }),
    isJob: t.exposeBoolean('isJob', {
      description: '`startExport` takes it. The others are sums, which need no job however long the period.',
    }),
  }),
})

const Export = builder.objectRef<ExportRecord>('Export').implement({
  description: 'A file that a worker writes, from one snapshot of the rows, for who asked for it.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Export', id) }),
    kind: t.exposeString('kind', { description: 'The name of its ExportKind' }),
    label: t.string({ resolve: ({ kind }) => exportKind(kind)?.label ?? kind }),
    format: t.field({ type: ExportFormat, resolve: ({ format }) => format }),
    state: t.field({ type: ExportState, resolve: ({ state }) => state }),
    from: t.field({ type: 'Date', nullable: true, resolve: ({ rangeFrom }) => rangeFrom }),
    to: t.field({
      type: 'Date',
      nullable: true,
      description: 'The first day after it',
      resolve: ({ rangeTo }) => rangeTo,
    }),
    filters: t.field({ type: 'JSONObject', resolve: ({ filter }) => ({ ...filter }) }),
    rowsDone: t.expose('rowsDone', { type: 'BigInt' }),
    rowsTotal: t.expose('rowsTotal', {
      type: 'BigInt',
      nullable: true,
      description: 'null before they are counted, and where counting took too long',
    }),
    bytes: t.expose('bytes', { type: 'BigInt', description: 'Written so far; of the whole file when it is DONE' }),
    sha256: t.exposeString('sha256', { nullable: true, description: 'Of the whole file, hexadecimal' }),
    error: t.exposeString('error', { nullable: true }),
    requestedBy: t.exposeString('requestedBy', {
      description: 'E-mail address of a person, or the name of an API key',
    }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    doneAt: t.expose('doneAt', { type: 'DateTime', nullable: true }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    download: t.string({
      description: 'Where it is fetched by who asked for it; null unless it is DONE',
      nullable: true,
      resolve: ({ id, state }) => (state === 'DONE' ? `/v1/exports/jobs/${encodeId('Export', id)}` : null),
    }),
  }),
})

const ExportFilterInput = builder.inputType('ExportFilterInput', {
  description: 'Keeps the rows that have one of the values.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'One of the filters of the ExportKind' }),
    values: t.stringList({ required: true }),
  }),
})

const RANGE = 'Where the rows are of a period: which'

const ExportSizeInput = builder.inputType('ExportSizeInput', {
  fields: (t) => ({
    kind: t.string({ required: true, description: 'The name of an ExportKind that is a job' }),
    range: t.field({ type: DateRangeInput, description: RANGE }),
    filters: t.field({ type: [ExportFilterInput] }),
  }),
})

const StartExportInput = builder.inputType('StartExportInput', {
  fields: (t) => ({
    kind: t.string({ required: true, description: 'The name of an ExportKind that is a job' }),
    format: t.field({ type: ExportFormat, required: true }),
    range: t.field({ type: DateRangeInput, description: RANGE }),
    filters: t.field({ type: [ExportFilterInput] }),
  }),
})

const ExportSize = builder.objectRef<ExportSizeSource>('ExportSize').implement({
  fields: (t) => ({
    rows: t.exposeInt('rows', { nullable: true, description: 'null when there are more than an address answers' }),
    needsJob: t.exposeBoolean('needsJob', {
      description: 'There are more rows than an address answers at once: startExport',
    }),
  }),
})

const ExportPayload = builder.objectRef<ExportPayloadSource>('ExportPayload').implement({
  fields: (t) => ({
    export: t.field({ type: Export, nullable: true, resolve: (payload) => payload.export }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

builder.queryFields((t) => ({
  exportKinds: t.field({
    description: 'The tables that the asker may export',
    type: [ExportKind],
    ...facts({ action: 'export.start', size: 20 }),
    resolve: (_root, _args, context) => listExportKinds(context),
  }),
  exports: t.field({
    description: 'The exports that the asker has started, the latest first',
    type: [Export],
    args: { first: t.arg.int({ defaultValue: 20 }) },
    ...facts({ action: 'export.start', cost: 5, size: 20 }),
    resolve: (_root, { first }, context) => listExports(context, first),
  }),
  export: t.field({
    description: 'An export that the asker has started',
    type: Export,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'export.start', cost: 2 }),
    resolve: (_root, { id }, context) => findExport(context, id),
  }),
  exportSize: t.field({
    description: 'Whether an export is small enough to be answered at once',
    type: ExportSize,
    args: { input: t.arg({ type: ExportSizeInput, required: true }) },
    ...facts({ action: 'export.start', cost: 20 }),
    resolve: (_root, { input }, context) => sizeOf(context, input),
  }),
}))

builder.mutationField('startExport', (t) =>
  t.field({
    description: 'Has a worker write all rows of a table into a file',
    type: ExportPayload,
    args: { input: t.arg({ type: StartExportInput, required: true }) },
    ...facts({ action: 'export.start', cost: 20 }),
    resolve: (_root, { input }, context) => startExport(context, input),
  }),
)
