import type { Money } from '@outlay/domain/money/currency'
import { graphql } from '../generated/gql.ts'
import type { AttributedCostFragment, CostBasis } from '../generated/graphql.ts'
import { sumOf } from './format.ts'
import { first, type SearchParams } from './search-params.ts'

/** What a cost per task and a margin are reckoned on: how much of what an agent, a task or a client caused is counted as its cost. */
export interface Basis {
  /** How the address names it. */
  id: 'direct' | 'attributed' | 'loaded'
  label: string
  api: CostBasis
  /** In words, for a title. */
  means: string
}

export const BASES: readonly [Basis, Basis, Basis] = [
  { id: 'direct', label: 'Direct', api: 'DIRECT', means: 'Invocations of its own' },
  { id: 'attributed', label: 'Attributed', api: 'ATTRIBUTED', means: 'Direct and chain-shared, counted once' },
  { id: 'loaded', label: 'Fully loaded', api: 'FULLY_LOADED', means: 'Direct, chain-shared and allocated pools' },
]

/** `?basis=direct`; anything else is fully loaded. */
export function readBasis(params: SearchParams): Basis {
  return BASES.find(({ id }) => id === first(params.basis)) ?? BASES[2]
}

/** Whether the address chooses a basis, so that its switch is shown even where no pool makes a difference. */
export function hasBasis(params: SearchParams): boolean {
  return BASES.some(({ id }) => id === first(params.basis))
}

/** The head of a column reckoned on a basis: `Loaded per task`; without pools and without a choice just `Per task`. */
export function onBasis(basis: Basis, noun: string, isNamed: boolean): string {
  if (!isNamed) return noun
  const word = basis.id === 'loaded' ? 'Loaded' : basis.label
  return `${word} ${noun.charAt(0).toLowerCase()}${noun.slice(1)}`
}

/** The label of a unit cost in a tile, where there is room for one line. */
export function unitCostLabel(basis: Basis, isNamed: boolean): string {
  return isNamed ? onBasis(basis, 'Cost per task', true) : 'Cost per completed task'
}

/** The parts of a cost that are known at once: pools follow when they are allocated. */
graphql(`
  fragment AttributedCost on CostBreakdown {
    direct {
      amount
      currency
    }
    chainShared {
      amount
      currency
    }
  }
`)

interface Parts extends AttributedCostFragment {
  total: Money
}

/** What was used: direct and chain-shared, before any pool. */
export function attributedOf({ direct, chainShared }: AttributedCostFragment): Money {
  return { amount: sumOf([direct.amount, chainShared.amount]), currency: direct.currency }
}

/** As much of a cost as the basis counts. */
export function costOn(basis: Basis, cost: Parts): Money {
  if (basis.id === 'direct') return cost.direct
  return basis.id === 'attributed' ? attributedOf(cost) : cost.total
}
