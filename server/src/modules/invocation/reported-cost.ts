import type { ReportedColumns } from '@outlay/db/sql/rating-columns'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { reportedDifference } from '@outlay/domain/rating/reported-cost'
import type { Amount } from '../money/money.schema.ts'

/** What the sender says an event cost, beside what our rates say. */
export interface ReportedSource {
  reportedCost: Amount | null
  /** Ours less theirs, in the reporting currency. */
  reportedDifference: Amount | null
}

/** `currency`: the reporting currency. Where the sender's figure was used there is no other of ours to compare it with. */
export function reportedOf(row: ReportedColumns & { cost: string | null }, currency: string): ReportedSource {
  if (row.reportedAmount === null || row.reportedCurrency === null)
    return { reportedCost: null, reportedDifference: null }
  const reportedCost = { amount: parseFixed18(row.reportedAmount), currency: row.reportedCurrency }
  const ours = row.cost === null || row.costBasis === 'REPORTED' ? null : parseFixed18(row.cost)
  const fxRate = row.reportedFxRate === null ? null : parseFixed18(row.reportedFxRate)
  const difference = reportedDifference(ours, reportedCost, { fxRate, currency })
  return { reportedCost, reportedDifference: difference === null ? null : { amount: difference, currency } }
}
