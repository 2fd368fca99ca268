import { z } from 'zod'
import { Connection, type Destination, jsonOf, said } from './connection.ts'
import { CommandFailure } from './failure.ts'
import type { FxRow } from './import-fx-rows.ts'

const PUBLISH = `mutation ImportFxRates($input: PublishFxRatesInput!) {
  publishFxRates(input: $input) { userErrors { code message field } }
}`

const answerSchema = z.object({
  data: z.object({
    publishFxRates: z.object({
      userErrors: z.array(z.object({ code: z.string(), message: z.string(), field: z.array(z.string()).nullable() })),
    }),
  }),
})

const refusalSchema = z.object({
  errors: z.tuple([z.object({ extensions: z.object({ code: z.string() }) })]).rest(z.unknown()),
})

const PATH = '/graphql'

/** Publishes batches of FX rates on one server; a rate that is there already stays, so a repetition is harmless. */
export class FxSender {
  readonly #connection: Connection

  constructor(destination: Destination) {
    this.#connection = new Connection(destination)
  }

  /** Throws CommandFailure, naming the lines, when the server refuses them. */
  async send(rows: readonly FxRow[], source: string): Promise<void> {
    const input = { rates: rows.map(({ rate }) => rate), source }
    const { status, text } = await this.#connection.post(PATH, JSON.stringify({ query: PUBLISH, variables: { input } }))
    const answer = answerSchema.safeParse(jsonOf(text))
    if (!answer.success) throw this.#failure(status, text)
    const { userErrors } = answer.data.data.publishFxRates
    if (userErrors.length === 0) return
    const lines = userErrors.map(({ message, field }) => {
      const row = rows[Number.parseInt(field?.[2] ?? '', 10)]
      return row === undefined ? message : `line ${row.line}: ${message}`
    })
    throw new CommandFailure(`The server refuses the rates.\n  ${lines.slice(0, 10).join('\n  ')}`)
  }

  #failure(status: number, text: string): CommandFailure {
    const refusal = refusalSchema.safeParse(jsonOf(text))
    const code = refusal.success ? refusal.data.errors[0].extensions.code : null
    if (status === 403 || code === 'FORBIDDEN')
      return new CommandFailure(`The API key may not publish rates${said(text)}; it needs the scope "admin".`)
    return status === 200 && code === null ? this.#connection.strange() : this.#connection.refused(PATH, status, text)
  }
}
