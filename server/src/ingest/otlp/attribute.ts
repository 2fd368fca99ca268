import type { Attributes, AttributeValue } from './otlp-request.ts'

/** The first of `names` that is present and not an empty text, with the name it has. */
export function firstAttribute(
  attributes: Attributes,
  names: readonly string[],
): { name: string; value: AttributeValue } | null {
  for (const name of names) {
    const value = attributes.get(name)
    if (value !== undefined && value !== '') return { name, value }
  }
  return null
}

/** The first of `names` that is a text or a number, as text; blank texts count as absent. */
export function firstText(attributes: Attributes, names: readonly string[]): string | null {
  for (const name of names) {
    const value = attributes.get(name)
    if (typeof value === 'string' && value.trim() !== '') return value
    if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  }
  return null
}
