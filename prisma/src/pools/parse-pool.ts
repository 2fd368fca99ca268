import type { PoolCategory } from '@outlay/domain/allocation/policy'
import { checkMonth, parsePoolAmount } from '@outlay/domain/allocation/pool-amount'
import { DomainError } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { checkNote } from '@outlay/domain/invocation/reason'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { formatQuantity, parseQuantity } from '@outlay/domain/usage/quantity'
import type { PolicyByKey } from './policy-by-key.ts'

/** A shared cost as it is declared. Decimals are texts. */
export interface PoolInput {
  name: string
  category: PoolCategory
  recurrence: 'ONCE' | 'MONTHLY'
  /** First day of its month, or of the first of its months. */
  month: CalendarDate
  /** Of a monthly pool; null: it goes on. */
  lastMonth: CalendarDate | null
  /** Of each month; below zero: a credit. */
  amount: { amount: string; currency: string }
  /** The shared resource that it pays for. */
  resource: { provider: string | null; name: string } | null
  /** In the unit of the policy's basis. */
  capacity: string | null
  /** Stays with the amount. */
  note: string | null
  policy: Omit<PolicyByKey, 'note'>
}

/** The same, checked. */
export interface ParsedPool extends Pick<
  PoolInput,
  'name' | 'category' | 'recurrence' | 'resource' | 'capacity' | 'note' | 'policy'
> {
  firstMonth: CalendarDate
  lastMonth: CalendarDate | null
  amount: Fixed18
  currency: string
}

/** Checks all that a pool says of itself; what depends on other records is checked where it is stored. Throws DomainError. */
export function parsePool(input: PoolInput): ParsedPool {
  const { category, recurrence, amount, resource, capacity, policy } = input
  const name = input.name.trim()
  checkKey(name, 'name')
  const firstMonth = checkMonth(input.month, 'month')
  return {
    name,
    category,
    recurrence,
    firstMonth,
    lastMonth: lastMonthOf(input, firstMonth),
    amount: within('amount', () => parsePoolAmount(amount)),
    currency: amount.currency,
    resource: resource === null ? null : checkResource(resource),
    capacity: capacity === null ? null : checkCapacity(capacity),
    note: checkNote(input.note, 'note'),
    policy,
  }
}

function lastMonthOf({ recurrence, lastMonth }: PoolInput, firstMonth: CalendarDate): CalendarDate | null {
  const last = lastMonth === null ? null : checkMonth(lastMonth, 'lastMonth')
  if (recurrence === 'ONCE') {
    if (last === null || last === firstMonth) return firstMonth
    throw new DomainError('INVALID_FIELD', 'A one-off pool is of one month; make it MONTHLY to go on.', 'lastMonth')
  }
  if (last === null || last >= firstMonth) return last
  const message = `The pool begins in ${firstMonth.slice(0, 7)}; it cannot end in ${last.slice(0, 7)}.`
  throw new DomainError('INVALID_DATE', message, 'lastMonth')
}

function checkResource({ provider, name }: { provider: string | null; name: string }): {
  provider: string | null
  name: string
} {
  within('resource', () => checkKey(name, 'name'))
  if (provider !== null) within('resource', () => checkKey(provider, 'provider'))
  return { provider, name }
}

function checkCapacity(text: string): string {
  const quantity = within('capacity', () => parseQuantity(text))
  if (quantity > 0n) return formatQuantity(quantity)
  throw new DomainError('INVALID_FIELD', 'A capacity is above zero; leave it out when there is none.', 'capacity')
}

/** Runs a check of one field: what it throws names the field, and the place within it if it has any. */
function within<T>(field: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const inner = error.field === undefined || error.field === field ? [] : [error.field]
    throw new DomainError(error.code, error.message, [field, ...inner].join('.'))
  }
}
