import {
  fieldProblem,
  type Mapping,
  type MapProblem,
  mapProblem,
  PLAIN_FIELDS,
} from '@outlay/domain/csv-import/field-map'
import { MAX_QUANTITIES } from '@outlay/domain/invocation/parse-invocation'
import { CommandFailure } from './failure.ts'

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
  const problem = mapProblem(mappings)
  if (problem !== null) throw new CommandFailure(`--map ${MAP_PROBLEMS[problem]}`)
  return mappings
}

const MAP_PROBLEMS: Record<MapProblem, string> = {
  NO_TIME: 'must say when each row happened, such as --map occurredAt=TIMESTAMP.',
  HALF_A_COST: 'needs reportedCost.amount and reportedCost.currency together.',
  NO_QUANTITY: 'must give at least one quantity, such as --map usage.input_tokens=ContextTokens.',
  TOO_MANY_QUANTITIES: `gives more than ${MAX_QUANTITIES} quantities.`,
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
  const problem = fieldProblem(field)
  if (problem === 'BAD_METER') throw new CommandFailure(`--map ${field}: write the meter like usage.input_tokens.`)
  if (problem === 'UNKNOWN_FIELD') {
    throw new CommandFailure(
      `--map names no field "${field}"; there are ${PLAIN_FIELDS.join(', ')}, usage.<meter> and qualifiers.<name>.`,
    )
  }
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
