import { readCharges, tryTerms, type TermsCharge } from '@outlay/db/billing/charges'
import { addSums, NO_SUMS, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import type { EngagementRecord } from '@outlay/db/sql/read-engagements'
import type { ChargeLine } from '@outlay/domain/billing/charge-line'
import { DomainError } from '@outlay/domain/errors'
import { ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import type { UserErrorSource } from '../user-error.schema.ts'
import { placeIds, wishOf, type EngagementInputValue, type PlaceArgs } from './engagement.service.ts'

/** A charge; `engagement` null: of terms that are only tried. */
export interface ChargeSource extends TermsCharge {
  engagement: EngagementRecord | null
  currency: string
}

export interface MonthChargesSource {
  month: CalendarDate
  charges: ChargeSource[]
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
    charges: charges.map((one) => ({ ...one, currency: one.engagement.currency })),
    total: charges.reduce((sum, { charge }) => sum + charge.total, 0n),
    cost: charges.map(({ cost }) => cost).reduce(addSums, NO_SUMS),
  }
}

export interface ChargePreviewSource {
  charge: ChargeSource | null
  userErrors: UserErrorSource[]
}

/** What terms would have charged for a month; what setEngagement would refuse of them is refused here. */
export async function previewCharge(
  context: Context,
  { input, month }: { input: EngagementInputValue; month: CalendarDate },
): Promise<ChargePreviewSource> {
  const { db, tenant } = context
  checkMonth(month, 'month')
  const { currency, timeZone } = tenant
  try {
    const tried = await tryTerms(db, { wish: wishOf(input), currency, month, timeZone })
    return { charge: { ...tried, engagement: null, currency }, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { code, message } = error
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { charge: null, userErrors: [{ code, message, field }] }
  }
}

/** Whether days are still to come that may change what is charged. */
export function isStillOpen({ now, tenant }: Context, { charge }: TermsCharge): boolean {
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
export function firstLines({ charge }: TermsCharge, first: number): ChargeLine[] {
  if (first < 1 || first > LINES_MAX) throw badInput('first', `first is ${first}; it must be 1 to ${LINES_MAX}.`)
  return charge.lines.slice(0, first)
}
