import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { factsOf } from './apply-policy.ts'
import { apiError } from './errors.ts'
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from './page.ts'

/** Most that one operation may cost: a page of 100 tasks with costs and agents is about 3,000. */
export const COST_MAX = 20_000

/** Items of a list that says nothing about its size. */
const LIST_SIZE = 10

interface Question {
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
  variables: Readonly<Record<string, unknown>>
}

/**
 * What an operation costs at most, before it runs: each object counts 1 or what its field says, times the items of every list above it
 * (`first` or `top` where the list has it). Throws QUERY_TOO_COMPLEX above COST_MAX.
 */
export function checkCost(question: Question): number {
  const root = question.schema.getRootType(question.operation.operation)
  const cost = new CostEstimate(question).of(question.operation.selectionSet, root ?? null, LIST_SIZE)
  if (cost > COST_MAX) {
    throw apiError(
      'QUERY_TOO_COMPLEX',
      `The operation may cost ${cost} units; the most is ${COST_MAX}. Ask for smaller pages or fewer nested lists.`,
    )
  }
  return cost
}

class CostEstimate {
  readonly #question: Question
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #known = new Map<string, number>()

  constructor(question: Question) {
    this.#question = question
    const fragments = question.document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
    this.#fragments = new Map(fragments.map((node) => [node.name.value, node]))
  }

  /** `pageSize`: how many items a connection's lists will have, as its field was asked for. */
  of(set: SelectionSetNode, parent: GraphQLNamedType | null, pageSize: number): number {
    let cost = 0
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) cost += this.#ofField(selection, parent, pageSize)
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        cost += this.of(
          selection.selectionSet,
          this.#typeNamed(selection.typeCondition?.name.value) ?? parent,
          pageSize,
        )
      } else cost += this.#ofFragment(selection.name.value, pageSize)
    }
    return cost
  }

  #ofFragment(name: string, pageSize: number): number {
    const key = `${name} ${pageSize}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const fragment = this.#fragments.get(name)
    if (fragment === undefined) return 0
    const cost = this.of(fragment.selectionSet, this.#typeNamed(fragment.typeCondition.name.value) ?? null, pageSize)
    this.#known.set(key, cost)
    return cost
  }

  #ofField(node: FieldNode, parent: GraphQLNamedType | null, pageSize: number): number {
    const field = fieldOf(parent, node.name.value)
    if (field === undefined) return 0
    const type = getNamedType(field.type)
    const { cost, size } = factsOf(field)
    if (!isCompositeType(type) || node.selectionSet === undefined) return cost ?? 0
    const asked = this.#pageSizeOf(node, field) ?? pageSize
    const each = this.of(node.selectionSet, type, asked)
    return (cost ?? 0) + (isList(field.type) ? (size ?? asked) : 1) * (1 + each)
  }

  /** The value of `first` or `top`, where the field has such an argument. */
  #pageSizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number | null {
    const argument = field.args.find(({ name }) => name === 'first' || name === 'top')
    if (argument === undefined) return null
    const stated = node.arguments?.find(({ name }) => name.value === argument.name)?.value
    const fallback = typeof argument.defaultValue === 'number' ? argument.defaultValue : PAGE_SIZE_DEFAULT
    if (stated === undefined || stated.kind === Kind.NULL) return fallback
    if (stated.kind === Kind.INT) return Number.parseInt(stated.value, 10)
    const value = stated.kind === Kind.VARIABLE ? this.#question.variables[stated.name.value] : undefined
    // A variable that is left out takes a default we need not look up: pages are never larger than this.
    return typeof value === 'number' ? value : PAGE_SIZE_MAX
  }

  #typeNamed(name: string | undefined): GraphQLNamedType | undefined {
    return name === undefined ? undefined : this.#question.schema.getType(name)
  }
}

function fieldOf(parent: GraphQLNamedType | null, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type)
}
