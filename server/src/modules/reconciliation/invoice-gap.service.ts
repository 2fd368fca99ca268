import { acceptedAmount, RANGE_DAYS_MAX } from '@outlay/db/reconciliation/compare-statements'
import { readStatedDays } from '@outlay/db/sql/read-reconciliation'
import { sumOfCauses, type Causes } from '@outlay/domain/reconciliation/variance'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, daysBetween, type DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { openReconciliation } from './reconciliation.service.ts'

/** The gap between what providers invoiced and what was attributed, over the days that a statement is there for. */
export interface InvoiceGapSource {
  /** Whole days in UTC, from the first to before the last that a statement within the asked days is of. */
  range: DateRange
  providers: string[]
  invoiced: Fixed18
  attributed: Fixed18
  /** Of the gap, what was accepted; and what nothing explains. */
  accepted: Fixed18
  causes: Causes
  captureRate: string | null
}

/** The gap over the stated days of a range; null where there are none. Of more than two months, the last two. */
export async function readInvoiceGap(context: Context, asked: DateRange): Promise<InvoiceGapSource | null> {
  const stated = await readStatedDays(context.db, asked)
  const days = stated.filter(({ first, last }) => first < asked.to && last >= asked.from)
  if (days.length === 0) return null
  const first = days.map((each) => each.first).reduce((a, b) => (a < b ? a : b))
  const last = days.map((each) => each.last).reduce((a, b) => (a > b ? a : b))
  const to = addDays(last, 1) < asked.to ? addDays(last, 1) : asked.to
  const from = first > asked.from ? first : asked.from
  const range = { from: daysBetween(from, to) > RANGE_DAYS_MAX ? addDays(to, -RANGE_DAYS_MAX) : from, to }
  const { rows, invoiced, attributed, causes, captureRate } = await openReconciliation(context, range)
  return {
    ...{ range, invoiced, attributed, causes, captureRate },
    providers: [...new Set(days.map(({ provider }) => provider))].sort(),
    accepted: rows.reduce((sum, row) => sum + acceptedAmount(row), 0n),
  }
}

/** What is left to look at: the gap without what was accepted. */
export function openGap({ causes, accepted }: Pick<InvoiceGapSource, 'causes' | 'accepted'>): Fixed18 {
  return sumOfCauses(causes) - accepted
}
