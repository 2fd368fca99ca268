import type { CostFilter, CostPart, InvocationKind } from '../generated/graphql.ts'
import type { Basis } from './basis.ts'
import { all, hrefWith, type SearchParams } from './search-params.ts'

/**
 * An amount whose arithmetic the address asks for: `?sum=cost&sum=agent:research`. The first value says what it is, the others whose; the
 * panel that answers stands beside the page, so a copied link reproduces it.
 */
export interface SumQuestion {
  what: SumOf
  of: readonly { dimension: SumDimension; key: string }[]
}

/** `cost` has all parts, `loaded` also the pool money that nobody bears; `onBasis`, `margin` and `unit` follow the basis of the page. */
export type SumOf = (typeof SUMS)[number]
const SUMS = ['cost', 'loaded', 'attributed', 'direct', 'shared', 'allocated', 'onBasis', 'margin', 'unit'] as const

export type SumDimension = (typeof DIMENSIONS)[number]
const DIMENSIONS = ['agent', 'client', 'project', 'task', 'provider', 'resource', 'kind'] as const

/** What `?sum=` asks; null when it asks nothing that can be answered. */
export function readSum(params: SearchParams): SumQuestion | null {
  const [what, ...tags] = all(params.sum)
  const known = SUMS.find((one) => one === what)
  if (known === undefined) return null
  const of = tags.map((tag) => {
    const [name, ...key] = tag.split(':')
    const dimension = DIMENSIONS.find((one) => one === name)
    return dimension === undefined ? null : { dimension, key: key.join(':') }
  })
  return of.every((one) => one !== null) ? { what: known, of } : null
}

/** The key "" is what carries no such tag. */
export type SumTags = Partial<Record<SumDimension, string | readonly string[]>>

/** Where the amounts of a page lead to. */
export type SumLinks = (what: SumOf, of?: SumTags) => string

/** The same page with the panel that shows how an amount is made. */
export function sumLinks(path: string, params: SearchParams): SumLinks {
  return (what, of = {}) => {
    const tags = DIMENSIONS.flatMap((dimension) => keysOf(of[dimension]).map((key) => `${dimension}:${key}`))
    return hrefWith(path, params, { sum: [what, ...tags], peek: null })
  }
}

function keysOf(keys: string | readonly string[] | undefined): readonly string[] {
  return typeof keys === 'string' ? [keys] : (keys ?? [])
}

/** The tags of a question as links are made from them. */
export function tagsOfSum({ of }: SumQuestion): SumTags {
  return Object.fromEntries(
    of.map(({ dimension }) => [dimension, of.filter((one) => one.dimension === dimension).map(({ key }) => key)]),
  )
}

/** The key of the only tag asked about, where it is of this dimension: which row of a table the panel belongs to. */
export function sumKey(params: SearchParams, dimension: SumDimension): string | null {
  const of = readSum(params)?.of ?? []
  return of.length === 1 && of[0]?.dimension === dimension ? of[0].key : null
}

/** Which parts of a cost an amount counts. */
export function partsOf(what: SumOf, basis: Basis): CostPart[] {
  if (what === 'direct') return ['DIRECT']
  if (what === 'shared') return ['CHAIN_SHARED']
  if (what === 'allocated') return ['ALLOCATED']
  if (what === 'attributed') return ['DIRECT', 'CHAIN_SHARED']
  const followsBasis = what === 'onBasis' || what === 'margin' || what === 'unit'
  if (followsBasis && basis.id === 'direct') return ['DIRECT']
  if (followsBasis && basis.id === 'attributed') return ['DIRECT', 'CHAIN_SHARED']
  return ['DIRECT', 'CHAIN_SHARED', 'ALLOCATED']
}

/** The tags asked about as the API filters by them. */
export function filterOf({ of }: SumQuestion): CostFilter {
  const keys = (dimension: SumDimension) => {
    const found = of.filter((one) => one.dimension === dimension).map(({ key }) => key)
    return found.length === 0 ? null : found
  }
  const filter = {
    agents: keys('agent'),
    clients: keys('client'),
    projects: keys('project'),
    tasks: keys('task'),
    providers: keys('provider'),
    resources: keys('resource'),
    kinds: keys('kind') as InvocationKind[] | null,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, list]) => list !== null))
}
