/**
 * JSON text that `jsonb` takes: it refuses NUL and halves of surrogate pairs, which senders' attributes may hold. They become U+FFFD;
 * everything else stays as it is.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(storable(value))
}

const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g // eslint-disable-line no-control-regex -- NUL is what is looked for

/** The same for a text. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\ufffd')
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [storableText(key), storable(entry)]))
  }
  return typeof value === 'bigint' ? value.toString() : value
}
