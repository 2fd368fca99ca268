import { DomainError } from '../errors.ts'
import type { Mapping } from './field-map.ts'
import { rowInstant } from './row-instant.ts'

/** One item of `POST /v1/invocations`, as an import builds it. Quantities stay the text of the file. */
export type Item = {
  id: string
  occurredAt: string
  usage: { meter: string; quantity: string }[]
  qualifiers?: Record<string, string>
  reportedCost?: { amount: string; currency: string }
  [field: string]: unknown
}

/**
 * Turns the cells of a row into an item. An empty cell is an absent field, an empty quantity an absent quantity. Answers a DomainError,
 * COLUMN_COUNT or INVALID_INSTANT with the field at fault, for a row of which no item can be made.
 */
export function rowItem(
  values: readonly string[],
  context: { columns: readonly string[]; mappings: readonly Mapping[]; id: string },
): Item | DomainError {
  const { columns } = context
  if (values.length !== columns.length) {
    return new DomainError('COLUMN_COUNT', `The row has ${values.length} columns, the headings ${columns.length}.`)
  }
  try {
    return itemOf(values, context)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}

function itemOf(
  values: readonly string[],
  { columns, mappings, id }: { columns: readonly string[]; mappings: readonly Mapping[]; id: string },
): Item {
  const item: Item = { id, occurredAt: '', usage: [] }
  const cost = new Map<string, string>()
  for (const { field, source } of mappings) {
    const cell = source.kind === 'constant' ? source.text : values[columns.indexOf(source.column)]
    const text = cell?.trim() ?? ''
    if (field === 'occurredAt' || (field === 'endedAt' && text !== '')) item[field] = instantOf(text, field)
    else if (text === '') continue
    else if (field.startsWith('usage.')) item.usage.push({ meter: field.slice('usage.'.length), quantity: text })
    else if (field.startsWith('qualifiers.')) (item.qualifiers ??= {})[field.slice('qualifiers.'.length)] = text
    else if (field.startsWith('reportedCost.')) cost.set(field.slice('reportedCost.'.length), text)
    else item[field] = text
  }
  const amount = cost.get('amount')
  const currency = cost.get('currency')
  if (amount !== undefined && currency !== undefined) item.reportedCost = { amount, currency }
  return item
}

function instantOf(text: string, field: string): string {
  try {
    return rowInstant(text)
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(error.code, error.message, field) : error
  }
}
