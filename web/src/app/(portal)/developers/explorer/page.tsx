import type { Metadata } from 'next'
import { Link } from '../../../../components/ui/link.tsx'
import { first, hrefWith, type SearchParams } from '../../../../lib/search-params.ts'
import { DevelopersFrame } from '../developers-frame.tsx'

export const metadata: Metadata = { title: 'API explorer' }

/** GraphiQL in a frame: the server gives it a content security policy of its own. */
/** `?query=` stands in its first tab. */
export default async function ExplorerPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const query = first((await searchParams).query)
  return (
    <DevelopersFrame title="API explorer" path="/developers/explorer">
      {({ tenant }) => (
        <>
          <p className="mb-3 text-ink-2">
            It asks and changes {tenant.name} as you, and may do what your role may do. Each tab is an example; the book
            on its left is the schema. Without JavaScript, read the{' '}
            <Link className="link" href="/developers/schema">
              schema
            </Link>
            .
          </p>
          <p className="mb-3 text-caption text-ink-3 sm:hidden">It is made for a wider window than this one.</p>
          <iframe
            src={hrefWith('/graphiql', {}, { query })}
            title="GraphiQL"
            className="card block h-[calc(100dvh-220px)] min-h-[480px] w-full overflow-clip"
          />
        </>
      )}
    </DevelopersFrame>
  )
}
