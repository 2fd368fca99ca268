import type {
  ClientAgreement,
  ClientDaily,
  ClientLine,
  ClientRate,
  ClientTask,
  ClientView,
} from '@outlay/domain/audience/client-view'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { TenantBrand } from '../tenant/tenant-brand.type.ts'
import { UserError, type UserErrorSource } from '../user-error.schema.ts'
import { askAboutMonth, ownView, previewOf } from './client-view.service.ts'

/* Field by field what domain/src/audience/client-view.ts allows: a client asks for these types, so nothing that the firm keeps to itself is in them. */

const Line = builder.objectRef<ClientLine>('ClientChargeLine').implement({
  description: 'A part of what a client is charged, as the client may see it.',
  fields: (t) => ({
    what: t.exposeString('what', { description: 'In plain words' }),
    quantity: t.field({ type: 'Decimal', nullable: true, resolve: ({ quantity }) => quantity }),
    unit: t.exposeString('unit', { nullable: true }),
    unitPrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ unitPrice }) => unitPrice }),
    amount: t.field({ type: 'Decimal', resolve: ({ amount }) => amount }),
  }),
})

const Rate = builder.objectRef<ClientRate>('ClientRate').implement({
  description: 'Something that was agreed with a client: a price, or a quantity that is included.',
  fields: (t) => ({
    what: t.exposeString('what'),
    amount: t.field({ type: 'Decimal', nullable: true, resolve: ({ amount }) => amount }),
    quantity: t.field({ type: 'Decimal', nullable: true, resolve: ({ quantity }) => quantity }),
    unit: t.exposeString('unit', { nullable: true }),
  }),
})

const Allowance = builder.objectRef<NonNullable<ClientAgreement['allowance']>>('ClientAllowance').implement({
  description: 'What the monthly fee of a retainer pays for, and how much of it was used.',
  fields: (t) => ({
    unit: t.exposeString('unit'),
    included: t.field({
      type: 'Decimal',
      description: 'Of this month, and carried over from months before',
      resolve: ({ included }) => included,
    }),
    used: t.field({ type: 'Decimal', description: 'Within it and beyond it', resolve: ({ used }) => used }),
    left: t.field({ type: 'Decimal', resolve: ({ left }) => left }),
  }),
})

const Daily = builder.objectRef<ClientDaily>('ClientDaily').implement({
  description: 'What an engagement charges or counts, day by day.',
  fields: (t) => ({
    what: t.exposeString('what', { description: 'In plain words' }),
    unit: t.exposeString('unit', { nullable: true, description: 'Of quantities; null: amounts' }),
    values: t.field({
      type: ['Decimal'],
      description: 'One for each day charged',
      ...facts({ size: 31 }),
      resolve: ({ values }) => values,
    }),
    rest: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Of amounts: what of the total is of no single day',
      resolve: ({ rest }) => rest,
    }),
  }),
})

const Agreement = builder.objectRef<ClientAgreement>('ClientAgreement').implement({
  description: 'What an engagement charges its client for a month.',
  fields: (t) => ({
    project: t.exposeString('project', { nullable: true, description: 'null: all work outside projects with terms' }),
    model: t.exposeString('model', { description: 'As BillingModel' }),
    words: t.exposeString('words', { description: 'How it is charged' }),
    since: t.field({ type: 'Date', resolve: ({ since }) => since }),
    from: t.field({ type: 'Date', description: 'The days charged, half-open', resolve: ({ from }) => from }),
    to: t.field({ type: 'Date', resolve: ({ to }) => to }),
    rates: t.field({ type: [Rate], ...facts({ size: 10 }), resolve: ({ rates }) => rates }),
    lines: t.field({ type: [Line], ...facts({ size: 10 }), resolve: ({ lines }) => lines }),
    total: t.field({ type: 'Decimal', description: 'Σ amount of the lines', resolve: ({ total }) => total }),
    allowance: t.field({ type: Allowance, nullable: true, resolve: ({ allowance }) => allowance }),
    daily: t.field({
      type: [Daily],
      description: 'As far as it charges or counts by day',
      ...facts({ size: 2 }),
      resolve: ({ daily }) => daily,
    }),
    isProvisional: t.exposeBoolean('isProvisional', { description: 'Some of the work has no price yet' }),
  }),
})

const Task = builder.objectRef<ClientTask>('ClientTask').implement({
  description: 'A task as its client is told of it.',
  fields: (t) => ({
    title: t.exposeString('title'),
    project: t.exposeString('project', { nullable: true }),
    deliveredOn: t.field({
      type: 'Date',
      nullable: true,
      description: 'null: still being worked on',
      resolve: ({ deliveredOn }) => deliveredOn,
    }),
    ran: t.exposeString('ran', { description: 'What ran for it, in plain words' }),
    why: t.exposeString('why', { description: 'How it is charged, in plain words' }),
    charge: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'null where nothing is charged by task',
      resolve: ({ charge }) => charge,
    }),
  }),
})

const Day = builder.objectRef<ClientView['days'][number]>('ClientDay').implement({
  description: 'A day of a month. Tokens and invocations are there only where an agreement counts them.',
  fields: (t) => ({
    day: t.field({ type: 'Date', resolve: ({ day }) => day }),
    delivered: t.exposeInt('delivered'),
    tokens: t.field({ type: 'Decimal', nullable: true, resolve: ({ tokens }) => tokens }),
    invocations: t.field({ type: 'Decimal', nullable: true, resolve: ({ invocations }) => invocations }),
  }),
})

const View = builder.objectRef<ClientView>('ClientView').implement({
  description: 'A month of a client’s work as the client is shown it: amounts are of `currency`, as charged.',
  fields: (t) => ({
    firm: t.exposeString('firm'),
    brand: t.field({ type: TenantBrand, nullable: true, resolve: ({ brand }) => brand }),
    client: t.exposeString('client'),
    month: t.field({ type: 'Date', resolve: ({ month }) => month }),
    to: t.field({ type: 'Date', description: 'The first day after it', resolve: ({ to }) => to }),
    isSoFar: t.exposeBoolean('isSoFar', { description: 'Days of it are still to come' }),
    currency: t.exposeString('currency'),
    timeZone: t.exposeString('timeZone'),
    agreements: t.field({ type: [Agreement], ...facts({ size: 10 }), resolve: ({ agreements }) => agreements }),
    total: t.field({ type: 'Decimal', description: 'Σ total of the agreements', resolve: ({ total }) => total }),
    delivered: t.exposeInt('delivered', { description: 'Tasks delivered in the month' }),
    taskCount: t.exposeInt('taskCount', { description: 'Of all tasks there are to show' }),
    tasks: t.field({
      type: [Task],
      description: 'The latest delivered first, at most 100; the statement has all',
      ...facts({ size: 30 }),
      resolve: ({ tasks }) => tasks,
    }),
    days: t.field({ type: [Day], ...facts({ size: 31 }), resolve: ({ days }) => days }),
  }),
})

builder.queryFields((t) => ({
  clientView: t.field({
    description: 'A month of their own work, for a login of a client',
    type: View,
    args: { month: t.arg({ type: 'Date', required: true, description: 'Its first day' }) },
    ...facts({ action: 'client.own', cost: 50 }),
    resolve: (_root, { month }, context) => ownView(context, month),
  }),
  clientPreview: t.field({
    description: 'What a client is shown of a month: the same as behind its links and for its logins',
    type: View,
    nullable: true,
    args: {
      clientKey: t.arg.string({ required: true }),
      month: t.arg({ type: 'Date', required: true, description: 'Its first day' }),
    },
    ...facts({ action: 'transparency.read', cost: 50 }),
    resolve: (_root, args, context) => previewOf(context, args),
  }),
}))

const AskQuestionPayload = builder.objectRef<{ userErrors: UserErrorSource[] }>('AskQuestionPayload').implement({
  fields: (t) => ({ userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }) }),
})

builder.mutationField('askQuestion', (t) =>
  t.field({
    description: 'Asks the firm about a month, for a login of a client; the firm finds it with the client’s page',
    type: AskQuestionPayload,
    args: {
      month: t.arg({ type: 'Date', required: true, description: 'Its first day' }),
      body: t.arg.string({ required: true, description: '1 to 1,000 characters' }),
    },
    ...facts({ action: 'client.own', cost: 5, audit: 'NEVER' }),
    resolve: (_root, args, context) => askAboutMonth(context, args),
  }),
)
