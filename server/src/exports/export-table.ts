import type { AboutRow, ExportColumn, ExportRow } from '@outlay/domain/export/table'
import type { Context } from '../graphql/context.ts'
import { createLoaders } from '../graphql/loaders.ts'
import { PAGE_SIZE_MAX, type Page, type PageArgs } from '../graphql/page.ts'

/** A table on its way out: read page by page as it is written, so that a long one takes no more memory than a short one. */
export interface ExportTable {
  columns: readonly ExportColumn[]
  /** Slices of at most 100 rows. The first is asked for before anything is sent: what cannot be answered fails there. */
  pages: AsyncGenerator<readonly ExportRow[]>
  /** What is in the table, for whoever opens the file later: names and values. */
  about: readonly AboutRow[]
}

/**
 * All pages of a list, one after the other, each with the context it was read in: loaders remember what they read, so each page has its own,
 * and memory does not grow with the list.
 */
export async function* pagesOf<Item>(
  context: Context,
  read: (of: Context, page: PageArgs) => Promise<Page<Item>>,
): AsyncGenerator<{ items: Item[]; of: Context }> {
  let after: string | null = null
  for (;;) {
    const of = { ...context, loaders: createLoaders(context.db) }
    const page: Page<Item> = await read(of, { first: PAGE_SIZE_MAX, after })
    yield { items: page.edges.map(({ node }) => node), of }
    const last: string | undefined = page.edges.at(-1)?.cursor
    if (!page.hasNextPage || last === undefined) return
    after = last
  }
}

/** A list cut into slices. */
export function* slicesOf<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
