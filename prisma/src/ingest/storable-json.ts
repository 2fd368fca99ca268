/**
 * JSON text that `jsonb` takes: it refuses NUL and halves of surrogate pairs, which senders' attributes may hold. They become U+FFFD;
 * everything else stays as it is.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(storable(value))
}

const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g // eslint-disable-line no-control-regex -- NUL is what is looked for

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UNSTORABLE, '\ufffd')
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key.replace(UNSTORABLE, '\ufffd'), storable(entry)]),
    )
  }
  return typeof value === 'bigint' ? value.toString() : value
}
