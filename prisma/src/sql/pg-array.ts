/**
 * Arrays as Postgres reads them from text, one parameter a column. node-pg can do this too, but walks every element through generic
 * code; on the ingest path that is a fifth of the time.
 */

// Empty text, NULL in letters, and whatever the array grammar gives a meaning must be quoted.
const NEEDS_QUOTES = /[{}",\\\s]|^$|^null$/i
const ESCAPED = /["\\]/g

function element(value: string): string {
  return NEEDS_QUOTES.test(value) ? `"${value.replace(ESCAPED, '\\$&')}"` : value
}

/** An array of any texts: keys, names, JSON. */
export function textArray(values: readonly (string | null)[]): string {
  let out = '{'
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (i > 0) out += ','
    out += value === null || value === undefined ? 'NULL' : element(value)
  }
  return out + '}'
}

/** An array of values whose text never needs quotes: uuids, numbers, instants of `formatInstant`. */
export function plainArray(values: readonly (string | number | bigint | null)[]): string {
  let out = '{'
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (i > 0) out += ','
    out += value === null || value === undefined ? 'NULL' : String(value)
  }
  return out + '}'
}
