import { facts } from '../../graphql/builder-type.ts'
import { builder } from '../../graphql/builder.ts'
import { UserError } from '../user-error.schema.ts'
import { AllocationPolicy } from './allocation-policy.ref.ts'
import { changePolicy, draftPolicy, movePolicy, type PolicyPayloadSource } from './allocation-policy.service.ts'
import './allocation-policy.type.ts'
import { AllocationMethod, UsageBasis } from './policy.enums.ts'
import { policyFields } from './policy.input.ts'

const AllocationPolicyPayload = builder.objectRef<PolicyPayloadSource>('AllocationPolicyPayload').implement({
  fields: (t) => ({
    policy: t.field({ type: AllocationPolicy, nullable: true, resolve: (payload) => payload.policy }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

function versionFields(t: Parameters<typeof policyFields>[0]) {
  return {
    ...policyFields(t),
    effectiveFrom: t.field({ type: 'Date', required: true, description: 'First day of a month of the pool' }),
    method: t.field({ type: AllocationMethod, required: true }),
    basis: t.field({ type: UsageBasis, description: 'For USAGE; INVOCATIONS when absent' }),
    note: t.string(),
  }
}

const AllocationPolicyInput = builder.inputType('AllocationPolicyInput', {
  description: 'All that a version says; what is left out has its default.',
  fields: versionFields,
})

const DraftAllocationPolicyInput = builder.inputType('DraftAllocationPolicyInput', {
  fields: (t) => ({ poolId: t.id({ required: true }), ...versionFields(t) }),
})

const POLICY = facts({ action: 'allocation.policy', cost: 50 })

builder.mutationFields((t) => ({
  draftAllocationPolicy: t.field({
    description: 'Writes the next version of how a pool is split. It counts nothing until it is proposed and approved.',
    type: AllocationPolicyPayload,
    args: { input: t.arg({ type: DraftAllocationPolicyInput, required: true }) },
    ...POLICY,
    resolve: (_root, args, context) => draftPolicy(context, args.input),
  }),
  changeAllocationPolicy: t.field({
    description: 'Puts another content into a draft. What was proposed is changed no more.',
    type: AllocationPolicyPayload,
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: AllocationPolicyInput, required: true }) },
    ...POLICY,
    resolve: (_root, args, context) => changePolicy(context, args),
  }),
  proposeAllocationPolicy: t.field({
    description: 'Asks that a draft be approved.',
    type: AllocationPolicyPayload,
    args: { id: t.arg.id({ required: true }) },
    ...POLICY,
    resolve: (_root, { id }, context) => movePolicy(context, 'proposePolicy', { id }),
  }),
  approveAllocationPolicy: t.field({
    description:
      'Lets a proposed version count from its month on. Who wrote any of it cannot, except with the right to override and a reason, which stays beside it. An API key is no second person.',
    type: AllocationPolicyPayload,
    args: { id: t.arg.id({ required: true }), overrideReason: t.arg.string() },
    ...POLICY,
    resolve: (_root, { id, overrideReason }, context) =>
      movePolicy(context, 'approvePolicy', { id, overrideReason: overrideReason ?? null }),
  }),
  rejectAllocationPolicy: t.field({
    description: 'Says no to a proposed version, and why.',
    type: AllocationPolicyPayload,
    args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
    ...POLICY,
    resolve: (_root, { id, reason }, context) => movePolicy(context, 'rejectPolicy', { id, reason }),
  }),
  withdrawAllocationPolicy: t.field({
    description: 'Takes back a draft or a proposed version.',
    type: AllocationPolicyPayload,
    args: { id: t.arg.id({ required: true }) },
    ...POLICY,
    resolve: (_root, { id }, context) => movePolicy(context, 'withdrawPolicy', { id }),
  }),
  reviewAllocationPolicy: t.field({
    description: 'Says that an approved version was looked at again and stays; it is due again in the next quarter.',
    type: AllocationPolicyPayload,
    args: { id: t.arg.id({ required: true }), note: t.arg.string() },
    ...POLICY,
    resolve: (_root, { id, note }, context) => movePolicy(context, 'reviewPolicy', { id, note: note ?? null }),
  }),
}))
