import type { Context } from '../graphql/context.ts'
import { openFleetCost } from '../modules/fleet/fleet.service.ts'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { addDays } from '@outlay/domain/periods/calendar-date'
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
  const [through, fleet] = await Promise.all([readDataThrough(context), openFleetCost(context, range, 'NONE')])
  const { total, allocated } = await fleet.pools()
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
    ['Pools that nobody bears, in no row', formatFixed18(total - allocated)],
    ['Request', url],
  ]
}
