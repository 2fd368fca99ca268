'use client'

import { useEffect, useState } from 'react'
import { graphql } from './browser-graphql.ts'
import type { SearchKind, SearchQuery } from '../generated/graphql.ts'
import { browserQuery } from './browser-api.ts'

const SearchDocument = graphql(`
  query Search($text: String!, $kinds: [SearchKind!], $first: Int) {
    search(text: $text, kinds: $kinds, first: $first) {
      kind
      key
      name
    }
  }
`)

export type Hit = SearchQuery['search'][number]

/** Somebody who types asks once they pause. */
const PAUSE_MS = 150
/** Longest text that the server searches for. */
const TEXT_MAX = 200

export interface Search {
  /** What was found last; until the answer to a new text comes, it is of the one before. */
  hits: readonly Hit[]
  /** The text that `hits` answer; null before the first answer. */
  answered: string | null
  failure: string | null
}

/** Asks the server what is called by a text, while it is wanted; `kinds` is a list with commas, so that it stays the same from render to render. */
export function useSearch({
  text,
  kinds,
  first,
  isOn,
}: {
  text: string
  kinds: string
  first: number
  isOn: boolean
}): Search {
  const [search, setSearch] = useState<Search>({ hits: [], answered: null, failure: null })
  useEffect(() => {
    if (!isOn) return
    const abort = new AbortController()
    const variables = { text: text.slice(0, TEXT_MAX), kinds: kinds.split(',') as SearchKind[], first }
    const timer = setTimeout(() => {
      browserQuery(SearchDocument, variables, abort.signal).then(
        (answer) => setSearch({ hits: answer.search, answered: text, failure: null }),
        (error: unknown) => {
          if (abort.signal.aborted) return
          const failure = error instanceof Error ? error.message : 'The search did not answer.'
          setSearch({ hits: [], answered: text, failure })
        },
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [text, kinds, first, isOn])
  return search
}
