export type SearchParams = Readonly<Record<string, string | string[] | undefined>>

/** The first value of a parameter, or null when it is absent or empty. */
export function first(value: string | string[] | undefined): string | null {
  const one = Array.isArray(value) ? value[0] : value
  return one === undefined || one === '' ? null : one
}

/** A link to `path` with the present parameters and the changes; null removes one. The order is stable, so links compare. */
export function hrefWith(
  path: string,
  params: SearchParams,
  changes: Readonly<Record<string, string | null>> = {},
): string {
  const entries = new Map<string, string>()
  for (const [name, value] of Object.entries(params)) {
    const one = first(value)
    if (one !== null) entries.set(name, one)
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) entries.delete(name)
    else entries.set(name, value)
  }
  const query = new URLSearchParams([...entries].sort(([a], [b]) => (a < b ? -1 : 1))).toString()
  return query === '' ? path : `${path}?${query}`
}

const PERIOD_NAMES = ['period', 'from', 'to', 'bins', 'compare', 'basis'] as const

/** Only what says which period is looked at, and on which basis: what links between pages carry along. */
export function periodParams(params: SearchParams): SearchParams {
  return Object.fromEntries(PERIOD_NAMES.map((name) => [name, params[name]]))
}
