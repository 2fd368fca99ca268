import { z } from 'zod'
import { Connection, type Destination, jsonOf, said } from './connection.ts'
import { CommandFailure } from './failure.ts'

const IMPORT = `mutation ImportPools($input: ImportCostPoolsInput!) {
  importCostPools(input: $input) { created changed unchanged rows { line name outcome } userErrors { code message } }
}`

const payloadSchema = z.object({
  created: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  rows: z.array(z.object({ line: z.number(), name: z.string().nullable(), outcome: z.string() })),
  userErrors: z.array(z.object({ code: z.string(), message: z.string() })),
})

/** What the server says became of a file, or would. */
export type PoolImport = z.infer<typeof payloadSchema>

const answerSchema = z.object({ data: z.object({ importCostPools: payloadSchema }) })

const refusalSchema = z.object({
  errors: z.tuple([z.object({ extensions: z.object({ code: z.string() }) })]).rest(z.unknown()),
})

const PATH = '/graphql'

/** Sends a file of pools whole: the server takes all its rows or none, and taking them again changes nothing. */
export async function sendPools(
  destination: Destination,
  input: { csv: string; dryRun: boolean },
): Promise<PoolImport> {
  const connection = new Connection(destination)
  const { status, text } = await connection.post(PATH, JSON.stringify({ query: IMPORT, variables: { input } }))
  const answer = answerSchema.safeParse(jsonOf(text))
  if (answer.success) return answer.data.data.importCostPools
  const refusal = refusalSchema.safeParse(jsonOf(text))
  const code = refusal.success ? refusal.data.errors[0].extensions.code : null
  if (status === 403 || code === 'FORBIDDEN')
    throw new CommandFailure(`The API key may not change pools${said(text)}; it needs the scope "admin".`)
  throw status === 200 && code === null ? connection.strange() : connection.refused(PATH, status, text)
}
