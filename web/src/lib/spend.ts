import { INVOCATION_KINDS } from '@outlay/domain/rollup/grain'
import type { CostFilter, Dimension, OnAnyBasisFragment, SpendCostFragment } from '../generated/graphql.ts'
import { costOn, type Basis } from './basis.ts'
import { changeRatio, compareDecimals, differenceOf, isZero, percentText, shareOf, sumOf } from './format.ts'
import { memberPath } from './member-path.ts'
import { all, first, hrefWith, type SearchParams } from './search-params.ts'
import type { SumTags } from './sum.ts'

/** What spend can be grouped and filtered by. */
export interface SpendDimension {
  /** How the address names it. */
  id: 'agent' | 'client' | 'project' | 'provider' | 'resource' | 'kind'
  api: Exclude<Dimension, 'TASK'>
  label: string
  plural: string
  /** The list of the API's filter. */
  list: 'agents' | 'clients' | 'projects' | 'providers' | 'resources' | 'kinds'
  /** What its remainder is called, and why there is one. */
  without: { name: string; note: string }
  /** What a row is looked into by, the most telling first. */
  next: readonly SpendDimension['id'][]
}

export const SPEND_DIMENSIONS: readonly SpendDimension[] = [
  {
    id: 'agent',
    api: 'AGENT',
    label: 'Agent',
    plural: 'agents',
    list: 'agents',
    without: { name: 'Without agent', note: 'shared uses of chains, and no agent tag' },
    next: ['client', 'resource', 'project', 'kind', 'provider'],
  },
  {
    id: 'client',
    api: 'CLIENT',
    label: 'Client',
    plural: 'clients',
    list: 'clients',
    without: { name: 'Without client', note: 'internal work and missing tags' },
    next: ['project', 'agent', 'resource', 'kind', 'provider'],
  },
  {
    id: 'project',
    api: 'PROJECT',
    label: 'Project',
    plural: 'projects',
    list: 'projects',
    without: { name: 'Without project', note: 'no project tag' },
    next: ['agent', 'resource', 'client', 'kind', 'provider'],
  },
  {
    id: 'provider',
    api: 'PROVIDER',
    label: 'Provider',
    plural: 'providers',
    list: 'providers',
    without: { name: 'Without provider', note: 'none was named, and shares of pools' },
    next: ['resource', 'agent', 'client', 'project', 'kind'],
  },
  {
    id: 'resource',
    api: 'RESOURCE',
    label: 'Resource',
    plural: 'resources',
    list: 'resources',
    without: { name: 'Without resource', note: 'none was named, and shares of pools' },
    next: ['agent', 'client', 'project', 'kind', 'provider'],
  },
  {
    id: 'kind',
    api: 'KIND',
    label: 'Kind',
    plural: 'kinds',
    list: 'kinds',
    without: { name: 'Without kind', note: 'shares of pools' },
    next: ['resource', 'agent', 'client', 'project', 'provider'],
  },
]

/** A dimension by its name in the address or in the API. */
export function spendDimension(name: string | null): SpendDimension | null {
  return SPEND_DIMENSIONS.find(({ id, api }) => id === name || api === name) ?? null
}

/** What the address of the page asks for. */
export interface SpendView {
  by: SpendDimension
  /** The second level; null for one. */
  then: SpendDimension | null
  /** What is kept of each dimension that is filtered. */
  kept: ReadonlyMap<SpendDimension['id'], readonly string[]>
  filter: CostFilter
}

/** The API takes as many keys of one dimension. */
const KEYS_MAX = 500

/** Reads the address; what names no dimension or kind is as if it were not there. */
export function readSpend(params: SearchParams): SpendView {
  const by = spendDimension(first(params.by)) ?? (SPEND_DIMENSIONS[0] as SpendDimension)
  const second = spendDimension(first(params.then))
  const kept = new Map<SpendDimension['id'], readonly string[]>()
  const filter: CostFilter = {}
  for (const { id, list } of SPEND_DIMENSIONS) {
    const keys = all(params[id]).slice(0, KEYS_MAX)
    if (list === 'kinds') {
      const kinds = INVOCATION_KINDS.filter((kind) => keys.includes(kind))
      if (kinds.length === 0) continue
      kept.set(id, kinds)
      filter.kinds = [...kinds]
    } else if (keys.length > 0) {
      kept.set(id, keys)
      filter[list] = keys
    }
  }
  return { by, then: second === null || second.id === by.id ? null : second, kept, filter }
}

export type Keys = readonly { dimension: Dimension; key?: string | null | undefined; label: string }[]

export interface ApiRow {
  keys: Keys
  cost: SpendCostFragment
}

export interface ApiRollup {
  rows: readonly ApiRow[]
  other?: ApiRow | null | undefined
  total: SpendCostFragment
}

/** A rollup of another period, as far as changes are made from it. */
export interface ComparedRollup {
  rows: readonly (Pick<ApiRow, 'keys'> & { cost: OnAnyBasisFragment })[]
  /** Whether there is more than the rows tell one by one. */
  other?: object | null | undefined
}

/** A row of the table. */
export interface SpendRow {
  /** Tells it from all others, and is the same in every period. */
  id: string
  /** `member`: somebody with a name; `without`: what carries no tag; `more`: what is not shown one by one. */
  kind: 'member' | 'without' | 'more'
  dimension: SpendDimension
  key: string | null
  label: string
  cost: SpendCostFragment
  children: readonly SpendRow[]
}

/** The key that a filter takes for a row: a resource is named with its provider, because two providers may have one of the same name. */
function filterKey(dimension: SpendDimension, { key, label }: Keys[number]): string | null {
  return key == null ? null : dimension.id === 'resource' ? label : key
}

function rowOf(row: ApiRow, dimension: SpendDimension, children: readonly SpendRow[] = []): SpendRow {
  const last = row.keys.at(-1)
  const key = last === undefined ? null : filterKey(dimension, last)
  const label = key === null ? dimension.without.name : (last?.label ?? key)
  const kind = key === null ? 'without' : 'member'
  return { id: idOf(row), kind, dimension, key, label, cost: row.cost, children }
}

/**
 * The path of a row: the keys of its levels, as JSON, because a key may hold any character. Two resources of one name are two rows: their
 * label is what tells them apart.
 */
export function idOf({ keys }: Pick<ApiRow, 'keys'>): string {
  return JSON.stringify(
    keys.map(({ dimension, key, label }) => (key == null ? null : dimension === 'RESOURCE' ? label : key)),
  )
}

/**
 * The rows of one level, or of two with the second folded under the first. What the API does not tell one by one is a row of its own: at
 * each level the rows add up to the level above, to the last decimal.
 */
export function foldRows(view: SpendView, outer: ApiRollup, inner: ApiRollup | null): SpendRow[] {
  const { by, then } = view
  const childrenOf = new Map<string, ApiRow[]>()
  for (const row of inner?.rows ?? []) {
    const parent = idOf({ keys: row.keys.slice(0, 1) })
    const list = childrenOf.get(parent)
    if (list === undefined) childrenOf.set(parent, [row])
    else list.push(row)
  }
  const fold = (row: ApiRow): SpendRow => {
    if (then === null) return rowOf(row, by)
    const id = idOf(row)
    const children = (childrenOf.get(id) ?? []).map((child) => rowOf(child, then))
    const rest = costBetween(
      row.cost,
      children.map(({ cost }) => cost),
    )
    const more = isNothing(rest) ? [] : [moreRow(`${id} more`, then, `Other ${then.plural}`, rest)]
    return rowOf(row, by, [...children, ...more])
  }
  const rows = outer.rows.map(fold)
  if (outer.other == null) return rows
  const label = outer.other.keys[0]?.label ?? 'more'
  return [...rows, moreRow('more', by, `${label} ${by.plural}`, outer.other.cost)]
}

/** As many under each row where all are opened at once, and as many together: fifty times fifty rows are read by nobody. */
const OPENED_MAX = 10
const OPENED_TOGETHER_MAX = 150
const OPENED_MIN = 3

/** How many of each of so many rows are shown where all are opened at once. */
export function openedOfEach(rows: number): number {
  return Math.max(OPENED_MIN, Math.min(OPENED_MAX, Math.floor(OPENED_TOGETHER_MAX / Math.max(rows, 1))))
}

/**
 * The rows under a row where all are opened at once: the first `most` of them by cost, and the others as one row, which is named by `restId`.
 * They add up to the row, to the last decimal.
 */
export function firstChildren(row: SpendRow, most: number): readonly SpendRow[] {
  const { children, dimension } = row
  if (children.length <= most + 1) return children
  const shown = children.slice(0, most)
  const rest = costBetween(
    row.cost,
    shown.map(({ cost }) => cost),
  )
  const under = shown[0]?.dimension ?? dimension
  const hidden = children.slice(most)
  const count = hidden.some(({ kind }) => kind === 'more') ? 'Other' : `${hidden.length} other`
  return [...shown, moreRow(restId(row), under, `${count} ${under.plural}`, rest)]
}

/** The id of the row that stands for those not shown under a row. */
export function restId({ id }: Pick<SpendRow, 'id'>): string {
  return `${id} rest`
}

function moreRow(id: string, dimension: SpendDimension, label: string, cost: SpendCostFragment): SpendRow {
  return { id, kind: 'more', dimension, key: null, label, cost, children: [] }
}

/** What is left of a cost when its parts are taken out. */
export function costBetween(whole: SpendCostFragment, parts: readonly SpendCostFragment[]): SpendCostFragment {
  const left = (pick: (cost: SpendCostFragment) => { amount: string; currency: string }) => ({
    amount: differenceOf(pick(whole).amount, sumOf(parts.map((part) => pick(part).amount))),
    currency: pick(whole).currency,
  })
  return {
    direct: left(({ direct }) => direct),
    chainShared: left(({ chainShared }) => chainShared),
    allocated: left(({ allocated }) => allocated),
    total: left(({ total }) => total),
    invocations: differenceOf(whole.invocations, sumOf(parts.map(({ invocations }) => invocations))),
  }
}

function isNothing({ direct, chainShared, allocated, invocations }: SpendCostFragment): boolean {
  return [direct.amount, chainShared.amount, allocated.amount, invocations].every(isZero)
}

/** What a row cost on full days, and on the same weekdays before; null where that is among what the API did not tell one by one. */
export interface Change {
  now: string
  before: string
}

/**
 * The change of each row by its id, where both periods tell of it. A row that a period told in full does not have cost nothing in it; one that
 * may be among what was not told one by one has no change.
 */
export function changesOf(
  basis: Basis,
  now: ComparedRollup | null | undefined,
  before: ComparedRollup | null | undefined,
): (id: string) => Change | null {
  if (now == null || before == null) return () => null
  const lookUp = ({ rows, other }: ComparedRollup) => {
    const amounts = new Map(rows.map((row) => [idOf(row), costOn(basis, row.cost).amount]))
    return (id: string): string | null => amounts.get(id) ?? (other == null ? '0' : null)
  }
  const [inNow, inBefore] = [lookUp(now), lookUp(before)]
  return (id) => {
    const [a, b] = [inNow(id), inBefore(id)]
    return a === null || b === null ? null : { now: a, before: b }
  }
}

/** A look into a row: the address that keeps only it, grouped by the next dimension. */
export interface Drill {
  href: string
  into: SpendDimension
}

/** Null for a row that has no name to keep, and where nothing is left to look into. `parent`: the row it stands under. */
export function drillOf(params: SearchParams, view: SpendView, row: SpendRow, parent: SpendRow | null): Drill | null {
  if (row.key === null || (parent !== null && parent.key === null)) return null
  const kept = new Map([...view.kept].map(([id, keys]) => [id, [...keys]]))
  kept.set(row.dimension.id, [row.key])
  if (parent !== null && parent.key !== null) kept.set(parent.dimension.id, [parent.key])
  const isSettled = (id: SpendDimension['id']) => kept.get(id)?.length === 1
  const order = parent === null && view.then !== null ? [view.then.id, ...row.dimension.next] : row.dimension.next
  const into = spendDimension(order.find((id) => !isSettled(id)) ?? null)
  if (into === null) return null
  const changes = { ...Object.fromEntries(kept), by: into.id, then: null, open: null, q: null, sort: null }
  return { href: hrefWith('/spend', params, changes), into }
}

/** The page of whom a row is about; null for what has none, and of an agent for who is limited to clients. */
export function memberHref({ dimension, key }: SpendRow, { isLimited = false } = {}): string | null {
  return key === null ? null : memberPath(dimension.api, key, { isLimited })
}

/** Where a budget of a row is set; null where there are none of its kind. */
export function budgetHref({ dimension, key }: SpendRow): string | null {
  if (key === null || !['AGENT', 'CLIENT', 'PROJECT'].includes(dimension.api)) return null
  return `/budgets/new?${new URLSearchParams({ scope: dimension.api, key }).toString()}`
}

/** The finding of the chart: who makes most of it. */
export function findingOf(
  spent: { text: string; amount: string },
  rows: readonly { label: string; amount: string }[],
): string {
  const [top, ...others] = [...rows].sort((a, b) => compareDecimals(b.amount, a.amount))
  const share = top === undefined ? null : shareOf(top.amount, spent.amount)
  if (top === undefined || share === null || spent.amount.startsWith('-')) return `${spent.text} spent`
  if (others.every(({ amount }) => isZero(amount))) return `${spent.text} spent, all of it ${top.label}`
  return `${top.label} is ${percentText(share, 0)} of ${spent.text} spent`
}

/** The change as a ratio; null where it is not known, or nothing was spent before. */
export function ratioOf(change: Change | null): string | null {
  return change === null ? null : changeRatio(change.now, change.before)
}

/**
 * Which usage the amounts of a row are of, as an amount's arithmetic asks for it: what the page is filtered by, and the row's own name in place of
 * that; a remainder is asked for by the key "". null for what is not shown one by one.
 */
export function tagsOfRow({ kept }: Pick<SpendView, 'kept'>, rows: readonly SpendRow[]): SumTags | null {
  const tags: SumTags = Object.fromEntries(kept)
  for (const { kind, dimension, key, label } of rows) {
    if (kind === 'more') return null
    // The same name at two providers is two resources.
    tags[dimension.id] = key === null ? '' : dimension.id === 'resource' ? label : key
  }
  return tags
}
