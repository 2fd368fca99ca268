import { SEARCH_KINDS, searchNames, type SearchHit, type SearchKind } from '@outlay/db/sql/search-names'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { pageSize } from '../../graphql/page.ts'
import { storableKey } from '../../reads/storable-key.ts'

const TEXT_LENGTH_MAX = 200

/** Throws BAD_USER_INPUT for a text or page that is too long. */
export async function search(
  { db }: Pick<Context, 'db'>,
  { text, kinds, first }: { text: string; kinds?: readonly SearchKind[] | null; first?: number | null },
): Promise<SearchHit[]> {
  if (text.length > TEXT_LENGTH_MAX)
    throw badInput('text', `text has ${text.length} characters; the most is ${TEXT_LENGTH_MAX}.`)
  const size = pageSize({ first: first ?? 12 })
  if (!storableKey(text)) return []
  return searchNames(db, { text, kinds: kinds ?? SEARCH_KINDS, first: size })
}
