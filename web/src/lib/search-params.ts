export type SearchParams = Readonly<Record<string, string | string[] | undefined>>

/** The first value of a parameter, or null when it is absent or empty. */
export function first(value: string | string[] | undefined): string | null {
  const one = Array.isArray(value) ? value[0] : value
  return one === undefined || one === '' ? null : one
}

/** All values of a parameter that may be repeated, each once, the empty ones left out. */
export function all(value: string | readonly string[] | null | undefined): string[] {
  const list = typeof value === 'string' ? [value] : (value ?? [])
  return [...new Set(list.filter((one) => one !== ''))]
}

/** The parameters of the browser's address, repeated ones with all their values. */
export function paramsOf(address: Pick<URLSearchParams, 'keys' | 'getAll'>): SearchParams {
  return Object.fromEntries([...new Set(address.keys())].map((name) => [name, address.getAll(name)]))
}

/** A link to `path` with the present parameters and the changes; null removes one. The order is stable, so links compare. */
export function hrefWith(
  path: string,
  params: SearchParams,
  changes: Readonly<Record<string, string | readonly string[] | null>> = {},
): string {
  const lists = new Map<string, string[]>()
  for (const [name, value] of Object.entries({ ...params, ...changes })) lists.set(name, all(value))
  const entries = [...lists].flatMap(([name, list]) => list.map((one): [string, string] => [name, one]))
  const query = new URLSearchParams(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))).toString()
  return query === '' ? path : `${path}?${query}`
}

const PERIOD_NAMES = ['period', 'from', 'to', 'bins', 'compare', 'basis'] as const

/** Only what says which period is looked at, and on which basis: what links between pages carry along. */
export function periodParams(params: SearchParams): SearchParams {
  return Object.fromEntries(PERIOD_NAMES.map((name) => [name, params[name]]))
}
