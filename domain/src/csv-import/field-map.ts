import { MAX_QUANTITIES } from '../invocation/parse-invocation.ts'
import { isMeterName } from '../usage/meter.ts'

/** Where a field's text comes from: a column of the file, or the same text for every row. */
export type Source = { kind: 'column'; column: string } | { kind: 'constant'; text: string }

/** A field of the invocation and its source; `usage.<meter>` and `qualifiers.<name>` may appear many times. */
export type Mapping = { field: string; source: Source }

/** The fields of an invocation that are one text. */
export const PLAIN_FIELDS = [
  'id',
  'agent',
  'task',
  'client',
  'project',
  'trace',
  'span',
  'parentSpan',
  'kind',
  'provider',
  'resource',
  'name',
  'occurredAt',
  'endedAt',
  'sharedKey',
  'failure',
  'reportedCost.amount',
  'reportedCost.currency',
] as const

/** What keeps a name from being a field: there is no such field, or what follows `usage.` is no meter. Null when it is one. */
export function fieldProblem(field: string): 'UNKNOWN_FIELD' | 'BAD_METER' | null {
  if ((PLAIN_FIELDS as readonly string[]).includes(field)) return null
  if (/^qualifiers\../.test(field)) return null
  if (!field.startsWith('usage.')) return 'UNKNOWN_FIELD'
  return isMeterName(field.slice('usage.'.length)) ? null : 'BAD_METER'
}

/** What a map lacks to make invocations of rows. */
export type MapProblem = 'NO_TIME' | 'HALF_A_COST' | 'NO_QUANTITY' | 'TOO_MANY_QUANTITIES'

/**
 * The first thing that keeps a map from making invocations, or null: each row needs a time and at least one quantity, and a reported
 * cost its currency.
 */
export function mapProblem(mappings: readonly Mapping[]): MapProblem | null {
  const fields = new Set(mappings.map(({ field }) => field))
  if (!fields.has('occurredAt')) return 'NO_TIME'
  if (fields.has('reportedCost.amount') !== fields.has('reportedCost.currency')) return 'HALF_A_COST'
  const quantities = mappings.filter(({ field }) => field.startsWith('usage.')).length
  if (quantities === 0) return 'NO_QUANTITY'
  return quantities > MAX_QUANTITIES ? 'TOO_MANY_QUANTITIES' : null
}
