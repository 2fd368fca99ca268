import type { AnnotationRow } from '@outlay/db/anomalies/read-detector'
import type { DetectorFiring as Firing } from '@outlay/db/anomalies/backtest-detector'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { AlertKind } from '../alert/alert.enums.ts'
import { AlertSubject } from '../alert/alert.type.ts'
import { subjectsOf } from '../alert/alert.service.ts'
import { BudgetScope } from '../budget/budget.schema.ts'
import { Money } from '../money/money.schema.ts'
import { UserError, type UserErrorSource } from '../user-error.schema.ts'
import {
  addAnnotation,
  backtestOf,
  endAnnotation,
  listAnnotations,
  openDetector,
  updateDetector,
  type DetectorBacktestSource,
  type DetectorSource,
} from './anomaly.service.ts'

const DetectorSettings = builder.objectRef<DetectorSource>('DetectorSettings').implement({
  description: 'How the past of agents, clients, projects and resources is judged, and who is told.',
  fields: (t) => ({
    isEnabled: t.exposeBoolean('isEnabled'),
    disabledKinds: t.field({ type: [AlertKind], resolve: ({ disabledKinds }) => [...disabledKinds] }),
    minExcess: t.field({
      description: 'A day has to cost so much more than expected',
      type: Money,
      resolve: ({ settings }, _args, { tenant }) => ({ amount: settings.minExcess, currency: tenant.currency }),
    }),
    coldExcess: t.field({
      description: 'The same for what has only a few days of past',
      type: Money,
      resolve: ({ settings }, _args, { tenant }) => ({ amount: settings.coldExcess, currency: tenant.currency }),
    }),
    escalateAfterMinutes: t.exposeInt('escalateAfterMinutes', {
      nullable: true,
      description: 'What nobody acknowledges for so long becomes more urgent and is told again; null: never',
    }),
    updatedBy: t.exposeString('updatedBy', { nullable: true }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', nullable: true }),
    judgedThrough: t.field({
      description: 'The last day that was judged; null before the first',
      type: 'Date',
      nullable: true,
      resolve: async ({ state }) => (await state()).judgedThrough,
    }),
    series: t.int({ description: 'Series that are watched', resolve: async ({ state }) => (await state()).series }),
    learning: t.int({
      description: 'Of them, those with too little past: only limits apply to them',
      resolve: async ({ state }) => (await state()).learning,
    }),
    recipients: t.int({
      description: 'Live channels that tell anomalies',
      resolve: ({ recipients }) => recipients(),
    }),
    reachesNobody: t.boolean({ resolve: async ({ recipients }) => (await recipients()) === 0 }),
  }),
})

const DetectorInput = builder.inputType('DetectorInput', {
  description: 'What is left out stays as it is.',
  fields: (t) => ({
    isEnabled: t.boolean(),
    disabledKinds: t.field({ type: [AlertKind] }),
    minExcess: t.field({ type: 'Decimal' }),
    coldExcess: t.field({ type: 'Decimal' }),
    escalateAfterMinutes: t.int({ description: '0: never' }),
  }),
})

const DetectorFiring = builder.objectRef<Firing>('DetectorFiring').implement({
  fields: (t) => ({
    firstDay: t.expose('firstDay', { type: 'Date' }),
    lastDay: t.expose('lastDay', { type: 'Date' }),
    kind: t.field({ type: AlertKind, resolve: ({ kind }) => kind }),
    subject: t.field({
      type: [AlertSubject],
      ...facts({ size: 2 }),
      resolve: (firing, _args, context) => subjectsOf(context, firing),
    }),
    impact: t.field({
      type: Money,
      resolve: ({ impact }, _args, { tenant }) => ({ amount: impact, currency: tenant.currency }),
    }),
  }),
})

const DetectorBacktest = builder.objectRef<DetectorBacktestSource>('DetectorBacktest').implement({
  description: 'What the detector would have found; the largest impact first, at most 100.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Date' }),
    to: t.expose('to', { type: 'Date' }),
    firings: t.field({ type: [DetectorFiring], ...facts({ size: 30 }), resolve: ({ firings }) => firings }),
    sentence: t.exposeString('sentence'),
  }),
})

const Annotation = builder.objectRef<AnnotationRow>('Annotation').implement({
  description: 'What somebody knows of a day: from it on, the past before it says nothing about the scope.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Annotation', id) }),
    scope: t.field({ type: BudgetScope, resolve: ({ scope }) => scope }),
    key: t.exposeString('key', { nullable: true }),
    label: t.exposeString('label'),
    day: t.expose('day', { type: 'Date' }),
    note: t.exposeString('note'),
    createdBy: t.exposeString('createdBy'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

const AnnotationInput = builder.inputType('AnnotationInput', {
  fields: (t) => ({
    scope: t.field({ type: BudgetScope, required: true }),
    key: t.string({ description: 'agent/client/project key' }),
    day: t.field({ type: 'Date', required: true }),
    note: t.string({ required: true, description: 'E.g. "Launch of the new campaign"' }),
  }),
})

builder.queryFields((t) => ({
  detector: t.field({
    type: DetectorSettings,
    ...facts({ action: 'detector.read', cost: 3 }),
    resolve: (_root, _args, context) => openDetector(context),
  }),
  detectorBacktest: t.field({
    description: 'What the detector would have found in the last days with these settings, before they are saved',
    type: DetectorBacktest,
    args: {
      input: t.arg({ type: DetectorInput }),
      days: t.arg.int({ required: true, defaultValue: 90, description: '1 to 180' }),
    },
    ...facts({ action: 'detector.read', cost: 500 }),
    resolve: (_root, args, context) => backtestOf(context, args.input ?? {}, args.days),
  }),
  annotations: t.field({
    description: 'The latest day first; of one scope or of all, at most 1,000',
    type: [Annotation],
    args: { scope: t.arg({ type: BudgetScope }), key: t.arg.string() },
    ...facts({ action: 'detector.read', cost: 3, size: 20 }),
    resolve: (_root, args, context) => listAnnotations(context, args),
  }),
}))

const DetectorPayload = builder
  .objectRef<{ detector: DetectorSource | null; userErrors: UserErrorSource[] }>('DetectorPayload')
  .implement({
    fields: (t) => ({
      detector: t.field({ type: DetectorSettings, nullable: true, resolve: ({ detector }) => detector }),
      userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
    }),
  })

const AnnotationPayload = builder
  .objectRef<{ annotation: AnnotationRow | null; userErrors: UserErrorSource[] }>('AnnotationPayload')
  .implement({
    fields: (t) => ({
      annotation: t.field({ type: Annotation, nullable: true, resolve: ({ annotation }) => annotation }),
      userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
    }),
  })

builder.mutationFields((t) => ({
  updateDetector: t.field({
    type: DetectorPayload,
    args: { input: t.arg({ type: DetectorInput, required: true }) },
    ...facts({ action: 'detector.manage', cost: 5 }),
    resolve: (_root, { input }, context) => updateDetector(context, input),
  }),
  addAnnotation: t.field({
    description: 'Explains a day ("launch on 3 October"): the level of its scope begins anew there.',
    type: AnnotationPayload,
    args: { input: t.arg({ type: AnnotationInput, required: true }) },
    ...facts({ action: 'detector.manage', cost: 5 }),
    resolve: (_root, { input }, context) => addAnnotation(context, input),
  }),
  endAnnotation: t.field({
    description: 'Takes an annotation back.',
    type: AnnotationPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'detector.manage', cost: 5 }),
    resolve: (_root, { id }, context) => endAnnotation(context, uuidOf('Annotation', id, 'id')),
  }),
}))
