import { invariant } from '../errors.ts'
import { parseInstant } from '../periods/instant.ts'
import type { Rate } from '../rating/rate.ts'
import { parseUnitPrice } from '../usage/unit-price.ts'
import { catalogueData, type CatalogueData, type CatalogueModelData } from './catalogue-data.ts'
import { compileMatch, type NameTest } from './name-match.ts'
import { PROVIDER_ALIASES } from './provider-aliases.ts'

/** One model of the catalogue with all its prices; none at all when they are left out. */
export interface CatalogueModel {
  provider: string
  id: string
  rates: readonly Rate[]
  /** Meters that have a price which cannot be stated here: no other meter's price stands in for it. */
  unpriced: ReadonlySet<string>
}

/** The public prices, ready to be looked up. */
export interface Catalogue {
  version: string
  /** Every rate, as the database holds them. */
  rates: readonly Rate[]
  /**
   * The model an event used; null when the catalogue does not know it. Without a provider only an id that exactly one provider spells
   * this way is taken.
   */
  find(provider: string | null, resource: string): CatalogueModel | null
}

/**
 * Compiles the content of `domain/data/catalogue.json` (as parsed JSON) for lookup, and checks it on the way: a file that does not fit
 * is a bug and throws.
 *
 *     const catalogue = compileCatalogue(JSON.parse(text))
 *     catalogue.find('anthropic', 'claude-sonnet-4-5-20250929')?.id // 'claude-sonnet-4-5'
 *     catalogue.find('aws.bedrock', 'amazon.nova-lite-v1:0')?.provider // 'aws'
 */
export function compileCatalogue(content: unknown): Catalogue {
  const data = catalogueData.parse(content)
  const providers = compileProviders(data)
  const models = [...providers.values()].flatMap((provider) => provider.models)
  const byId = onlyModels(models)
  return {
    version: data.version,
    rates: models.flatMap(({ model }) => model.rates),
    find: (name, resource) => {
      const id = resource.trim().toLowerCase()
      if (name === null) return byId.get(id) ?? null
      const provider = findProvider(providers, name.trim().toLowerCase())
      return provider === null ? null : findModel(providers, provider, id)
    },
  }
}

interface CompiledModel {
  test: NameTest
  model: CatalogueModel
}

interface CompiledProvider {
  id: string
  test: NameTest | null
  fallback: readonly string[]
  models: CompiledModel[]
}

type Providers = ReadonlyMap<string, CompiledProvider>

function compileProviders(data: CatalogueData): Providers {
  const providers = new Map<string, CompiledProvider>()
  for (const { id, match, fallback } of data.providers) {
    providers.set(id, {
      id,
      test: match === undefined ? null : compileMatch(match),
      fallback: fallback ?? [],
      models: [],
    })
  }
  for (const model of data.models) {
    const provider = providers.get(model.provider)
    invariant(
      provider !== undefined,
      `The catalogue lists ${model.id} of ${model.provider}, which is none of its providers`,
    )
    provider.models.push({ test: compileMatch(model.match), model: compileModel(model, data) })
  }
  return providers
}

function compileModel(model: CatalogueModelData, data: CatalogueData): CatalogueModel {
  const rates = model.prices.map(({ id, meter, price, per, effectiveFrom, effectiveTo, abovePromptTokens }): Rate => ({
    id,
    provider: model.provider,
    resource: model.id,
    meter,
    unitPrice: parseUnitPrice({ price, per }),
    priceText: price,
    perText: per,
    currency: data.currency,
    effectiveFromMicros: effectiveFrom === undefined ? null : parseInstant(effectiveFrom),
    effectiveToMicros: effectiveTo === undefined ? null : parseInstant(effectiveTo),
    abovePromptTokens: abovePromptTokens === undefined ? null : BigInt(abovePromptTokens),
    aboveMonthlyQuantity: null,
    qualifiers: {},
    source: 'CATALOGUE',
    card: `${data.importedFrom} ${data.version}`,
  }))
  return { provider: model.provider, id: model.id, rates, unpriced: new Set(model.unpriced) }
}

/** The models whose id belongs to one provider only. */
function onlyModels(models: readonly CompiledModel[]): Map<string, CatalogueModel> {
  const byId = new Map<string, CatalogueModel | null>()
  for (const { model } of models) {
    const id = model.id.toLowerCase()
    byId.set(id, byId.has(id) ? null : model)
  }
  const only = new Map<string, CatalogueModel>()
  for (const [id, model] of byId) if (model !== null) only.set(id, model)
  return only
}

function findProvider(providers: Providers, name: string): CompiledProvider | null {
  const named = providers.get(PROVIDER_ALIASES.get(name) ?? name)
  if (named !== undefined) return named
  for (const provider of providers.values()) {
    if (provider.test?.(name) === true) return provider
  }
  return null
}

function findModel(providers: Providers, provider: CompiledProvider, id: string): CatalogueModel | null {
  const found = modelOf(providers, provider, id)
  if (found !== null) return found
  const dashed = withDashedDates(id)
  return dashed === id ? null : modelOf(providers, provider, dashed)
}

function modelOf(providers: Providers, provider: CompiledProvider, id: string): CatalogueModel | null {
  const own = provider.models.find(({ test }) => test(id))
  if (own !== undefined) return own.model
  for (const other of provider.fallback) {
    const fallback = providers.get(other)
    const model = fallback === undefined ? null : modelOf(providers, fallback, id)
    if (model !== null) return model
  }
  return null
}

const COMPACT_DATE = /-(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?=-|:|$)/g

/** `gpt-4o-20240806` as `gpt-4o-2024-08-06`: gateways write the date of a snapshot without dashes. */
function withDashedDates(id: string): string {
  return id.replace(COMPACT_DATE, (_whole, year: string, month: string, day: string) => `-${year}-${month}-${day}`)
}
