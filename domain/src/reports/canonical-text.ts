/** A value as JSON holds it, without `undefined`. */
type Canonical = string | number | boolean | null | readonly Canonical[] | { readonly [name: string]: Canonical }

/**
 * The one JSON text of a value: names in the order of their code units, no spaces. Two values that say the same have the same text, however
 * they were put together, so that a hash of it is a hash of what is said. Fields that are `undefined` are not there.
 *
 *     canonicalText({ b: 1, a: ['x', null] }) // '{"a":["x",null],"b":1}'
 */
export function canonicalText(value: unknown): string {
  return textOf(value as Canonical)
}

function textOf(value: Canonical): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(textOf).join(',')}]`
  const names = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(value[name] ?? null)}`).join(',')}}`
}

const isList = (value: Canonical): value is readonly Canonical[] => Array.isArray(value)
