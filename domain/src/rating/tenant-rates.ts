import type { Rate } from './rate.ts'
import { isResourcePattern, matchesPattern } from './resource-pattern.ts'

/** The rates a tenant has published, found by provider and resource. */
export interface TenantRates {
  /**
   * The rates that fit a resource, in no order: those of its provider, capitals aside. An event that names no provider gets them only
   * when one provider alone has a rate that fits.
   */
  fitting(provider: string | null, resource: string): readonly Rate[]
}

export function indexTenantRates(rates: readonly Rate[]): TenantRates {
  const providers = new Map<string, ProviderRates>()
  for (const rate of rates) {
    const name = rate.provider.toLowerCase()
    const provider = providers.get(name) ?? { byName: new Map(), patterns: [] }
    providers.set(name, provider)
    add(provider, rate)
  }
  return {
    fitting: (name, resource) => {
      if (name !== null) return fittingOf(providers.get(name.toLowerCase()), resource)
      const found = [...providers.values()]
        .map((provider) => fittingOf(provider, resource))
        .filter(({ length }) => length > 0)
      return found.length === 1 ? (found[0] ?? []) : []
    },
  }
}

interface ProviderRates {
  byName: Map<string, Rate[]>
  patterns: Rate[]
}

function add({ byName, patterns }: ProviderRates, rate: Rate): void {
  if (isResourcePattern(rate.resource)) {
    patterns.push(rate)
    return
  }
  const sameName = byName.get(rate.resource)
  if (sameName === undefined) byName.set(rate.resource, [rate])
  else sameName.push(rate)
}

function fittingOf(provider: ProviderRates | undefined, resource: string): readonly Rate[] {
  if (provider === undefined) return []
  const patterns = provider.patterns.filter((rate) => matchesPattern(rate.resource, resource))
  return [...(provider.byName.get(resource) ?? []), ...patterns]
}
