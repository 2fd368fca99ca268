import type { Metadata } from 'next'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { plural } from '../../../../lib/plural.ts'
import { type Definition, narrowed, type Part, PARTS, search, typeHref } from '../../../../lib/schema-reference.ts'
import { readSchemaReference } from '../../../../lib/schema-text.ts'
import { first, type SearchParams } from '../../../../lib/search-params.ts'
import { DevelopersFrame } from '../developers-frame.tsx'
import { DefinitionCard, type Access } from './definition-card.tsx'

export const metadata: Metadata = { title: 'Schema' }

const ApiOperationsDocument = graphql(`
  query ApiOperations {
    apiOperations {
      kind
      name
      may
      roles
      scopes
    }
  }
`)

const LABELS: Readonly<Record<Part, string>> = {
  queries: 'Queries',
  mutations: 'Mutations',
  subscriptions: 'Subscriptions',
  objects: 'Objects',
  inputs: 'Inputs',
  enums: 'Enums',
  scalars: 'Scalars',
}

/** More than a page of them is not an answer; another word is. */
const FOUND_SHOWN = 40

/** What an address asks for: a search, one type, or a part of the schema. */
type Question = { kind: 'search'; words: string } | { kind: 'type'; name: string } | { kind: 'part'; part: Part }

function questionOf(params: SearchParams): Question {
  const words = first(params.q)?.trim() ?? ''
  if (words !== '') return { kind: 'search', words }
  const name = first(params.type)
  if (name !== null) return { kind: 'type', name }
  return { kind: 'part', part: PARTS.find((one) => one === first(params.part)) ?? 'queries' }
}

export default async function SchemaPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const question = questionOf(await searchParams)
  return (
    <DevelopersFrame title="Schema" path="/developers/schema">
      {() => <Reference question={question} />}
    </DevelopersFrame>
  )
}

async function Reference({ question }: { question: Question }) {
  const [definitions, access] = await Promise.all([readSchemaReference(), readAccess()])
  const found = foundBy(question, definitions)
  const part = question.kind === 'part' ? question.part : question.kind === 'type' ? found[0]?.part : undefined
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <nav aria-label="Parts of the schema" className="segment">
          {PARTS.map((one) => (
            <Link
              key={one}
              href={`/developers/schema?part=${one}`}
              aria-current={one === part ? (question.kind === 'part' ? 'page' : 'true') : undefined}
            >
              {LABELS[one]}
            </Link>
          ))}
        </nav>
        <form action="/developers/schema" role="search" className="flex items-center gap-2 max-sm:w-full">
          <input
            data-filter
            type="search"
            name="q"
            aria-label="Search the schema"
            placeholder="Search names and descriptions"
            defaultValue={question.kind === 'search' ? question.words : ''}
            className="field w-64 max-sm:w-full"
          />
          <button type="submit" className="control">
            Search
          </button>
        </form>
      </div>
      <h2 className="mb-3 text-card font-semibold">{headingOf(question, found)}</h2>
      <Found question={question} found={found} access={access} />
    </>
  )
}

function foundBy(question: Question, definitions: readonly Definition[]): Definition[] {
  if (question.kind === 'search') return search(definitions, question.words)
  if (question.kind === 'type') return definitions.filter(({ anchor }) => anchor === question.name)
  return definitions.filter(({ part }) => part === question.part)
}

function Found({
  question,
  found,
  access,
}: {
  question: Question
  found: readonly Definition[]
  access: ReadonlyMap<string, Access>
}) {
  if (found.length === 0) {
    return (
      <EmptyState>
        {question.kind === 'type'
          ? 'It may have been called so in another version. Search for a part of its name.'
          : 'No name and no description holds all of it. Fewer words find more.'}
      </EmptyState>
    )
  }
  // There are more objects, with more fields, than a page can hold.
  if (question.kind === 'part' && question.part === 'objects') return <Index definitions={found} />
  const shown =
    question.kind === 'search' ? found.slice(0, FOUND_SHOWN).map((one) => narrowed(one, question.words)) : found
  return (
    <div className="flex flex-col gap-3">
      {shown.map((definition) => (
        <DefinitionCard key={definition.anchor} definition={definition} access={access.get(definition.anchor)} />
      ))}
    </div>
  )
}

function Index({ definitions }: { definitions: readonly Definition[] }) {
  return (
    <ul className="card flex flex-col gap-1.5 px-3.5 py-3.5 sm:px-5">
      {definitions.map(({ anchor, name, description }) => (
        <li key={anchor} id={anchor} className="scroll-mt-20">
          <a href={typeHref(name)} className="link inline-flex min-h-6 items-center font-mono">
            {name}
          </a>
          {description === null ? null : <span className="text-ink-2"> {description}</span>}
        </li>
      ))}
    </ul>
  )
}

function headingOf(question: Question, found: readonly Definition[]): string {
  if (question.kind === 'part') {
    const label = LABELS[question.part].toLowerCase()
    return plural(found.length, label, label)
  }
  if (question.kind === 'type') return found.length === 0 ? `The schema has no ${question.name}` : question.name
  const what = `${plural(found.length, 'definition')} with “${question.words}”`
  return found.length > FOUND_SHOWN ? `${what}, the first ${FOUND_SHOWN}` : what
}

const ROOTS = { QUERY: 'Query', MUTATION: 'Mutation', SUBSCRIPTION: 'Subscription' } as const

/** Who may use a root field, by its anchor. */
async function readAccess(): Promise<Map<string, Access>> {
  const { apiOperations } = await query(ApiOperationsDocument)
  return new Map(apiOperations.map((operation) => [`${ROOTS[operation.kind]}.${operation.name}`, operation]))
}
