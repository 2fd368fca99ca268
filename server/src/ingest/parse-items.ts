import { nextTurn } from '@outlay/db/ingest/turns'
import { HttpError } from '../http/http-error.ts'

/** Most items of one POST. */
export const MAX_ITEMS = 10_000
/** So many lines are read before others get their turn. */
const SLICE = 1_000

export interface ParsedItems {
  items: unknown[]
  /** Position of each item in the request: lines that are no JSON are refused by theirs. */
  indices: number[]
  rejected: { index: number; id: null; code: string; message: string }[]
}

/** Reads a JSON array, or one JSON object as an array of one. Throws HttpError 400 when it is neither, 413 beyond 10,000 items. */
export function parseJsonItems(body: Buffer): ParsedItems {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new HttpError(400, 'INVALID_JSON', `The body is not JSON: ${reason(error)}`)
  }
  if (typeof value !== 'object' || value === null) {
    throw new HttpError(400, 'INVALID_ENVELOPE', 'The body must be a JSON array of invocations.')
  }
  const items: unknown[] = Array.isArray(value) ? value : [value]
  checkCount(items.length)
  return { items, indices: items.map((_, index) => index), rejected: [] }
}

/** Reads one JSON object a line; empty lines are passed over. A line that is no JSON is refused, the others are kept (law L2). */
export async function parseNdjsonItems(body: Buffer): Promise<ParsedItems> {
  const parsed: ParsedItems = { items: [], indices: [], rejected: [] }
  let index = 0
  for (const line of body.toString('utf8').split('\n')) {
    if (line.trim() === '') continue
    checkCount(index + 1)
    if (index > 0 && index % SLICE === 0) await nextTurn()
    try {
      parsed.items.push(JSON.parse(line))
      parsed.indices.push(index)
    } catch (error) {
      parsed.rejected.push({ index, id: null, code: 'INVALID_JSON', message: `The line is not JSON: ${reason(error)}` })
    }
    index += 1
  }
  return parsed
}

function checkCount(count: number): void {
  if (count > MAX_ITEMS) {
    throw new HttpError(413, 'TOO_MANY_ITEMS', `More than ${MAX_ITEMS} items in one request; send them in several.`)
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unreadable'
}
