import type { ExportKind } from './export-kind.ts'
import { alerts } from './kinds/alerts.ts'
import { allocationShares } from './kinds/allocation-shares.ts'
import { auditLog } from './kinds/audit-log.ts'
import { budgets } from './kinds/budgets.ts'
import { focus, focusOrigins } from './kinds/focus.ts'
import { invocations } from './kinds/invocations.ts'
import { pools } from './kinds/pools.ts'
import { providerLines } from './kinds/provider-lines.ts'
import { rates } from './kinds/rates.ts'
import { unpriced } from './kinds/unpriced.ts'

/** Every table that can be exported as a job. */
export const EXPORT_KINDS: readonly ExportKind[] = [
  invocations,
  allocationShares,
  pools,
  rates,
  unpriced,
  budgets,
  alerts,
  auditLog,
  providerLines,
  focus,
  focusOrigins,
]

/** The kind of a name; null for a name of none. */
export function exportKind(name: string): ExportKind | null {
  return EXPORT_KINDS.find((kind) => kind.name === name) ?? null
}
