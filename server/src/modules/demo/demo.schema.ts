import type { DemoDataRow } from '@outlay/db/sql/read-demo-data'
import { demoKey } from '@outlay/db/demo/own-demo'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { UserError, type UserErrorSource } from '../user-error.schema.ts'
import { findDemoData, loadDemoData, removeDemoData } from './demo.service.ts'

const DemoDataState = builder.enumType('DemoDataState', {
  description: 'FAILED: it was given up in the middle; load it again, or remove it.',
  values: ['QUEUED', 'LOADING', 'READY', 'FAILED', 'REMOVING'] as const,
})

const DemoData = builder.objectRef<DemoDataRow>('DemoData').implement({
  description:
    'Example data: a tenant of its own with four agents and eight clients, in which nothing mixes with what is real.',
  fields: (t) => ({
    state: t.field({ type: DemoDataState, resolve: ({ state }) => state }),
    percent: t.exposeInt('percent', { description: 'How much of it is loaded, 0 to 100' }),
    tenantKey: t.string({
      description: 'The key of the tenant that is the example; who asked for it belongs to it once it is READY',
      resolve: ({ demoId }) => demoKey(demoId),
    }),
    requestedBy: t.exposeString('requestedBy'),
    requestedAt: t.expose('requestedAt', { type: 'DateTime', description: 'The example looks as at this instant' }),
  }),
})

const DemoDataPayload = builder
  .objectRef<{ demoData: DemoDataRow | null; userErrors: UserErrorSource[] }>('DemoDataPayload')
  .implement({
    fields: (t) => ({
      demoData: t.field({ type: DemoData, nullable: true, resolve: (payload) => payload.demoData }),
      userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
    }),
  })

builder.queryField('demoData', (t) =>
  t.field({
    description: 'The example data of the tenant; null when there is none',
    type: DemoData,
    nullable: true,
    ...facts({ action: 'demo.manage', cost: 1 }),
    resolve: (_root, _args, context) => findDemoData(context),
  }),
)

builder.mutationFields((t) => ({
  loadDemoData: t.field({
    description:
      'Asks for example data, of which a tenant has one at most; asked again, it is the same. It takes some seconds, and makes the asker its OWNER.',
    type: DemoDataPayload,
    ...facts({ action: 'demo.manage', cost: 10 }),
    resolve: (_root, _args, context) => loadDemoData(context),
  }),
  removeDemoData: t.field({
    description:
      'Removes the example data whole, with what was sent to it. Its members and keys are refused from now on, its rows go within seconds.',
    type: DemoDataPayload,
    ...facts({ action: 'demo.manage', cost: 10 }),
    resolve: (_root, _args, context) => removeDemoData(context),
  }),
}))
