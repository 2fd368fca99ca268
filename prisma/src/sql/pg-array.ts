/**
 * Arrays as Postgres reads them from text, one parameter a column. node-pg can do this too, but walks every element through generic
 * code; on the ingest path that is a fifth of the time.
 */

// Empty text, NULL in letters, and whatever the array grammar gives a meaning must be quoted.
const NEEDS_QUOTES = /[{}",\\\s]|^$|^null$/i
const ESCAPED = /["\\]/g

function element(value: string): string {
  return NEEDS_QUOTES.test(value) ? quoted(value) : value
}

function quoted(value: string): string {
  return `"${value.includes('"') || value.includes('\\') ? value.replace(ESCAPED, '\\$&') : value}"`
}

/** An array of any texts: keys, names, JSON. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : element(value))).join(',')}}`
}

/** An array of values whose text never needs quotes: uuids, numbers, instants of `formatInstant`. */
export function plainArray(values: readonly (string | number | bigint | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : value)).join(',')}}`
}

/** An array of array literals (`'{1,2}'`), which always need quotes and hardly ever hold one. */
export function literalArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}`
}
