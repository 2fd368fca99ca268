import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import type {
  AllocationFallback,
  AllocationMethod,
  AllocationPolicyInput,
  CostPoolInput,
  IdleTreatment,
  PoolCategory,
  UsageBasis,
} from '../generated/graphql.ts'
import { CATEGORY_NAMES } from './allocation.ts'
import { readAmountInput, readSignedAmountInput } from './amount-input.ts'
import { addMonths, monthParam, readMonth } from './months.ts'
import { reading, text, Unreadable, type Read } from './read-form.ts'
import { isBasis, isMethod } from './what-if.ts'

/** The fields that say how a pool is split, as the inputs hold them: all of it text. Months are those of month fields, `2026-10`. */
export interface PolicyFields {
  method: AllocationMethod
  basis: UsageBasis
  /** In percent: `21`. */
  rate: string
  /** Keys of agents; none: all that are active. */
  scope: readonly string[]
  /** `PRIOR_PERIOD,EQUAL,HOLD`. */
  fallback: string
  idle: IdleTreatment
  multipliers: readonly { agent: string; times: string }[]
  /** `last` is the last month without a share; empty: until further notice. */
  exemptions: readonly { agent: string; from: string; last: string; reason: string }[]
  feeds: readonly { poolId: string; percent: string }[]
  note: string
}

type PolicyPart = Omit<AllocationPolicyInput, 'effectiveFrom'>

export const FALLBACK_CHAINS: readonly (readonly AllocationFallback[])[] = [
  ['HOLD'],
  ['PRIOR_PERIOD', 'HOLD'],
  ['EQUAL', 'HOLD'],
  ['PRIOR_PERIOD', 'EQUAL', 'HOLD'],
]

export const NEW_POLICY: PolicyFields = {
  method: 'USAGE',
  basis: 'INVOCATIONS',
  rate: '',
  scope: [],
  fallback: 'HOLD',
  idle: 'HELD',
  multipliers: [],
  exemptions: [],
  feeds: [],
  note: '',
}

const HUNDRED = 100n

/** `21` percent is `0.21`; null for what is no percentage from 0 on. */
export function ratioOfPercent(text: string): string | null {
  const plain = readAmountInput(text.replace(/%\s*$/, ''), 4)
  return plain === null ? null : formatFixed18(parseFixed18(plain) / HUNDRED)
}

/** `0.21` is `21`. */
export function percentOfRatio(ratio: string): string {
  return formatFixed18(parseFixed18(ratio) * HUNDRED)
}

/** Rows of fields of one name each, in order: `multiplier.agent` and `multiplier.times` of the third row belong together. */
function rowsOf<Name extends string>(form: FormData, prefix: string, names: readonly Name[]): Record<Name, string>[] {
  const columns = names.map((name) => form.getAll(`${prefix}.${name}`).map((value) => String(value).trim()))
  return (columns[0] ?? []).map(
    (_, row) =>
      Object.fromEntries(names.map((name, column) => [name, columns[column]?.[row] ?? ''])) as Record<Name, string>,
  )
}

function month(value: string, field: string, what: string): string {
  const read = readMonth(value)
  if (read === null) throw new Unreadable(field, `Write ${what} as a year and a month, like 2026-10.`)
  return read
}

function rateOf(form: FormData): string {
  const rate = ratioOfPercent(text(form, 'rate'))
  if (rate === null) throw new Unreadable('rate', 'Write the rate in percent of direct cost, like 21 or 20.5.')
  return rate
}

function readFallback(value: string): AllocationFallback[] {
  const chain = FALLBACK_CHAINS.find((one) => one.join(',') === value)
  return chain === undefined ? ['HOLD'] : [...chain]
}

function policyPart(form: FormData): PolicyPart {
  const method = text(form, 'method')
  const basis = text(form, 'basis')
  if (!isMethod(method)) throw new Unreadable('method', 'Choose a method.')
  return {
    method,
    basis: method === 'USAGE' && isBasis(basis) ? basis : null,
    rate: method === 'OVERHEAD_RATE' ? rateOf(form) : null,
    scope: form.getAll('scope').map(String),
    fallback: readFallback(text(form, 'fallback')),
    idle: text(form, 'idle') === 'SHARED' ? 'SHARED' : 'HELD',
    multipliers: rowsOf(form, 'multiplier', ['agent', 'times']).map(({ agent, times }) => {
      const multiplier = readAmountInput(times)
      if (multiplier === null) throw new Unreadable('multiplier.times', 'Write a multiplier like 0.5, 1.5 or 2.')
      return { agent, multiplier }
    }),
    exemptions: rowsOf(form, 'exemption', ['agent', 'from', 'last', 'reason']).map((row) => {
      if (row.reason === '') throw new Unreadable('exemption.reason', 'Say why the agent takes no share.')
      return {
        agent: row.agent,
        from: month(row.from, 'exemption.from', 'the first month of the exemption'),
        to: row.last === '' ? null : addMonths(month(row.last, 'exemption.last', 'its last month'), 1),
        reason: row.reason,
      }
    }),
    feeds: rowsOf(form, 'feed', ['poolId', 'percent']).map(({ poolId, percent }) => {
      const share = ratioOfPercent(percent)
      if (share === null) throw new Unreadable('feed.percent', 'Write the part that is passed on in percent, like 25.')
      return { poolId, share }
    }),
    note: text(form, 'note') || null,
  }
}

/** The fields of a policy. */
export function readPolicyForm(form: FormData): Read<PolicyPart & { effectiveFrom: string }> {
  return reading(() => ({
    effectiveFrom: month(text(form, 'effectiveFrom'), 'effectiveFrom', 'the month it applies from'),
    ...policyPart(form),
  }))
}

function amountOf(form: FormData): { amount: string; currency: string } {
  const amount = readSignedAmountInput(text(form, 'amount'))
  if (amount === null) throw new Unreadable('amount', 'Write the amount like 312 or 1,250.00; a credit as −50.')
  const currency = text(form, 'currency').toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) throw new Unreadable('currency', 'Write the currency as three letters, like GBP.')
  return { amount, currency }
}

function capacityOf(form: FormData): string | null {
  const written = text(form, 'capacity')
  if (written === '') return null
  const capacity = readAmountInput(written)
  if (capacity === null) throw new Unreadable('capacity', 'Write the capacity as a number, like 50,000.')
  return capacity
}

function isCategory(value: string): value is PoolCategory {
  return Object.hasOwn(CATEGORY_NAMES, value)
}

/** The fields of a new pool, with how it is split. */
export function readPoolForm(form: FormData): Read<CostPoolInput> {
  return reading(() => {
    const name = text(form, 'name')
    if (name === '') throw new Unreadable('name', 'Name the pool.')
    const category = text(form, 'category')
    const isMonthly = text(form, 'recurrence') === 'MONTHLY'
    const lastMonth = text(form, 'lastMonth')
    const resource = text(form, 'resource')
    return {
      name,
      category: isCategory(category) ? category : 'OTHER',
      recurrence: isMonthly ? 'MONTHLY' : 'ONCE',
      month: month(text(form, 'month'), 'month', 'the month'),
      lastMonth: isMonthly && lastMonth !== '' ? month(lastMonth, 'lastMonth', 'the last month') : null,
      amount: amountOf(form),
      resource: resource === '' ? null : { provider: text(form, 'provider') || null, name: resource },
      capacity: capacityOf(form),
      ...policyPart(form),
    }
  })
}

/** What a pool comes to from a month on. */
export function readAmountForm(
  form: FormData,
  currency: string,
): Read<{ fromMonth: string; amount: { amount: string; currency: string }; note: string | null }> {
  return reading(() => {
    const amount = readSignedAmountInput(text(form, 'amount'))
    if (amount === null) throw new Unreadable('amount', 'Write the amount like 312 or 1,250.00; a credit as −50.')
    return {
      fromMonth: month(text(form, 'fromMonth'), 'fromMonth', 'the month it applies from'),
      amount: { amount, currency },
      note: text(form, 'note') || null,
    }
  })
}

interface StoredPolicy {
  method: AllocationMethod
  basis?: UsageBasis | null
  rate?: string | null
  scope: readonly { key: string }[]
  fallback: readonly AllocationFallback[]
  idle: IdleTreatment
  multipliers: readonly { agent: { key: string }; multiplier: string }[]
  exemptions: readonly { agent: { key: string }; from: string; to?: string | null; reason: string }[]
  feeds: readonly { pool: { id: string }; share: string }[]
  note?: string | null
}

/** Fields that hold a policy as it is, so that reading them back gives the same policy. */
export function fieldsOfPolicy(policy: StoredPolicy): PolicyFields {
  return {
    method: policy.method,
    basis: policy.basis ?? 'INVOCATIONS',
    rate: policy.rate == null ? '' : percentOfRatio(policy.rate),
    scope: policy.scope.map((agent) => agent.key),
    fallback: policy.fallback.join(','),
    idle: policy.idle,
    multipliers: policy.multipliers.map(({ agent, multiplier }) => ({ agent: agent.key, times: multiplier })),
    exemptions: policy.exemptions.map(({ agent, from, to, reason }) => ({
      agent: agent.key,
      from: monthParam(from),
      last: to == null ? '' : monthParam(addMonths(to, -1)),
      reason,
    })),
    feeds: policy.feeds.map(({ pool, share }) => ({ poolId: pool.id, percent: percentOfRatio(share) })),
    note: policy.note ?? '',
  }
}
