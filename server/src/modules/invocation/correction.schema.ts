import type { CorrectionRecord } from '@outlay/db/corrections/correction'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { MoneyInput } from '../money/money.schema.ts'
import { UserError, type UserErrorSource } from '../user-error.schema.ts'
import { InvocationCorrection } from './correction.type.ts'
import { replaceInvocation, voidInvocation } from './correction.service.ts'
import { InvocationKind } from './invocation-kind.schema.ts'
import { UsageInput } from './usage-input.ts'

const CorrectionPayload = builder
  .objectRef<{ correction: CorrectionRecord | null; userErrors: UserErrorSource[] }>('CorrectionPayload')
  .implement({
    fields: (t) => ({
      correction: t.field({
        type: InvocationCorrection,
        nullable: true,
        resolve: (payload) => payload.correction,
      }),
      userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
    }),
  })

const VoidInvocationInput = builder.inputType('VoidInvocationInput', {
  fields: (t) => ({
    id: t.string({ required: true, description: "The sender's own id of the invocation" }),
    reason: t.string({ required: true, description: 'Why; 1 to 1,000 characters' }),
  }),
})

const InvocationReplacementInput = builder.inputType('InvocationReplacementInput', {
  description:
    'What is to be different. A field that is left out keeps the value of the original; null clears it, except for kind, occurredAt and usage, which an invocation always has. Lists and objects are replaced whole.',
  fields: (t) => ({
    agent: t.string(),
    task: t.string(),
    client: t.string(),
    project: t.string(),
    trace: t.string(),
    span: t.string(),
    parentSpan: t.string(),
    kind: t.field({ type: InvocationKind }),
    provider: t.string(),
    resource: t.string(),
    name: t.string(),
    occurredAt: t.field({ type: 'DateTime' }),
    endedAt: t.field({ type: 'DateTime' }),
    usage: t.field({ type: [UsageInput] }),
    sharedKey: t.string(),
    reportedCost: t.field({ type: MoneyInput }),
    qualifiers: t.field({ type: 'JSONObject' }),
    failure: t.string(),
  }),
})

const ReplaceInvocationInput = builder.inputType('ReplaceInvocationInput', {
  fields: (t) => ({
    id: t.string({ required: true, description: "The sender's own id of the invocation, or that of a replacement" }),
    reason: t.string({ required: true, description: 'Why; 1 to 1,000 characters' }),
    replacement: t.field({ type: InvocationReplacementInput, required: true }),
  }),
})

builder.mutationFields((t) => ({
  voidInvocation: t.field({
    description:
      'Lets a recorded event count nothing any more. It stays, with who, when and why; its id stays taken, so a retry is a duplicate.',
    type: CorrectionPayload,
    args: { input: t.arg({ type: VoidInvocationInput, required: true }) },
    ...facts({ action: 'rating.correct', cost: 50 }),
    resolve: (_root, args, context) => voidInvocation(context, args.input),
  }),
  replaceInvocation: t.field({
    description:
      'Voids a recorded event and records another in its place, rated by its own occurredAt. Its id begins with cor_; it can be corrected again.',
    type: CorrectionPayload,
    args: { input: t.arg({ type: ReplaceInvocationInput, required: true }) },
    ...facts({ action: 'rating.correct', cost: 50 }),
    resolve: (_root, args, context) => replaceInvocation(context, args.input),
  }),
}))
