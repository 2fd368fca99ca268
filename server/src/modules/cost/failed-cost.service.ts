import { readFailedCosts, type FailedCost } from '@outlay/db/sql/read-failed-cost'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { instantsOf } from '../../reads/period.ts'

type Failed = Omit<FailedCost, 'projectId'>

const NOTHING_FAILED: Failed = { calls: 0, cost: 0n, retriedCalls: 0, retriedCost: 0n, unknown: 0 }

/** What failed calls of a project cost in a range; all projects that one document asks about are read at once. */
export function readProjectFailed({ db, tenant, loaders }: Context, range: DateRange, id: string): Promise<Failed> {
  const load = async (): Promise<Map<string, Failed>> => {
    const failed = await readFailedCosts(db, { ...instantsOf(range, tenant.timeZone), clientId: null })
    return new Map(failed.flatMap((one) => (one.projectId === null ? [] : [[one.projectId, one]])))
  }
  return loaders.of(`project failed ${range.from} ${range.to}`, load, NOTHING_FAILED).load(id)
}

/** What failed calls cost in a range, whatever project they are of. */
export async function readFleetFailed({ db, tenant }: Context, range: DateRange): Promise<Failed> {
  const failed = await readFailedCosts(db, { ...instantsOf(range, tenant.timeZone), clientId: null })
  return failed.reduce(
    (sum, one) => ({
      calls: sum.calls + one.calls,
      cost: sum.cost + one.cost,
      retriedCalls: sum.retriedCalls + one.retriedCalls,
      retriedCost: sum.retriedCost + one.retriedCost,
      unknown: sum.unknown + one.unknown,
    }),
    NOTHING_FAILED,
  )
}
