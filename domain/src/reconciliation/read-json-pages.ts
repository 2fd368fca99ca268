import { z } from 'zod'
import { DomainError } from '../errors.ts'
import { LineBuilder } from './line-builder.ts'
import type { ProviderLine, ReadStatement } from './provider-line.ts'
import { parseExactJson } from './read-number.ts'

const PAGE = z.object({
  data: z.array(z.object({ results: z.array(z.unknown()) }).loose()),
  has_more: z.boolean().optional(),
})

/** One answer, or a list of answers that were fetched page by page. */
const PAGES = z.union([PAGE.transform((page) => [page]), z.array(PAGE)])

/**
 * Walks through the buckets of an answer of a usage or cost endpoint, of OpenAI or Anthropic alike: `data[]` of buckets with `results[]`,
 * page by page. A file that ends while there are more pages is refused: what is missing in it would look like money that was never charged.
 *
 * Throws DomainError INVALID_JSON, UNKNOWN_SHAPE or INCOMPLETE.
 */
export function readJsonPages<Bucket, Result>(
  text: string,
  shapes: { bucket: z.ZodType<Bucket>; result: z.ZodType<Result> },
  read: (bucket: Bucket, result: Result) => Omit<ProviderLine, 'reference'>[],
): ReadStatement {
  const pages = PAGES.safeParse(parseExactJson(text))
  if (!pages.success) {
    throw new DomainError('UNKNOWN_SHAPE', 'There is no data[] with results[] in it, as the endpoint answers.')
  }
  if (pages.data.at(-1)?.has_more === true) {
    throw new DomainError('INCOMPLETE', 'The last page says has_more; fetch all pages and send them as one list.')
  }
  const builder = new LineBuilder()
  pages.data.forEach(({ data }, page) => {
    const prefix = pages.data.length === 1 ? '' : `[${page}].`
    data.forEach((bucket, index) => {
      bucket.results.forEach((result, at) => {
        builder.add(`${prefix}data[${index}].results[${at}]`, () =>
          read(checked(shapes.bucket, bucket), checked(shapes.result, result)),
        )
      })
    })
  })
  return builder.done()
}

function checked<T>(shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new DomainError(
    'UNKNOWN_SHAPE',
    `${issue?.path.join('.') ?? 'It'}: ${issue?.message ?? 'is not as documented'}.`,
  )
}
