import { instantText } from '../sql/cell-sums.ts'
import type { SqlColumn } from './export-kind.ts'

export function text(label: string, sql: string): SqlColumn {
  return { label, kind: 'text', sql: `${sql}::text` }
}

/** An exact amount, without the zeros that its column pads it with. */
export function amount(label: string, sql: string): SqlColumn {
  return { label, kind: 'amount', sql: `trim_scale(${sql})::text` }
}

export function count(label: string, sql: string): SqlColumn {
  return { label, kind: 'count', sql: `(${sql})::text` }
}

export function ratio(label: string, sql: string): SqlColumn {
  return { label, kind: 'ratio', sql: `trim_scale(${sql})::text` }
}

export function instant(label: string, sql: string): SqlColumn {
  return { label, kind: 'instant', sql: instantText(sql) }
}

/** The reporting currency of the tenant, beside amounts in it. */
export const CURRENCY = text('Currency', 'z.currency')
