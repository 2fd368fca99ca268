import { readCharges, type EngagementCharge } from '@outlay/db/billing/charges'
import { addSums, NO_SUMS, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import type { ChargeLine } from '@outlay/domain/billing/charge-line'
import { ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { placeIds, type PlaceArgs } from './engagement.service.ts'

export interface MonthChargesSource {
  month: CalendarDate
  charges: EngagementCharge[]
  total: Fixed18
  cost: CellSums
}

/** The charges of a month, of a project or a client and its projects, or of all. */
export async function chargesOf(
  context: Context,
  { month, ...keys }: PlaceArgs & { month: CalendarDate },
): Promise<MonthChargesSource> {
  const { db, tenant } = context
  checkMonth(month, 'month')
  const place = await placeIds(context, keys)
  const charges = place === null ? [] : await readCharges(db, { ...place, month, timeZone: tenant.timeZone })
  return {
    month,
    charges,
    total: charges.reduce((sum, { charge }) => sum + charge.total, 0n),
    cost: charges.map(({ cost }) => cost).reduce(addSums, NO_SUMS),
  }
}

/** Whether days are still to come that may change what is charged. */
export function isStillOpen({ now, tenant }: Context, { charge }: EngagementCharge): boolean {
  return charge.to > today(now, tenant.timeZone)
}

/** Charged less fully loaded cost. */
export function marginOf(total: Fixed18, cost: CellSums): Fixed18 {
  return total - totalOf(cost)
}

/** margin ÷ charged; null when nothing was charged. */
export function marginRatioOf(total: Fixed18, cost: CellSums): string | null {
  return ratio(marginOf(total, cost), total)
}

/** Two lines a task, of a project with ten thousand of them. */
const LINES_MAX = 20_000

/** The first lines of a charge. Throws BAD_USER_INPUT unless 1 to 20,000 are asked for. */
export function firstLines({ charge }: EngagementCharge, first: number): ChargeLine[] {
  if (first < 1 || first > LINES_MAX) throw badInput('first', `first is ${first}; it must be 1 to ${LINES_MAX}.`)
  return charge.lines.slice(0, first)
}
