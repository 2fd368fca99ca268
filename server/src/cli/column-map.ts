import { MAX_QUANTITIES } from '@outlay/domain/invocation/parse-invocation'
import { isMeterName } from '@outlay/domain/usage/meter'
import { CommandFailure } from './failure.ts'

/** Where a field's text comes from: a column of the file, or the same text for every row. */
export type Source = { kind: 'column'; column: string } | { kind: 'constant'; text: string }

/** A field of the invocation and its source; `usage.<meter>` and `qualifiers.<name>` may appear many times. */
export type Mapping = { field: string; source: Source }

const PLAIN_FIELDS = [
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
  'reportedCost.amount',
  'reportedCost.currency',
]

/**
 * Reads the `--map` options. `field=Column` takes a column by its heading; `field==text` (the source begins with `=`)
 * is the same text for every row.
 *
 *     parseColumnMap(['usage.input_tokens=ContextTokens', 'agent==coding'])
 *     // [{ field: 'usage.input_tokens', source: { kind: 'column', column: 'ContextTokens' } },
 *     //  { field: 'agent', source: { kind: 'constant', text: 'coding' } }]
 */
export function parseColumnMap(options: readonly string[]): Mapping[] {
  const mappings = readMappings(options, checkField)
  const fields = new Set(mappings.map(({ field }) => field))
  if (!fields.has('occurredAt')) {
    throw new CommandFailure('--map must say when each row happened, such as --map occurredAt=TIMESTAMP.')
  }
  if (fields.has('reportedCost.amount') !== fields.has('reportedCost.currency')) {
    throw new CommandFailure('--map needs reportedCost.amount and reportedCost.currency together.')
  }
  const quantities = mappings.filter(({ field }) => field.startsWith('usage.')).length
  if (quantities === 0) {
    throw new CommandFailure('--map must give at least one quantity, such as --map usage.input_tokens=ContextTokens.')
  }
  if (quantities > MAX_QUANTITIES) throw new CommandFailure(`--map gives more than ${MAX_QUANTITIES} quantities.`)
  return mappings
}

/** The `--map` options as they are written; `check` refuses a field that there is not. */
export function readMappings(options: readonly string[], check: (field: string) => void): Mapping[] {
  const mappings = options.map((option) => readMapping(option, check))
  const fields = new Set<string>()
  for (const { field } of mappings) {
    if (fields.has(field)) throw new CommandFailure(`--map gives ${field} twice.`)
    fields.add(field)
  }
  return mappings
}

function readMapping(option: string, check: (field: string) => void): Mapping {
  const at = option.indexOf('=')
  const field = option.slice(0, at).trim()
  const source = option.slice(at + 1)
  if (at < 1 || source === '') {
    throw new CommandFailure(`--map "${option}" must look like field=Column or field==text.`)
  }
  check(field)
  if (!source.startsWith('=')) return { field, source: { kind: 'column', column: source } }
  if (source === '=') throw new CommandFailure(`--map "${option}" gives ${field} an empty text; leave it out instead.`)
  return { field, source: { kind: 'constant', text: source.slice(1) } }
}

function checkField(field: string): void {
  if (PLAIN_FIELDS.includes(field)) return
  if (/^qualifiers\../.test(field)) return
  if (field.startsWith('usage.')) {
    if (isMeterName(field.slice('usage.'.length))) return
    throw new CommandFailure(`--map ${field}: write the meter like usage.input_tokens.`)
  }
  throw new CommandFailure(
    `--map names no field "${field}"; there are ${PLAIN_FIELDS.join(', ')}, usage.<meter> and qualifiers.<name>.`,
  )
}

/** Refuses a map that names a column the file does not have, before a single row is sent. */
export function requireColumns(mappings: readonly Mapping[], columns: readonly string[]): void {
  const missing = mappings.flatMap(({ source }) =>
    source.kind === 'column' && !columns.includes(source.column) ? [source.column] : [],
  )
  if (missing.length === 0) return
  const names = missing.map((name) => `"${name}"`).join(', ')
  throw new CommandFailure(
    `The file has no column ${names}; it has ${columns.map((name) => `"${name}"`).join(', ')}. ` +
      'A text for every row is written with two equals signs, such as agent==coding.',
  )
}
