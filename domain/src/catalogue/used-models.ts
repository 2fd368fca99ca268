import type { Catalogue, CatalogueModel } from './catalogue.ts'

/** A resource that a tenant's events named. */
export interface UsedResource {
  provider: string | null
  resource: string
}

/** The models of a catalogue that price the resources given, each once: found as rating finds them, aliases and all. */
export function usedModels(catalogue: Catalogue, resources: readonly UsedResource[]): Set<CatalogueModel> {
  const models = resources.map(({ provider, resource }) => catalogue.find(provider, resource))
  return new Set(models.filter((model) => model !== null))
}
