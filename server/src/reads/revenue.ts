import type { EarningTerms } from '@outlay/db/revenue/earning-terms'
import { readClientRevenue } from '@outlay/db/revenue/read-revenue'
import type { Revenue } from '@outlay/db/revenue/revenue'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { limitOf, type Context } from '../graphql/context.ts'

const NOTHING: EarningTerms = { charged: [], unbilled: [], except: [] }

/** What terms say of the revenue of a range, of the clients that whoever asks may read; read once for a request. */
export function earningTermsOf(context: Context, range: DateRange): Promise<EarningTerms> {
  const { tenant, loaders, services } = context
  const { currency, timeZone } = tenant
  const load = async () => {
    const asked = { range, currency, timeZone, clientIds: limitOf(context) }
    return new Map([['', await services.billing.earningTerms(tenant.id, asked)]])
  }
  return loaders.of(`earning terms ${range.from} ${range.to}`, load, NOTHING).load('')
}

/** The revenue of every client that may be read, and under nil of what has none; read once for a request. */
export function revenueByClient(context: Context, range: DateRange): Promise<ReadonlyMap<string, Revenue>> {
  const { db, loaders, tenant } = context
  const load = async () => {
    const terms = await earningTermsOf(context, range)
    return new Map([['', await readClientRevenue(db, { range, currency: tenant.currency, terms })]])
  }
  return loaders.of(`client revenue ${range.from} ${range.to}`, load, new Map<string, Revenue>()).load('')
}
