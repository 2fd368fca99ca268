import { z } from 'zod'
import { Connection, type Destination, jsonOf, said } from './connection.ts'
import { CommandFailure } from './failure.ts'

const answerSchema = z.object({
  accepted: z.number().int(),
  duplicates: z.number().int(),
  unpriced: z.number().int(),
  rejected: z.array(z.object({ index: z.number().int(), code: z.string(), message: z.string() })),
})

/** What the server says about one batch; `rejected` names items by their place in it. */
export type BatchAnswer = z.infer<typeof answerSchema>

const PATH = '/v1/invocations'

/** Sends batches of invocations to one server; their ids make a repetition harmless. */
export class Sender {
  readonly #connection: Connection

  constructor(destination: Destination) {
    this.#connection = new Connection(destination)
  }

  async send(body: string): Promise<BatchAnswer> {
    const { status, text } = await this.#connection.post(PATH, body)
    if (status === 200) {
      const answer = answerSchema.safeParse(jsonOf(text))
      if (answer.success) return answer.data
      throw this.#connection.strange()
    }
    if (status === 403)
      throw new CommandFailure(`The API key may not record usage${said(text)}; it needs the scope "ingest".`)
    throw this.#connection.refused(PATH, status, text)
  }
}
