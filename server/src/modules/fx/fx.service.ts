import type { FxRateInput } from '@outlay/db/ingest/publish-fx-rates'
import { readFxRates, type FxRateRecord } from '@outlay/db/sql/read-rates'
import { addDays, type DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface PublishFxRatesSource {
  fxRates: FxRateRecord[] | null
  userErrors: UserErrorSource[]
}

export function listFxRates({ db }: Context, range: DateRange): Promise<FxRateRecord[]> {
  if (range.from >= range.to)
    throw badInput('to', `The range from ${range.from} to ${range.to} is empty; \`to\` is the first day after it.`)
  return readFxRates(db, range)
}

export async function publishFxRates(
  { services, tenant, db }: Context,
  rates: readonly FxRateInput[],
): Promise<PublishFxRatesSource> {
  const { userErrors } = await services.publishFxRates(tenant.id, rates)
  if (userErrors.length > 0) return { fxRates: null, userErrors }
  const dates = rates.map((rate) => rate.date).sort()
  const [first, last] = [dates.at(0), dates.at(-1)]
  if (first === undefined || last === undefined) return { fxRates: [], userErrors: [] }
  const stored = await readFxRates(db, { from: first, to: addDays(last, 1) })
  const asked = new Set(rates.map((rate) => `${rate.date} ${rate.base} ${rate.quote}`))
  return { fxRates: stored.filter((rate) => asked.has(`${rate.date} ${rate.base} ${rate.quote}`)), userErrors: [] }
}
