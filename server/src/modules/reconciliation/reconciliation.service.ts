import {
  compareStatements,
  type AcceptedVariance,
  type ComparedDay,
  type Comparison,
} from '@outlay/db/reconciliation/compare-statements'
import { DomainError } from '@outlay/domain/errors'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import type { AllocationMethod, UsageBasis } from '@outlay/domain/allocation/policy'
import { checkNote, checkReason } from '@outlay/domain/invocation/reason'
import { formatMoney, minorUnits } from '@outlay/domain/money/currency'
import { roundHalfEven, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, type CalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import { providerName } from '@outlay/domain/reconciliation/names'
import type { Cause } from '@outlay/domain/reconciliation/variance'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import { checkedRange } from '../../reads/period.ts'
import { createPool, type PoolPayloadSource } from '../pool/pool.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export type RowSource = ComparedDay
export type AcceptedSource = AcceptedVariance
export type ReconciliationSource = Comparison

/** Compares the statements of some UTC days with the ledger. Throws BAD_USER_INPUT, and QUERY_TOO_COMPLEX beyond 50,000 lines or sums. */
export async function openReconciliation(
  { db, tenant, services }: Context,
  asked: DateRange & { provider?: string | null },
): Promise<ReconciliationSource> {
  const { from, to } = checkedRange(asked)
  const prices = () => services.prices(tenant.id)
  try {
    return await compareStatements(
      db,
      { currency: tenant.currency, prices },
      { from, to, provider: asked.provider ?? null },
    )
  } catch (error) {
    if (error instanceof DomainError && error.code === 'TOO_MANY_LINES')
      throw apiError('QUERY_TOO_COMPLEX', error.message)
    throw error
  }
}

export interface AcceptedPayloadSource {
  accepted: number
  amount: Fixed18
  userErrors: UserErrorSource[]
}

interface AcceptInput {
  from: CalendarDate
  to: CalendarDate
  provider: string
  resource?: string | null
  cause: Cause
  reason: string
}

/** Accepts every variance of a cause on some days of a provider, or of one of its resources, as it is now. */
export async function acceptVariance(context: Context, input: AcceptInput): Promise<AcceptedPayloadSource> {
  const { cause, resource = null } = input
  const nothing = (error: UserErrorSource) => ({ accepted: 0, amount: 0n, userErrors: [error] })
  let reason: string
  try {
    reason = checkReason(input.reason, 'Accepting a variance needs a reason; it stays beside it.')
  } catch (error) {
    return nothing(userErrorOf(error))
  }
  const { rows } = await openReconciliation(context, input)
  const variances = rows
    .filter((row) => row.causes[cause] !== 0n && (resource === null || row.resource === resource))
    .map((row) => ({ provider: row.provider, day: row.day, resource: row.resource, cause, amount: row.causes[cause] }))
  if (variances.length === 0) {
    return nothing({ code: 'NOT_FOUND', message: `There is no variance of ${cause} there.`, field: ['input', 'cause'] })
  }
  const by = await actorOf(context)
  await context.services.reconciliation.accept(context.tenant.id, { variances, reason, by })
  const amount = variances.reduce((sum, variance) => sum + variance.amount, 0n)
  return { accepted: variances.length, amount, userErrors: [] }
}

interface UnattributedInput {
  provider: string
  month: CalendarDate
  method: AllocationMethod
  basis?: UsageBasis | null
  note?: string | null
}

/**
 * Makes a cost pool of what a provider invoiced for a month and nothing explains, in whole minor units; what was accepted is left out.
 * The pool's name says where it comes from, so that a repeated request is refused as a conflict.
 */
export async function poolUnattributed(context: Context, input: UnattributedInput): Promise<PoolPayloadSource> {
  const { currency } = context.tenant
  try {
    const month = checkMonth(input.month, 'month')
    checkNote(input.note ?? null, 'note')
    const { rows } = await openReconciliation(context, {
      from: month,
      to: addMonths(month, 1),
      provider: input.provider,
    })
    const amount = roundHalfEven(unexplainedOf(rows), minorUnits(currency))
    const provider = providerName(input.provider)
    if (amount === 0n) {
      const message = `Nothing of ${provider} is unexplained in ${month.slice(0, 7)}; there is nothing to share.`
      throw new DomainError('NOTHING_UNEXPLAINED', message, 'provider')
    }
    return await createPool(context, {
      name: `Unattributed: ${provider} ${month.slice(0, 7)}`,
      category: 'OTHER',
      recurrence: 'ONCE',
      month,
      amount: formatMoney(amount, currency),
      method: input.method,
      basis: input.basis ?? 'INVOCATIONS',
      note: input.note ?? null,
    })
  } catch (error) {
    return { costPool: null, userErrors: [userErrorOf(error)] }
  }
}

function unexplainedOf(rows: readonly RowSource[]): Fixed18 {
  return rows.reduce((sum, { causes, accepted }) => {
    const isAccepted = accepted.some(({ cause, isCurrent }) => cause === 'UNEXPLAINED' && isCurrent)
    return isAccepted ? sum : sum + causes.UNEXPLAINED
  }, 0n)
}

function userErrorOf(error: unknown): UserErrorSource {
  if (!(error instanceof DomainError)) throw error
  return { code: error.code, message: error.message, field: error.field === undefined ? null : ['input', error.field] }
}
