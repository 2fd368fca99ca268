import { instantText } from './cell-sums.ts'
import type { CorrectionRecord } from '../corrections/correction.ts'
import type { CostBasis } from '@outlay/domain/rating/reported-cost'

/** The arithmetic of a rating as the row holds it: arrays of lines side by side. */
export interface RatingLines {
  meters: string[]
  quantities: string[]
  rateIds: (string | null)[]
  amounts: (string | null)[]
  fxRates: (string | null)[] | null
}

// Numbers come as text arrays: node-pg would make floats of numeric[].
export function ratingLines(alias: string): string {
  return `${alias}.meters, ${alias}.quantities::text[] AS quantities, ${alias}.rate_ids::text[] AS "rateIds",
    ${alias}.amounts::text[] AS amounts, ${alias}.fx_rates::text[] AS "fxRates"`
}

/** What the sender says an event cost, and what came of it. */
export interface ReportedColumns {
  costBasis: CostBasis
  reportedAmount: string | null
  reportedCurrency: string | null
  /** What converts the reported amount: as it was used, else as it is published now; null when there is none, or none is needed. */
  reportedFxRate: string | null
}

/** The columns of ReportedColumns for an event of the alias; $1 is the tenant. */
export function reportedColumns(alias: string): string {
  return `${alias}.cost_basis AS "costBasis", ${alias}.reported_amount::text AS "reportedAmount", ${alias}.reported_currency AS "reportedCurrency",
    CASE WHEN ${alias}.reported_currency IS NULL THEN NULL WHEN ${alias}.cost_basis = 'REPORTED' THEN ${alias}.reported_fx_rate::text ELSE (
      SELECT f.rate::text FROM fx_rate f WHERE f.tenant_id = $1::uuid AND f.base = ${alias}.reported_currency
        AND f.quote = (SELECT n.currency FROM tenant n WHERE n.id = $1::uuid)
        AND f.date = (${alias}.occurred_at AT TIME ZONE 'UTC')::date) END AS "reportedFxRate"`
}

/** The correction of alias `c` as one value; null when there is none. */
export const CORRECTION = `CASE WHEN c.id IS NULL THEN NULL ELSE json_build_object('kind', c.kind, 'invocationId', c.invocation_id,
    'replacementId', c.replacement_id, 'reason', c.reason, 'correctedBy', c.corrected_by,
    'correctedAt', ${instantText('c.corrected_at')}) END AS correction`

/** A correction beside the event it was made to. */
export interface CorrectionColumn {
  correction: CorrectionRecord | null
}
