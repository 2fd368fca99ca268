/** "As if it had been that other resource": what a simulation puts in the place of what was used. */
export interface Substitution {
  /** Null: of whatever provider. */
  fromProvider: string | null
  fromResource: string
  toProvider: string
  toResource: string
}

export interface PricedResource {
  provider: string | null
  resource: string | null
}

/** What stands in for a resource; null where nothing does. */
export type Substitute = (used: PricedResource) => PricedResource | null

/**
 * Prepares substitutions for every event. Names of resources are exact; those of providers are compared as rates do it, capitals aside.
 * A substitution that names the provider goes before one that does not, and what was put in is not replaced again.
 *
 *     const substitute = compileSubstitutions([{ fromProvider: null, fromResource: 'large', toProvider: 'acme', toResource: 'small' }])
 *     substitute({ provider: 'acme', resource: 'large' }) // { provider: 'acme', resource: 'small' }
 *     substitute({ provider: 'acme', resource: 'small' }) // null
 */
export function compileSubstitutions(substitutions: readonly Substitution[]): Substitute {
  const byName = new Map<string, PricedResource>()
  for (const { fromProvider, fromResource, toProvider, toResource } of substitutions) {
    const key = keyOf(fromProvider, fromResource)
    if (!byName.has(key)) byName.set(key, { provider: toProvider, resource: toResource })
  }
  return ({ provider, resource }) => {
    if (resource === null) return null
    const named = provider === null ? undefined : byName.get(keyOf(provider, resource))
    return named ?? byName.get(keyOf(null, resource)) ?? null
  }
}

/** What tells substitutions apart: two of one key contradict each other. */
export function substitutionKey({ fromProvider, fromResource }: Substitution): string {
  return keyOf(fromProvider, fromResource)
}

// A control character cannot occur in a name.
function keyOf(provider: string | null, resource: string): string {
  return `${provider === null ? '' : provider.toLowerCase()}\u001f${resource}`
}
