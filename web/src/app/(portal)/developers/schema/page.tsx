import type { Metadata } from 'next'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { plural } from '../../../../lib/plural.ts'
import { type Definition, type Part, PARTS, search } from '../../../../lib/schema-reference.ts'
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
const FOUND_SHOWN = 60

export default async function SchemaPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams
  const question = first(params.q)?.trim() ?? ''
  const part = PARTS.find((one) => one === first(params.part)) ?? 'queries'
  return (
    <DevelopersFrame title="Schema" path="/developers/schema">
      {() => <Reference question={question} part={part} />}
    </DevelopersFrame>
  )
}

async function Reference({ question, part }: { question: string; part: Part }) {
  const [definitions, access] = await Promise.all([readSchemaReference(), readAccess()])
  const found = question === '' ? definitions.filter((one) => one.part === part) : search(definitions, question)
  const shown = question === '' ? found : found.slice(0, FOUND_SHOWN)
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <nav aria-label="Parts of the schema" className="segment">
          {PARTS.map((one) => (
            <Link
              key={one}
              href={`/developers/schema?part=${one}`}
              aria-current={question === '' && one === part ? 'page' : undefined}
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
            defaultValue={question}
            className="field w-64 max-sm:w-full"
          />
          <button type="submit" className="control">
            Search
          </button>
        </form>
      </div>
      <h2 className="mb-3 text-card font-semibold">{headingOf({ question, part, found })}</h2>
      {found.length === 0 ? (
        <EmptyState>No name and no description holds all of it. Fewer words find more.</EmptyState>
      ) : (
        <div className="flex flex-col gap-3">
          {shown.map((definition) => (
            <DefinitionCard key={definition.anchor} definition={definition} access={access.get(definition.anchor)} />
          ))}
        </div>
      )}
    </>
  )
}

function headingOf({ question, part, found }: { question: string; part: Part; found: readonly Definition[] }): string {
  if (question === '') return plural(found.length, LABELS[part].toLowerCase(), LABELS[part].toLowerCase())
  const what = `${plural(found.length, 'definition')} with “${question}”`
  return found.length > FOUND_SHOWN ? `${what}, the first ${FOUND_SHOWN}` : what
}

const ROOTS = { QUERY: 'Query', MUTATION: 'Mutation', SUBSCRIPTION: 'Subscription' } as const

/** Who may use a root field, by its anchor. */
async function readAccess(): Promise<Map<string, Access>> {
  const { apiOperations } = await query(ApiOperationsDocument)
  return new Map(apiOperations.map((operation) => [`${ROOTS[operation.kind]}.${operation.name}`, operation]))
}
