import {
  readUnconverted,
  readUnpriced,
  type UnconvertedRecord,
  type UnpricedRecord,
} from '@outlay/db/sql/read-unpriced'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import { plainDecimal } from '../../reads/plain-decimal.ts'

export async function listUnpricedUsage({ db, tenant }: Context, asked: DateRange): Promise<UnpricedRecord[]> {
  const rows = await readUnpriced(db, instantsOf(checkedRange(asked), tenant.timeZone))
  return rows.map((row) => ({ ...row, quantity: plainDecimal(row.quantity) }))
}

export function listUnconvertedUsage({ db, tenant }: Context, asked: DateRange): Promise<UnconvertedRecord[]> {
  return readUnconverted(db, { ...instantsOf(checkedRange(asked), tenant.timeZone), currency: tenant.currency })
}
