import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { Money } from '../money/money.schema.ts'
import { UserError } from '../user-error.schema.ts'
import {
  adoptCatalogue,
  compareCatalogues,
  listCatalogues,
  type AdoptCatalogueSource,
  type CatalogueDifferenceSource,
  type CatalogueVersionSource,
  type DifferenceEntrySource,
} from './catalogue.service.ts'

const CatalogueVersion = builder.objectRef<CatalogueVersionSource>('CatalogueVersion').implement({
  description:
    'A catalogue of public prices that has been imported. It prices nothing for a tenant that has not adopted it.',
  fields: (t) => ({
    version: t.exposeString('version'),
    publishedOn: t.expose('publishedOn', { type: 'Date', nullable: true, description: 'UTC date' }),
    importedAt: t.expose('importedAt', { type: 'DateTime' }),
    rates: t.exposeInt('rates', { description: 'How many prices it has' }),
    isAdopted: t.exposeBoolean('isAdopted', { description: 'Whether the tenant rates under it' }),
    ageDays: t.exposeInt('ageDays', { nullable: true, description: 'Days since it was published' }),
    isStale: t.exposeBoolean('isStale', { description: 'Older than 45 days' }),
  }),
})

const CatalogueChange = builder.enumType('CatalogueChange', { values: ['ADDED', 'REMOVED', 'CHANGED'] as const })

const CatalogueDifferenceEntry = builder.objectRef<DifferenceEntrySource>('CatalogueDifferenceEntry').implement({
  description: 'A price that another catalogue states otherwise for what occurs in [effectiveFrom, effectiveTo).',
  fields: (t) => ({
    change: t.field({ type: CatalogueChange, resolve: (entry) => entry.change }),
    provider: t.exposeString('provider'),
    resource: t.exposeString('resource', { description: 'The model as the catalogue names it' }),
    meter: t.exposeString('meter'),
    abovePromptTokens: t.expose('abovePromptTokens', { type: 'BigInt', nullable: true }),
    effectiveFrom: t.expose('effectiveFrom', { type: 'DateTime', nullable: true, description: 'null: since ever' }),
    effectiveTo: t.expose('effectiveTo', { type: 'DateTime', nullable: true, description: 'null: until changed' }),
    per: t.expose('per', { type: 'Decimal', description: 'How many units the prices are of' }),
    before: t.field({ type: Money, nullable: true, resolve: (entry) => entry.before }),
    after: t.field({ type: Money, nullable: true, resolve: (entry) => entry.after }),
    ratio: t.expose('ratio', {
      type: 'Decimal',
      nullable: true,
      description: '(after − before) ÷ before; null where one of them is missing or before is 0',
    }),
    isUsed: t.exposeBoolean('isUsed', { description: 'Whether the tenant has used the model' }),
  }),
})

const CatalogueDifference = builder.objectRef<CatalogueDifferenceSource>('CatalogueDifference').implement({
  fields: (t) => ({
    from: t.field({
      description: 'The catalogue that the tenant has adopted',
      type: CatalogueVersion,
      nullable: true,
      resolve: (difference) => difference.from,
    }),
    to: t.field({ type: CatalogueVersion, resolve: (difference) => difference.to }),
    added: t.exposeInt('added'),
    removed: t.exposeInt('removed'),
    changed: t.exposeInt('changed'),
    entries: t.field({
      description: 'By provider, resource, meter and time; at most 5,000, the counts are of all',
      type: [CatalogueDifferenceEntry],
      ...facts({ size: 50 }),
      resolve: (difference) => difference.entries,
    }),
  }),
})

builder.queryFields((t) => ({
  catalogues: t.field({
    description: 'The catalogues of public prices that can be adopted, newest first',
    type: [CatalogueVersion],
    ...facts({ action: 'rate.read', cost: 5, size: 5 }),
    resolve: (_root, _args, context) => listCatalogues(context),
  }),
  catalogueDifference: t.field({
    description:
      'What another catalogue prices otherwise than the adopted one; by default only for the models that the tenant has used.',
    type: CatalogueDifference,
    args: {
      to: t.arg.string({ required: true, description: 'A version' }),
      usedOnly: t.arg.boolean({ required: true, defaultValue: true }),
    },
    ...facts({ action: 'rate.read', cost: 20 }),
    resolve: (_root, args, context) => compareCatalogues(context, args),
  }),
}))

const AdoptCatalogueInput = builder.inputType('AdoptCatalogueInput', {
  fields: (t) => ({ version: t.string({ required: true }) }),
})

const AdoptCataloguePayload = builder.objectRef<AdoptCatalogueSource>('AdoptCataloguePayload').implement({
  fields: (t) => ({
    catalogue: t.field({ type: CatalogueVersion, nullable: true, resolve: (payload) => payload.catalogue }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationField('adoptCatalogue', (t) =>
  t.field({
    description: 'Prices what is recorded from now on by another catalogue. What is rated keeps its prices.',
    type: AdoptCataloguePayload,
    args: { input: t.arg({ type: AdoptCatalogueInput, required: true }) },
    ...facts({ action: 'rate.publish', cost: 20 }),
    resolve: (_root, args, context) => adoptCatalogue(context, args.input.version),
  }),
)
