import type { Mapping } from '@outlay/domain/csv-import/field-map'
import type { StatementFormat } from '@outlay/domain/reconciliation/provider-line'
import { z } from 'zod'
import { Connection, type Destination, jsonOf, said } from './connection.ts'
import { CommandFailure } from './failure.ts'

const answerSchema = z.object({
  format: z.string(),
  statement: z.object({ firstDay: z.string(), lastDay: z.string(), providers: z.array(z.string()) }).nullable(),
  isRepeat: z.boolean(),
  lineCount: z.number(),
  repeatedCount: z.number(),
  firstDay: z.string().nullable(),
  lastDay: z.string().nullable(),
  refusedCount: z.number(),
  refused: z.array(z.object({ reference: z.string(), reason: z.string() })),
  userErrors: z.array(z.object({ code: z.string(), message: z.string() })),
})

/** What the server says became of a file, or would. */
export type StatementImport = z.infer<typeof answerSchema>

export interface StatementFile {
  name: string
  text: string
  /** Null: told by what stands in the file. */
  format: StatementFormat | null
  /** Null: guessed by the headings. */
  mapping: readonly Mapping[] | null
  dryRun: boolean
  withoutRefused: boolean
}

const PATH = '/v1/statements'

/** Sends a provider's file as it is; the same file again changes nothing. */
export async function sendStatement(destination: Destination, file: StatementFile): Promise<StatementImport> {
  const connection = new Connection(destination)
  const { status, text } = await connection.post(`${PATH}?${queryOf(file)}`, file.text)
  const answer = answerSchema.safeParse(jsonOf(text))
  if (status === 200 && answer.success) return answer.data
  if (status === 403)
    throw new CommandFailure(`The API key may not import statements${said(text)}; it needs the scope "admin".`)
  throw status === 200 ? connection.strange() : connection.refused(PATH, status, text)
}

function queryOf({ name, format, mapping, dryRun, withoutRefused }: StatementFile): string {
  const query = new URLSearchParams({ name, dryRun: String(dryRun), withoutRefused: String(withoutRefused) })
  if (format !== null) query.set('format', format)
  if (mapping !== null) {
    const sources = mapping.map(({ field, source }) =>
      source.kind === 'column' ? { field, column: source.column } : { field, text: source.text },
    )
    query.set('mapping', JSON.stringify(sources))
  }
  return query.toString()
}
