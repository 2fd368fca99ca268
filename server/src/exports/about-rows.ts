import { mayDo, type Context } from '../graphql/context.ts'
import { openFleetCost } from '../modules/fleet/fleet.service.ts'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type DateRange } from '@outlay/domain/periods/calendar-date'
import { shortInstant } from '../graphql/scalars.ts'
import { isoText } from '../reads/period.ts'
import { readDataThrough } from '../modules/tenant/tenant.service.ts'
import type { ExportRequest } from './export-request.ts'
import type { ExportTable } from './export-table.ts'
import { localTimeText } from '@outlay/domain/export/local-time-text'

/** What a file says of itself: of which days, in which currency, through when, chosen how, and asked of whom. */
export async function aboutRows(
  context: Context,
  { range, url }: ExportRequest,
  { about }: Pick<ExportTable, 'about'>,
): Promise<[string, string][]> {
  const { tenant, now } = context
  const [through, unborne] = await Promise.all([readDataThrough(context), readUnborne(context, range)])
  const written = isoText(now)
  return [
    ['Tenant', tenant.name],
    ['First day', range.from],
    ['Last day', addDays(range.to, -1)],
    ['Time zone of days', tenant.timeZone],
    ['Currency', tenant.currency],
    ['Data through, UTC', through === null ? 'no data yet' : shortInstant(through)],
    ['Data through, local', through === null ? 'no data yet' : localTimeText(through, tenant.timeZone)],
    ['Written, UTC', shortInstant(written)],
    ['Written, local', localTimeText(written, tenant.timeZone)],
    ...about.map(([name, value]): [string, string] => [name, value]),
    ...(unborne === null
      ? []
      : [['Pools that nobody bears, in no row', formatFixed18(unborne)] satisfies [string, string]]),
    ['Request', url],
  ]
}

/** Pool money that is in no share; null for who does not see what the fleet costs. */
async function readUnborne(context: Context, range: DateRange): Promise<Fixed18 | null> {
  if (!mayDo(context, 'fleet.read')) return null
  const fleet = await openFleetCost(context, range, 'NONE')
  const { total, allocated } = await fleet.pools()
  return total - allocated
}
