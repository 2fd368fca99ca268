import { readBrand } from '@outlay/db/sql/read-brand'
import { readSettings } from '@outlay/db/sql/read-settings'
import { ROLES } from '@outlay/domain/audience/policy'
import { localDay } from '@outlay/domain/periods/local-day'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { limitOf, type TenantInfo } from '../../graphql/context.ts'
import type { TenantMembership } from '../../graphql/services.ts'
import { encodeId } from '../../graphql/ids.ts'
import { clientsOf } from '../client/client.service.ts'
import { Client } from '../client/client.type.ts'
import { UserError, type UserErrorSource } from '../user-error.schema.ts'
import { TenantBrand, TenantBrandInput } from './tenant-brand.type.ts'
import { readDataThrough, readMemberships, readViewer, updateSettings, type ViewerSource } from './tenant.service.ts'

export const RoleEnum = builder.enumType('Role', { description: 'What a person may do in a tenant.', values: ROLES })

const Tenant = builder.objectRef<TenantInfo>('Tenant').implement({
  description: 'The firm that uses Outlay.',
  fields: (t) => ({
    id: t.id({ resolve: (tenant) => encodeId('Tenant', tenant.id) }),
    key: t.exposeString('key'),
    name: t.exposeString('name'),
    currency: t.expose('currency', { description: 'Every amount is reported in it', type: 'CurrencyCode' }),
    timeZone: t.exposeString('timeZone', { description: 'Its days, weeks and months are the days of this zone' }),
    today: t.field({ type: 'Date', resolve: (tenant, _args, { now }) => localDay(now, tenant.timeZone) }),
    dataThrough: t.field({
      description: 'When the latest recorded consumption occurred; null before the first event',
      type: 'DateTime',
      nullable: true,
      ...facts({ action: 'cost.read' }),
      resolve: (_tenant, _args, context) => readDataThrough(context),
    }),
    brand: t.field({
      description: 'Its colours on what clients see; null: none of its own',
      type: TenantBrand,
      nullable: true,
      resolve: (_tenant, _args, { db }) => readBrand(db),
    }),
    useReportedCost: t.boolean({
      description: 'Whether the cost that a sender reports is used where no rate matches',
      nullable: true,
      ...facts({ action: 'rate.read' }),
      resolve: async (_tenant, _args, { db }) => (await readSettings(db)).useReportedCost,
    }),
    isSettled: t.boolean({
      description:
        'Whether currency and time zone can no longer change, because usage, completed tasks, budgets, cost pools or closed months are stored in them',
      nullable: true,
      ...facts({ action: 'rate.read' }),
      resolve: async (_tenant, _args, { db }) => (await readSettings(db)).isSettled,
    }),
  }),
})

const TenantSettingsInput = builder.inputType('TenantSettingsInput', {
  description: 'What is left out stays as it is.',
  fields: (t) => ({
    name: t.string({ description: 'At most 80 characters' }),
    currency: t.field({
      type: 'CurrencyCode',
      description: 'It changes only until usage, a completed task, a budget, a cost pool or a closed month is stored',
    }),
    timeZone: t.string({
      description: 'A name of the tz database such as Europe/London; it changes as the currency does',
    }),
    brand: t.field({ type: TenantBrandInput, description: 'What clients see of the firm' }),
    useReportedCost: t.boolean({
      description:
        'Whether the cost that a sender reports is used where no rate matches. It holds for what is recorded or re-rated from now on.',
    }),
  }),
})

const TenantSettingsPayload = builder
  .objectRef<{ tenant: TenantInfo | null; userErrors: UserErrorSource[] }>('TenantSettingsPayload')
  .implement({
    fields: (t) => ({
      tenant: t.field({ type: Tenant, nullable: true, resolve: (payload) => payload.tenant }),
      userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
    }),
  })

builder.mutationField('updateTenantSettings', (t) =>
  t.field({
    description: 'Changes what is given of the settings of the tenant',
    type: TenantSettingsPayload,
    args: { input: t.arg({ type: TenantSettingsInput, required: true }) },
    ...facts({ action: 'tenant.settings', cost: 10 }),
    resolve: (_root, args, context) => updateSettings(context, args.input),
  }),
)

const ViewerMembership = builder.objectRef<TenantMembership>('ViewerMembership').implement({
  description: 'A tenant the viewer belongs to; the cookie or header outlay_tenant chooses by its key.',
  fields: (t) => ({
    tenantKey: t.exposeString('tenantKey'),
    tenantName: t.exposeString('tenantName'),
    role: t.field({ type: RoleEnum, resolve: (membership) => membership.role }),
    isDemo: t.exposeBoolean('isDemo', { description: 'Whether it holds example data' }),
    isExample: t.exposeBoolean('isExample', {
      description: 'Whether it is the example of another tenant, where it can be removed',
    }),
    exampleOf: t.exposeString('exampleOf', {
      description: 'Key of the tenant whose example it is, if the viewer belongs to that one as well',
      nullable: true,
    }),
  }),
})

const Viewer = builder.objectRef<ViewerSource>('Viewer').implement({
  description:
    'Who asks: a person, or a machine by its key (role ADMIN when the key has the scope admin, else VIEWER).',
  fields: (t) => ({
    id: t.exposeID('id'),
    email: t.exposeString('email', { nullable: true }),
    name: t.exposeString('name', { nullable: true }),
    role: t.field({ type: RoleEnum, resolve: (viewer) => viewer.role }),
    tenant: t.field({ type: Tenant, resolve: (_viewer, _args, { tenant }) => tenant }),
    client: t.field({
      description: 'The client a CLIENT belongs to',
      type: Client,
      nullable: true,
      resolve: (viewer, _args, { loaders }) => (viewer.clientId === null ? null : loaders.client.load(viewer.clientId)),
    }),
    clients: t.field({
      description: 'The clients that a PROJECT_MANAGER is limited to; null for whoever sees all of them',
      type: [Client],
      nullable: true,
      ...facts({ size: 3 }),
      resolve: (_viewer, _args, context) => {
        const clientIds = limitOf(context)
        return clientIds === null ? null : clientsOf(context, clientIds)
      },
    }),
    memberships: t.field({
      type: [ViewerMembership],
      ...facts({ size: 5 }),
      resolve: (_viewer, _args, context) => readMemberships(context),
    }),
  }),
})

builder.queryFields((t) => ({
  viewer: t.field({
    type: Viewer,
    ...facts({ action: 'viewer.read' }),
    resolve: (_root, _args, context) => readViewer(context),
  }),
  tenant: t.field({ type: Tenant, ...facts({ action: 'viewer.read' }), resolve: (_root, _args, { tenant }) => tenant }),
}))
