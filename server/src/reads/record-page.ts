import { badInput } from '../graphql/errors.ts'
import { decodeCursor, pageSize, toPage, type Page, type PageArgs } from '../graphql/page.ts'

/** A page of records in the order of their keys. */
export async function pageByKey<Item extends { key: string }>(
  list: string,
  args: PageArgs,
  read: (position: { after: string | null; limit: number }) => Promise<Item[]>,
  totalCount: () => Promise<number>,
): Promise<Page<Item>> {
  const size = pageSize(args)
  const [after = null] = decodeCursor(list, 1, args.after) ?? []
  const rows = await read({ after, limit: size + 1 })
  return toPage({ list, rows, size, keyOf: (row) => [row.key], after: args.after, totalCount })
}

/** A position in a list that is sorted by cost, then key. Throws BAD_USER_INPUT for a cursor that is none. */
export function costPosition(list: string, after: string | null | undefined): { cost: string; key: string } | null {
  const [cost, key] = decodeCursor(list, 2, after) ?? []
  if (cost === undefined || key === undefined) return null
  if (!/^-?[0-9]{1,38}(\.[0-9]{1,18})?$/.test(cost)) throw badInput('after', 'after is not a cursor of this list.')
  return { cost, key }
}
