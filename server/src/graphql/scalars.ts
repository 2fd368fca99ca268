import { isCalendarDate } from '@outlay/domain/periods/calendar-date'
import { GraphQLError, Kind, valueFromASTUntyped, type ValueNode } from 'graphql'
import type { Builder } from './builder-type.ts'

/**
 * Longest text that a scalar reads. DateTime, Decimal and CurrencyCode are checked where they are used, not here: an error in here would
 * refuse the whole batch of `recordInvocations`, and law L2 wants the one bad item refused by its index and the others kept.
 */
const TEXT_MAX = 100

/** A scalar of text: what it accepts is decided by `read`, from a JSON value or from the literal's own text. */
function textScalar(name: string, read: (value: unknown) => string) {
  return {
    serialize: (value: unknown) => value as string,
    parseValue: read,
    parseLiteral: (node: ValueNode) => {
      // The literal's own digits, so that 0.1 and 12345678901234567890 stay exact.
      if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return read(node.value)
      throw new GraphQLError(`${name} must be a string.`, { nodes: [node] })
    },
  }
}

function shortText(name: string, example: string): (value: unknown) => string {
  return (value) => {
    if (typeof value !== 'string') throw new GraphQLError(`${name} must be a string such as "${example}".`)
    if (value.length > TEXT_MAX) throw new GraphQLError(`${name} must be a string of at most ${TEXT_MAX} characters.`)
    return value
  }
}

/** An instant of the database has six digits; the answer has as many as it needs. */
export function shortInstant(text: string): string {
  // Without a fraction, as every step of a series is.
  if (text.length === 20) return text
  return text.replace(/(\.\d{3})000Z$/, '$1Z').replace('.000Z', 'Z')
}

function decimalText(value: unknown): string {
  // The shortest text of a JSON number is what its sender wrote: 0.1, not 0.1000000000000000055.
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return shortText('Decimal', '12.34')(value)
}

function bigIntText(value: unknown): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || !/^-?[0-9]{1,18}$/.test(text))
    throw new GraphQLError('BigInt must be an integer as a string, such as "200000".')
  return text
}

function dateText(value: unknown): string {
  const text = shortText('Date', '2026-03-01')(value)
  if (!isCalendarDate(text)) throw new GraphQLError(`${JSON.stringify(text)} is not a date such as 2026-03-01.`)
  return text
}

function jsonObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new GraphQLError('JSONObject must be an object.')
  return value as Record<string, unknown>
}

export function addScalars(builder: Builder): void {
  builder.scalarType('DateTime', {
    description: 'RFC 3339, UTC',
    ...textScalar('DateTime', shortText('DateTime', '2026-03-01T09:30:00Z')),
    serialize: (value) => shortInstant(value as string),
  })
  builder.scalarType('Date', { description: "calendar date, tenant's time zone", ...textScalar('Date', dateText) })
  builder.scalarType('Decimal', { description: 'exact decimal string', ...textScalar('Decimal', decimalText) })
  builder.scalarType('BigInt', { description: 'integer as string', ...textScalar('BigInt', bigIntText) })
  builder.scalarType('CurrencyCode', {
    description: 'ISO 4217',
    ...textScalar('CurrencyCode', shortText('CurrencyCode', 'GBP')),
  })
  builder.scalarType('JSONObject', {
    serialize: (value) => value,
    parseValue: jsonObject,
    parseLiteral: (node, variables) => jsonObject(valueFromASTUntyped(node, variables)),
  })
}
