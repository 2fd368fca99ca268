/**
 * Whether a key can exist at all. What Postgres cannot hold as text (a NUL, half of a surrogate pair) was refused when it was sent, so it
 * names nothing; asking the database would be an error instead of "not there".
 */
export function storableKey(key: string): boolean {
  return key.length <= 1024 && !key.includes('\u0000') && !/\p{Surrogate}/u.test(key)
}
