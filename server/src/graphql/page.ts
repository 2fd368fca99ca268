import { badInput } from './errors.ts'

export const PAGE_SIZE_DEFAULT = 50
export const PAGE_SIZE_MAX = 100

/** One page of a list that can grow (Relay's cursor connections, forward only). */
export interface Page<Item> {
  edges: { node: Item; cursor: string }[]
  hasNextPage: boolean
  hasPreviousPage: boolean
  /** Counted only when somebody asks. */
  totalCount: () => Promise<number>
}

export interface PageArgs {
  first?: number | null
  after?: string | null
}

/** How many to show. Throws BAD_USER_INPUT outside 1 to 100. */
export function pageSize(args: PageArgs): number {
  const first = args.first ?? PAGE_SIZE_DEFAULT
  if (first < 1 || first > PAGE_SIZE_MAX)
    throw badInput('first', `first is ${first}; it must be 1 to ${PAGE_SIZE_MAX}.`)
  return first
}

/**
 * A cursor is the sort key of a row, so a page continues at the right place whatever was added meanwhile. It carries the name of its
 * list: a cursor of another list is refused instead of being misread. Nothing in it is trusted; it is only compared with.
 */
export function encodeCursor(list: string, key: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...key]), 'utf8').toString('base64url')
}

/** The sort key of a cursor; null when there is none. Throws BAD_USER_INPUT for anything that is not a cursor of this list. */
export function decodeCursor(list: string, length: number, after: string | null | undefined): string[] | null {
  if (after === null || after === undefined) return null
  const parts =
    after.length <= 2000 && /^[A-Za-z0-9_-]+$/.test(after)
      ? parseList(Buffer.from(after, 'base64url').toString('utf8'))
      : null
  const [name, ...key] = parts ?? []
  const hasControl = key.some((part) => part.includes('\u0000'))
  if (name !== list || key.length !== length || hasControl || encodeCursor(list, key) !== after) {
    throw badInput('after', 'after is not a cursor of this list; take it from pageInfo.endCursor of the page before.')
  }
  return key
}

/** Cuts the one row too many that was read to see whether there is a next page. */
export function toPage<Item>(options: {
  list: string
  rows: Item[]
  size: number
  keyOf: (row: Item) => readonly string[]
  after: string | null | undefined
  totalCount: () => Promise<number>
}): Page<Item> {
  const { list, rows, size, keyOf, after, totalCount } = options
  return {
    edges: rows.slice(0, size).map((node) => ({ node, cursor: encodeCursor(list, keyOf(node)) })),
    hasNextPage: rows.length > size,
    hasPreviousPage: after !== null && after !== undefined,
    totalCount,
  }
}

/** How many there are in all. A first page that holds all of them says it itself, and nothing is counted. `read`: rows up to one more than the page. */
export function totalOfList(
  { after, read, size }: { after: string | null | undefined; read: number; size: number },
  count: () => Promise<number>,
): Promise<number> {
  const isWhole = (after === null || after === undefined) && read <= size
  return isWhole ? Promise.resolve(read) : count()
}

function parseList(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((part): part is string => typeof part === 'string') ? value : null
  } catch {
    return null
  }
}
