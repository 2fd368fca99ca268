import {
  GraphQLError,
  Kind,
  parse,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { apiError } from './errors.ts'

/** Limits on what a document may look like. They hold before validation, whose own work grows with the square of some of them. */
export const LIMITS = {
  /** A document of the portal has some 600. */
  tokens: 5_000,
  depth: 14,
  /** Deeper only for introspection, whose standard document nests `ofType` nine times. */
  introspectionDepth: 20,
  aliases: 50,
  directives: 50,
  fragmentSpreads: 200,
  rootFields: 30,
  /** Fields after fragments are put in place of their spreads. */
  expandedFields: 3_000,
  /** Fields of one name in one selection set: each pair is compared. */
  sameName: 20,
  errors: 20,
} as const

/** Reads a document and refuses what is too large. Throws a GraphQLError with GRAPHQL_PARSE_FAILED or QUERY_TOO_COMPLEX. */
export function checkDocument(source: string): void {
  const document = parseDocument(source)
  const problem = new DocumentMeasure(document).problem()
  if (problem !== null) throw apiError('QUERY_TOO_COMPLEX', problem)
}

function parseDocument(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: LIMITS.tokens, noLocation: true })
  } catch (error) {
    // The parser nests as the document does, and ran out of stack before it ran out of tokens.
    if (error instanceof RangeError)
      throw apiError('QUERY_TOO_COMPLEX', `The document has more than ${LIMITS.depth} levels.`)
    if (!(error instanceof GraphQLError)) throw error
    if (error.message.includes('tokens'))
      throw apiError('QUERY_TOO_COMPLEX', `The document has more than ${LIMITS.tokens} tokens.`)
    throw new GraphQLError(error.message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } })
  }
}

interface Size {
  fields: number
  depth: number
}

class DocumentMeasure {
  readonly #document: DocumentNode
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #sizes = new Map<string, Size>()
  #aliases = 0
  #directives = 0
  #spreads = 0
  #sameNameMax = 0

  constructor(document: DocumentNode) {
    this.#document = document
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
    this.#fragments = new Map(fragments.map((node) => [node.name.value, node]))
  }

  /** The first limit that the document breaks, as a sentence; null when it keeps all. */
  problem(): string | null {
    let largest: Size = { fields: 0, depth: 0 }
    let rootFieldsMax = 0
    for (const definition of this.#document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#measureFragment(definition.name.value)
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue
      this.#directives += definition.directives?.length ?? 0
      rootFieldsMax = Math.max(rootFieldsMax, definition.selectionSet.selections.length)
      const size = this.#measure(definition.selectionSet, [])
      largest = { fields: Math.max(largest.fields, size.fields), depth: Math.max(largest.depth, size.depth) }
    }
    const measured: [string, number, number][] = [
      ['levels', largest.depth, LIMITS.depth],
      ['aliases', this.#aliases, LIMITS.aliases],
      ['directives', this.#directives, LIMITS.directives],
      ['fragment spreads', this.#spreads, LIMITS.fragmentSpreads],
      ['root fields', rootFieldsMax, LIMITS.rootFields],
      ['fields', largest.fields, LIMITS.expandedFields],
      ['fields of one name in one place', this.#sameNameMax, LIMITS.sameName],
    ]
    const broken = measured.find(([, found, limit]) => found > limit)
    return broken === undefined ? null : `The document has more than ${broken[2]} ${broken[0]}.`
  }

  #measure(set: SelectionSetNode, open: readonly string[]): Size {
    const size: Size = { fields: 0, depth: 0 }
    const names = new Map<string, number>()
    for (const selection of set.selections) {
      this.#directives += selection.directives?.length ?? 0
      let part: Size
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value
        names.set(name, (names.get(name) ?? 0) + 1)
        if (selection.alias !== undefined) this.#aliases += 1
        const below =
          selection.selectionSet === undefined ? { fields: 0, depth: 0 } : this.#measure(selection.selectionSet, open)
        part = { fields: below.fields + 1, depth: below.depth + 1 }
        // An introspection may be deeper, so its levels beyond ours do not count.
        if (selection.name.value.startsWith('__') && part.depth <= LIMITS.introspectionDepth) part.depth = 1
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        part = this.#measure(selection.selectionSet, open)
      } else {
        this.#spreads += 1
        part = this.#measureFragment(selection.name.value, open)
      }
      size.fields += part.fields
      size.depth = Math.max(size.depth, part.depth)
    }
    this.#sameNameMax = Math.max(this.#sameNameMax, ...names.values())
    return size
  }

  /** Each fragment is measured once, so that fragments that double each other cost us nothing. A cycle is left to validation. */
  #measureFragment(name: string, open: readonly string[] = []): Size {
    const known = this.#sizes.get(name)
    if (known !== undefined) return known
    const fragment = this.#fragments.get(name)
    if (fragment === undefined || open.includes(name)) return { fields: 0, depth: 0 }
    const size = this.#measure(fragment.selectionSet, [...open, name])
    this.#sizes.set(name, size)
    return size
  }
}
