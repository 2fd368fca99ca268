import type { PublishFxRatesInput } from '@outlay/db/ingest/publish-fx-rates'
import { FX_RATES_MAX, readFxRates, readFxRatesByKeys, type FxRateRecord } from '@outlay/db/sql/read-fx-rates'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface PublishFxRatesSource {
  fxRates: FxRateRecord[] | null
  userErrors: UserErrorSource[]
}

interface FxQuestion extends DateRange {
  base?: string | null
  quote?: string | null
}

export async function listFxRates({ db }: Context, { from, to, base, quote }: FxQuestion): Promise<FxRateRecord[]> {
  if (from >= to) throw badInput('to', `The range from ${from} to ${to} is empty; \`to\` is the first day after it.`)
  for (const [argument, code] of Object.entries({ base, quote })) {
    if (typeof code === 'string' && !isCurrencyCode(code))
      throw badInput(argument, `${JSON.stringify(code)} is not an ISO 4217 code.`)
  }
  const rates = await readFxRates(db, { from, to, base: base ?? null, quote: quote ?? null })
  if (rates.length > FX_RATES_MAX)
    throw badInput('to', `More than ${FX_RATES_MAX} rates from ${from} to ${to}; ask for fewer days, or for one base.`)
  return rates
}

export async function publishFxRates(
  { services, tenant, db }: Context,
  input: PublishFxRatesInput,
): Promise<PublishFxRatesSource> {
  const { userErrors } = await services.publishFxRates(tenant.id, input)
  if (userErrors.length > 0) return { fxRates: null, userErrors }
  return { fxRates: await readFxRatesByKeys(db, input.rates), userErrors: [] }
}
