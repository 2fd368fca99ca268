import { Link } from './link.tsx'
import { first, hrefWith, type SearchParams } from '../../lib/search-params.ts'

interface PagerProps {
  path: string
  params: SearchParams
  noun: string
  endCursor: string | null | undefined
  hasNextPage: boolean
}

/** Forward through a list by cursor, and back to its start. */
export function Pager({ path, params, noun, endCursor, hasNextPage }: PagerProps) {
  const isFirst = first(params.cursor) === null
  if (isFirst && !hasNextPage) return null
  return (
    <nav aria-label={`Pages of ${noun}`} className="no-print mt-4 flex gap-2">
      {isFirst ? null : (
        <Link className="control" href={hrefWith(path, params, { cursor: null })}>
          First page
        </Link>
      )}
      {hasNextPage && endCursor ? (
        <Link className="control" href={hrefWith(path, params, { cursor: endCursor })}>
          Next page
        </Link>
      ) : null}
    </nav>
  )
}
