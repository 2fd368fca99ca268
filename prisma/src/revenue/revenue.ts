import type { Fixed18 } from '@outlay/domain/money/fixed18'

/**
 * What work earns in a range, in the reporting currency: charges and recorded billed amounts (glossary). Its two parts never tell of the same
 * work on the same day. Null: there is nothing of the kind, which is not the same as 0.
 */
export interface Revenue {
  /** What engagements charge for the days, where charges are their source of revenue. */
  charged: Fixed18 | null
  /** Billed amounts of tasks completed on the days, where no engagement says otherwise. */
  billed: Fixed18 | null
}

export const NO_REVENUE: Revenue = Object.freeze({ charged: null, billed: null })

/** Both parts; null where there is neither. The one place that says what revenue is. */
export function totalRevenue({ charged, billed }: Revenue): Fixed18 | null {
  return charged === null ? billed : charged + (billed ?? 0n)
}

/** What it is made of, in words; null where there is none. */
export function revenueWords({ charged, billed }: Revenue): string | null {
  if (charged === null) return billed === null ? null : 'billed for completed tasks'
  return billed === null
    ? 'charged by agreed terms'
    : 'charged by agreed terms, and billed for completed tasks outside them'
}

/** The sum of two. */
export function addRevenue(a: Revenue, b: Revenue): Revenue {
  return { charged: add(a.charged, b.charged), billed: add(a.billed, b.billed) }
}

function add(a: Fixed18 | null, b: Fixed18 | null): Fixed18 | null {
  return a === null ? b : a + (b ?? 0n)
}
