import { addSums, NO_SUMS, subtractSums, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../graphql/context.ts'
import { openFleetCost } from '../modules/fleet/fleet.service.ts'

/** What a list of members leaves of the cost of the fleet. */
export class RestOfFleet {
  #listed: CellSums = NO_SUMS

  /** A row was listed. */
  note(cost: CellSums): void {
    this.#listed = addSums(this.#listed, cost)
  }

  /**
   * What is left, and what it is called. Usage that arrives while the list is read is told apart from what carries no tag: then the sums of
   * the remainder alone are another number.
   */
  async read(
    context: Context,
    range: DateRange,
    { of, name }: { of: 'client' | 'project' | 'task'; name: string },
  ): Promise<{ name: string; cost: CellSums }> {
    const fleet = await openFleetCost(context, range, 'NONE')
    const cost = subtractSums(fleet.cost, this.#listed)
    const remainder = of === 'project' ? await fleet.withoutProject() : (await fleet.remainders())[of]
    const isAll = totalOf(cost) === remainder.amount
    return { name: isAll ? name : `${name}, and what changed while this was written`, cost }
  }
}
