import { DomainError, quoted } from '../errors.ts'
import { isCurrencyCode } from '../money/currency.ts'
import { parseFixed18 } from '../money/fixed18.ts'
import { parseInstant } from '../periods/instant.ts'
import { INVOCATION_KINDS, type InvocationKind } from '../rollup/grain.ts'
import { isMeterName } from '../usage/meter.ts'
import { parseQuantity } from '../usage/quantity.ts'
import type { Invocation, MeteredQuantity } from './invocation.ts'
import { checkKey, MAX_KEY_LENGTH } from './key.ts'
import { isReplacementId } from './replacement-id.ts'

/** Most quantities of one item. */
export const MAX_QUANTITIES = 64
/** Longest name, in characters. */
export const MAX_NAME_LENGTH = 1_024
const MAX_QUALIFIERS = 16

const MICROS_PER_MINUTE = 60_000_000
/** How far the sender's clock may run ahead of ours (law L4). */
const FUTURE_TOLERANCE = 5 * MICROS_PER_MINUTE
/** Nothing older is stored: partitions begin in 2015. */
const EARLIEST = Date.UTC(2015, 0, 1) * 1_000

const FIELDS: ReadonlySet<string> = new Set([
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
  'usage',
  'sharedKey',
  'reportedCost',
  'qualifiers',
  'failure',
])

/**
 * Reads one item of `InvocationInput`. `null` is the same as absent; a field that does not exist is refused rather than ignored, because
 * a misspelt tag would lose its cost from a view.
 *
 * Throws DomainError with a stable code and the field: INVALID_ITEM, UNKNOWN_FIELD, MISSING_FIELD, INVALID_FIELD, INVALID_INSTANT, INVALID_DECIMAL,
 * NEGATIVE_DECIMAL, TOO_MANY_QUANTITIES, DUPLICATE_METER, IN_THE_FUTURE, TOO_OLD, CYCLE, RESERVED_ID.
 *
 * `now`: our clock in microseconds since 1970. `raw`: the sender's own attributes, when an adapter converted them. `isReplacement`: it
 * takes the place of a corrected one, so its id is of our making.
 */
export function parseInvocation(
  item: unknown,
  options: { now: number; raw?: Record<string, unknown> | null; isReplacement?: boolean },
): Invocation {
  const { now, raw = null, isReplacement = false } = options
  if (!isRecord(item)) throw new DomainError('INVALID_ITEM', 'An invocation is a JSON object.')
  for (const field in item) {
    if (!FIELDS.has(field))
      throw new DomainError('UNKNOWN_FIELD', `An invocation has no field ${quoted(field)}.`, field)
  }
  const id = text(item, 'id')
  if (id === null) throw new DomainError('MISSING_FIELD', 'An invocation needs an id; a retry repeats it.', 'id')
  if (!isReplacement && isReplacementId(id)) {
    const message = `The id ${quoted(id)} begins with cor_; such ids are given to replacements by replaceInvocation.`
    throw new DomainError('RESERVED_ID', message, 'id')
  }
  const trace = text(item, 'trace')
  const span = text(item, 'span')
  const parentSpan = text(item, 'parentSpan')
  const sharedKey = text(item, 'sharedKey')
  if (sharedKey !== null && trace === null) {
    throw new DomainError(
      'MISSING_FIELD',
      'A sharedKey needs the trace within which the use is shared; trace is missing.',
      'trace',
    )
  }
  if (span !== null && span === parentSpan) {
    throw new DomainError('CYCLE', `Span ${quoted(span)} names itself as its parent.`, 'parentSpan')
  }
  const occurredAt = instant(item, 'occurredAt')
  if (occurredAt === null) throw new DomainError('MISSING_FIELD', 'An invocation needs occurredAt.', 'occurredAt')
  const endedAt = instant(item, 'endedAt')
  checkTimes({ occurredAt, endedAt, now, item })
  return {
    id,
    agent: text(item, 'agent'),
    task: text(item, 'task'),
    client: text(item, 'client'),
    project: text(item, 'project'),
    trace,
    span,
    parentSpan,
    kind: kind(item['kind']),
    provider: text(item, 'provider'),
    resource: text(item, 'resource'),
    name: text(item, 'name', MAX_NAME_LENGTH),
    occurredAt,
    endedAt,
    usage: usage(item['usage']),
    sharedKey,
    reportedCost: reportedCost(item['reportedCost']),
    qualifiers: qualifiers(item['qualifiers']),
    failure: text(item, 'failure'),
    raw,
  }
}

function checkTimes(times: { occurredAt: number; endedAt: number | null; now: number; item: Record<string, unknown> }) {
  const { occurredAt, endedAt, now, item } = times
  if (occurredAt > now + FUTURE_TOLERANCE) {
    throw new DomainError(
      'IN_THE_FUTURE',
      `occurredAt ${quoted(String(item['occurredAt']))} is more than 5 minutes in the future.`,
      'occurredAt',
    )
  }
  if (occurredAt < EARLIEST) {
    throw new DomainError('TOO_OLD', `occurredAt ${quoted(String(item['occurredAt']))} is before 2015.`, 'occurredAt')
  }
  if (endedAt !== null && endedAt < occurredAt) {
    throw new DomainError(
      'INVALID_FIELD',
      `endedAt ${quoted(String(item['endedAt']))} is before occurredAt ${quoted(String(item['occurredAt']))}.`,
      'endedAt',
    )
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(item: Record<string, unknown>, field: string, maxLength = MAX_KEY_LENGTH): string | null {
  const value = item[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw new DomainError('INVALID_FIELD', `${field} must be a string.`, field)
  checkKey(value, field, maxLength)
  return value
}

function instant(item: Record<string, unknown>, field: string): number | null {
  const value = item[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') {
    throw new DomainError('INVALID_FIELD', `${field} must be a string such as "2026-11-23T14:05:00Z".`, field)
  }
  try {
    return parseInstant(value)
  } catch (error) {
    throw located(error, field)
  }
}

function kind(value: unknown): InvocationKind {
  if (value === undefined || value === null) return 'MODEL'
  const known = INVOCATION_KINDS.find((candidate) => candidate === value)
  if (known !== undefined) return known
  throw new DomainError(
    'INVALID_FIELD',
    `kind ${quoted(String(value))} is none of ${INVOCATION_KINDS.join(', ')}.`,
    'kind',
  )
}

function usage(value: unknown): MeteredQuantity[] {
  if (value === undefined || value === null) {
    throw new DomainError('MISSING_FIELD', 'An invocation needs usage; send [] when it consumed nothing.', 'usage')
  }
  if (!Array.isArray(value)) throw new DomainError('INVALID_FIELD', 'usage must be a list.', 'usage')
  if (value.length > MAX_QUANTITIES) {
    throw new DomainError(
      'TOO_MANY_QUANTITIES',
      `usage has ${value.length} quantities; the most is ${MAX_QUANTITIES}.`,
      'usage',
    )
  }
  const lines: MeteredQuantity[] = []
  for (const entry of value as unknown[]) {
    const line = meteredQuantity(entry, lines.length)
    if (lines.some((other) => other.meter === line.meter)) {
      throw new DomainError('DUPLICATE_METER', `usage names the meter ${line.meter} twice.`, `usage.${lines.length}`)
    }
    lines.push(line)
  }
  return lines
}

function meteredQuantity(entry: unknown, index: number): MeteredQuantity {
  const field = `usage.${index}`
  if (!isRecord(entry)) throw new DomainError('INVALID_FIELD', `${field} must be { meter, quantity }.`, field)
  for (const name in entry) {
    if (name !== 'meter' && name !== 'quantity') {
      throw new DomainError('UNKNOWN_FIELD', `${field} has no field ${quoted(name)}.`, field)
    }
  }
  const { meter, quantity } = entry
  if (typeof meter !== 'string' || !isMeterName(meter)) {
    throw new DomainError(
      'INVALID_FIELD',
      `${field}.meter ${quoted(String(meter))} is not a meter name; write it like input_tokens.`,
      `${field}.meter`,
    )
  }
  if (typeof quantity !== 'string' && typeof quantity !== 'number') {
    throw new DomainError(
      'INVALID_FIELD',
      `${field}.quantity must be a number or a decimal string.`,
      `${field}.quantity`,
    )
  }
  try {
    return { meter, quantity: parseQuantity(quantity) }
  } catch (error) {
    throw located(error, `${field}.quantity`)
  }
}

function reportedCost(value: unknown): Invocation['reportedCost'] {
  if (value === undefined || value === null) return null
  if (!isRecord(value)) {
    throw new DomainError('INVALID_FIELD', 'reportedCost must be { amount, currency }.', 'reportedCost')
  }
  const { amount, currency } = value
  if (typeof currency !== 'string' || !isCurrencyCode(currency)) {
    throw new DomainError(
      'INVALID_FIELD',
      `reportedCost.currency ${quoted(String(currency))} is not an ISO 4217 code.`,
      'reportedCost.currency',
    )
  }
  if (typeof amount !== 'string' && typeof amount !== 'number') {
    throw new DomainError('INVALID_FIELD', 'reportedCost.amount must be a decimal string.', 'reportedCost.amount')
  }
  try {
    const exact = parseFixed18(String(amount))
    if (exact < 0n)
      throw new DomainError('NEGATIVE_DECIMAL', `reportedCost.amount ${quoted(String(amount))} is below zero.`)
    return { amount: exact, currency }
  } catch (error) {
    throw located(error, 'reportedCost.amount')
  }
}

function qualifiers(value: unknown): Record<string, string> | null {
  if (value === undefined || value === null) return null
  if (!isRecord(value)) throw new DomainError('INVALID_FIELD', 'qualifiers must be an object.', 'qualifiers')
  const entries = Object.entries(value)
  if (entries.length > MAX_QUALIFIERS) {
    throw new DomainError(
      'INVALID_FIELD',
      `qualifiers has ${entries.length} entries; the most is ${MAX_QUALIFIERS}.`,
      'qualifiers',
    )
  }
  if (entries.length === 0) return null
  const canonical: [string, string][] = entries.map(([name, entry]) => {
    const field = `qualifiers.${name}`
    checkKey(name, 'The name of a qualifier', MAX_KEY_LENGTH)
    if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean') {
      throw new DomainError('INVALID_FIELD', `${field} must be a string, a number or a boolean.`, field)
    }
    const stated = String(entry)
    checkKey(stated, field, MAX_KEY_LENGTH)
    return [name, stated]
  })
  canonical.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(canonical)
}

function located(error: unknown, field: string): unknown {
  return error instanceof DomainError ? new DomainError(error.code, `${field}: ${error.message}`, field) : error
}
