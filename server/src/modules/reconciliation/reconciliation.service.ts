import {
  COMPARED_MAX,
  readAcceptedVariances,
  readAttributedSums,
  readProviderLines,
  readStatedDays,
  type AcceptedRecord,
  type StatedDays,
} from '@outlay/db/sql/read-reconciliation'
import { FX_RATES_MAX, readFxRates } from '@outlay/db/sql/read-fx-rates'
import { DomainError } from '@outlay/domain/errors'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import type { AllocationMethod, UsageBasis } from '@outlay/domain/allocation/policy'
import { checkNote, checkReason } from '@outlay/domain/invocation/reason'
import { formatMoney, minorUnits } from '@outlay/domain/money/currency'
import { FIXED18_ONE, parseFixed18, roundHalfEven, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, daysBetween, type CalendarDate, type DateRange } from '@outlay/domain/periods/calendar-date'
import { parseInstant } from '@outlay/domain/periods/instant'
import type { AttributedSum } from '@outlay/domain/reconciliation/attributed'
import type { StoredFx } from '@outlay/domain/reconciliation/decompose'
import { knownPrices } from '@outlay/domain/reconciliation/known-prices'
import { providerName } from '@outlay/domain/reconciliation/names'
import { reconcile, type Reconciliation, type ResourceDay } from '@outlay/domain/reconciliation/reconcile'
import type { Cause } from '@outlay/domain/reconciliation/variance'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import { checkedRange } from '../../reads/period.ts'
import { createPool, type PoolPayloadSource } from '../pool/pool.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

/** Two months: what is compared is read from events, not from roll-ups. */
export const RANGE_DAYS_MAX = 62

export interface AcceptedSource extends AcceptedRecord {
  /** Whether the variance still is of the amount that was accepted. */
  isCurrent: boolean
}

export interface RowSource extends ResourceDay {
  accepted: AcceptedSource[]
}

export interface ReconciliationSource extends Omit<Reconciliation, 'rows'> {
  range: DateRange
  provider: string | null
  rows: RowSource[]
  /** Attributed on days for which no statement of the provider is there. */
  uncompared: Fixed18
}

/** Compares the statements of some UTC days with the ledger. Throws BAD_USER_INPUT, and QUERY_TOO_COMPLEX beyond 50,000 lines or sums. */
export async function openReconciliation(
  context: Context,
  asked: DateRange & { provider?: string | null },
): Promise<ReconciliationSource> {
  const { db, tenant, services } = context
  const range = checkedRange(asked)
  if (daysBetween(range.from, range.to) > RANGE_DAYS_MAX) {
    throw new DomainError('INVALID_DATE', `At most ${RANGE_DAYS_MAX} days are compared at once.`, 'range')
  }
  const provider = asked.provider == null ? null : providerName(asked.provider)
  const isAsked = (each: { provider: string }) => provider === null || providerName(each.provider) === provider
  const [stated, allLines, allSums, accepted, fx, prices] = await Promise.all([
    readStatedDays(db, range),
    readProviderLines(db, range),
    readAttributedSums(db, range),
    readAcceptedVariances(db, range),
    readFxRates(db, { ...range, base: null, quote: tenant.currency }),
    services.prices(tenant.id),
  ])
  for (const { length } of [allLines, allSums]) {
    if (length > COMPARED_MAX)
      throw apiError('QUERY_TOO_COMPLEX', `The days have more than ${COMPARED_MAX} lines; ask for fewer days.`)
  }
  if (fx.length > FX_RATES_MAX) throw apiError('QUERY_TOO_COMPLEX', `The days have more than ${FX_RATES_MAX} FX rates.`)
  const isStated = statedOn(stated)
  const sums = allSums.filter(isAsked)
  const attributed = sums.filter(isStated)
  const instants = { start: parseInstant(`${range.from}T00:00:00Z`), end: parseInstant(`${range.to}T00:00:00Z`) }
  const { rows, ...result } = reconcile({
    lines: allLines.filter(isAsked).filter((line) => line.amount !== null || isStated(line)),
    attributed,
    prices: knownPrices(prices, attributed, instants),
    storedFx: storedFx(fx, tenant.currency),
  })
  return {
    ...result,
    range,
    provider,
    rows: rows.map((row) => ({ ...row, accepted: acceptedOf(row, accepted) })),
    uncompared: costOf(sums) - costOf(attributed),
  }
}

function costOf(sums: readonly AttributedSum[]): Fixed18 {
  return sums.reduce((total, { cost }) => total + cost, 0n)
}

/** Whether a statement of the provider is there for the day. */
function statedOn(stated: readonly StatedDays[]): (place: { provider: string; day: CalendarDate }) => boolean {
  return ({ provider, day }) =>
    stated.some((days) => days.provider === providerName(provider) && days.first <= day && day <= days.last)
}

function storedFx(rates: readonly { base: string; date: string; rate: string }[], currency: string): StoredFx {
  const stored = new Map(rates.map(({ base, date, rate }) => [`${base}${date}`, parseFixed18(rate)]))
  return (base, day) => (base === currency ? FIXED18_ONE : (stored.get(`${base}${day}`) ?? null))
}

function acceptedOf(row: ResourceDay, accepted: readonly AcceptedRecord[]): AcceptedSource[] {
  return accepted
    .filter(({ provider, day, resource }) => {
      return provider === row.provider && day === row.day && resource === row.resource
    })
    .map((each) => ({ ...each, isCurrent: row.causes[each.cause] === each.amount }))
}

/** What of a gap was accepted, as far as it still is of that amount. */
export function acceptedAmount({ accepted }: Pick<RowSource, 'accepted'>): Fixed18 {
  return accepted.reduce((sum, { isCurrent, amount }) => (isCurrent ? sum + amount : sum), 0n)
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
