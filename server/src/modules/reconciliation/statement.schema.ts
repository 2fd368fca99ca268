import type { StatementRecord } from '@outlay/db/sql/read-reconciliation'
import type { Mapping } from '@outlay/domain/csv-import/field-map'
import { LINE_KINDS, STATEMENT_FORMATS, type ProviderLine } from '@outlay/domain/reconciliation/provider-line'
import type { RefusedLine } from '@outlay/domain/reconciliation/provider-line'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { EndedPayload } from '../ended-payload.schema.ts'
import { Money } from '../money/money.schema.ts'
import { UserError } from '../user-error.schema.ts'
import {
  importStatement,
  listStatements,
  removeStatement,
  repeatedLines,
  SHOWN_MAX,
  type ImportSource,
} from './statement.service.ts'

const StatementFormat = builder.enumType('StatementFormat', {
  description:
    'OPENAI_COSTS and OPENAI_USAGE: answers of /v1/organization/costs and /usage/completions. ANTHROPIC_COST and ANTHROPIC_USAGE: answers of /v1/organizations/cost_report and /usage_report/messages. FOCUS_CSV: FOCUS 1.x. CSV: any, with a map of its columns.',
  values: STATEMENT_FORMATS,
})

const ProviderLineKind = builder.enumType('ProviderLineKind', {
  description: 'ADJUSTMENT: money without usage behind it, such as a purchase or the correction of an earlier invoice.',
  values: LINE_KINDS,
})

const ProviderStatement = builder.objectRef<StatementRecord>('ProviderStatement').implement({
  description: 'An invoice or export of a provider that was imported.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ProviderStatement', id) }),
    name: t.exposeString('name'),
    format: t.field({ type: StatementFormat, resolve: ({ format }) => format }),
    firstDay: t.expose('firstDay', { type: 'Date' }),
    lastDay: t.expose('lastDay', { type: 'Date' }),
    providers: t.exposeStringList('providers'),
    lines: t.exposeInt('lines'),
    importedBy: t.exposeString('importedBy'),
    importedAt: t.expose('importedAt', { type: 'DateTime' }),
  }),
})

builder.queryField('providerStatements', (t) =>
  t.field({
    description: 'The statements that are there, the latest days first; at most 200',
    type: [ProviderStatement],
    ...facts({ action: 'reconciliation.read', cost: 2, size: 20 }),
    resolve: (_root, _args, context) => listStatements(context),
  }),
)

const ProviderLineType = builder.objectRef<ProviderLine>('ProviderLine').implement({
  fields: (t) => ({
    reference: t.exposeString('reference', { description: 'Where it stands in the file' }),
    provider: t.exposeString('provider'),
    day: t.expose('day', { type: 'Date', description: 'In UTC' }),
    account: t.exposeString('account', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    meter: t.exposeString('meter', { nullable: true }),
    tier: t.exposeString('tier', { nullable: true }),
    kind: t.field({ type: ProviderLineKind, resolve: ({ kind }) => kind }),
    quantity: t.field({
      type: 'Decimal',
      nullable: true,
      resolve: ({ quantity }) => (quantity === null ? null : formatQuantity(quantity)),
    }),
    amount: t.field({
      type: Money,
      nullable: true,
      resolve: ({ amount, currency }) => (amount === null || currency === null ? null : { amount, currency }),
    }),
  }),
})

const RefusedProviderLine = builder.objectRef<RefusedLine>('RefusedProviderLine').implement({
  fields: (t) => ({ reference: t.exposeString('reference'), reason: t.exposeString('reason') }),
})

const LineMapping = builder.objectRef<Mapping>('LineMapping').implement({
  description: 'Where a field of a line comes from: a column, or one text for all lines.',
  fields: (t) => ({
    field: t.exposeString('field'),
    column: t.string({
      nullable: true,
      resolve: ({ source }) => (source.kind === 'column' ? source.column : null),
    }),
    text: t.string({ nullable: true, resolve: ({ source }) => (source.kind === 'constant' ? source.text : null) }),
  }),
})

const LineMappingInput = builder.inputType('LineMappingInput', {
  fields: (t) => ({
    field: t.string({
      required: true,
      description: 'provider, day, account, resource, meter, tier, quantity, amount, currency, kind or fxRate',
    }),
    column: t.string(),
    text: t.string(),
  }),
})

const ImportProviderStatementInput = builder.inputType('ImportProviderStatementInput', {
  fields: (t) => ({
    name: t.string({ required: true, description: 'Such as that of the file' }),
    format: t.field({ type: StatementFormat, required: true }),
    text: t.string({
      required: true,
      description:
        'The file; several JSON answers as one list. At most 3,500,000 characters; POST /v1/statements takes more',
    }),
    mapping: t.field({ type: [LineMappingInput], description: 'For CSV; guessed by the headings when absent' }),
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Says what would be stored, and stores nothing',
    }),
    withoutRefused: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Stores the lines that can be read although others cannot',
    }),
  }),
})

const ImportProviderStatementPayload = builder.objectRef<ImportSource>('ImportProviderStatementPayload').implement({
  description: 'What became of a file, or would.',
  fields: (t) => ({
    statement: t.field({ type: ProviderStatement, nullable: true, resolve: ({ statement }) => statement }),
    isRepeat: t.exposeBoolean('isRepeat', { description: 'The same file was there already; nothing was changed' }),
    lineCount: t.int({ resolve: ({ lines }) => lines.length }),
    repeatedCount: t.int({
      description: 'Lines that are the same as one before them; they are kept, and a day stated twice is named as that',
      resolve: ({ lines }) => repeatedLines(lines),
    }),
    lines: t.field({
      description: `The first ${SHOWN_MAX}`,
      type: [ProviderLineType],
      ...facts({ size: SHOWN_MAX }),
      resolve: ({ lines }) => lines.slice(0, SHOWN_MAX),
    }),
    refusedCount: t.int({ resolve: ({ refused }) => refused.length }),
    refused: t.field({
      description: `The first ${SHOWN_MAX}`,
      type: [RefusedProviderLine],
      ...facts({ size: SHOWN_MAX }),
      resolve: ({ refused }) => refused.slice(0, SHOWN_MAX),
    }),
    columns: t.exposeStringList('columns', { description: 'Of a CSV' }),
    mapping: t.field({ type: [LineMapping], resolve: ({ mapping }) => mapping }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

builder.mutationFields((t) => ({
  importProviderStatement: t.field({
    description:
      'Imports an invoice or export of a provider. The same file again changes nothing and is told so; with a line that cannot be read nothing is stored, unless the others are asked for alone.',
    type: ImportProviderStatementPayload,
    args: { input: t.arg({ type: ImportProviderStatementInput, required: true }) },
    ...facts({ action: 'reconciliation.manage', cost: 500 }),
    resolve: (_root, { input }, context) => importStatement(context, input),
  }),
  removeProviderStatement: t.field({
    description: 'Removes a statement and its lines, as when it was read with a wrong map',
    type: EndedPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'reconciliation.manage', cost: 5 }),
    resolve: (_root, { id }, context) => removeStatement(context, uuidOf('ProviderStatement', id, 'id')),
  }),
}))
