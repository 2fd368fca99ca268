import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { ClientView } from '@outlay/domain/audience/client-view'
import { statementDocument } from '@outlay/domain/audience/statement-document'
import { canonicalText } from '@outlay/domain/reports/canonical-text'

/** One is printed at a time; so many more wait. */
const WAITING_MAX = 8
const PRINT_MS_MAX = 45_000
/** The thread with its fonts is kept so long for the next one. */
const IDLE_MS = 300_000

/**
 * Prints statements in a thread of its own, because the layout of a page takes longer than a server may stand still. The thread has neither the
 * environment of the server nor its connections; it is begun with the first statement, and anew after one that failed.
 */
export class StatementPrinter {
  #thread: Worker | null = null
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | null = null
  #isClosed = false

  /**
   * A month as a PDF, made of what the client is shown and of nothing else; null when too many wait. On every page are the instant it is as of and
   * the SHA-256 of the document's canonical text. Throws where it cannot be made in 45 seconds.
   */
  async print(view: ClientView, now: number): Promise<Uint8Array | null> {
    if (this.#waiting >= WAITING_MAX || this.#isClosed) return null
    this.#waiting += 1
    const turn = this.#last.then(() => this.#make(view, new Date(now).toISOString()))
    this.#last = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#end()
  }

  async #make(view: ClientView, asOf: string): Promise<Uint8Array> {
    if (this.#isClosed) throw new Error('The server is stopping.')
    if (this.#idle !== null) clearTimeout(this.#idle)
    const document = statementDocument(view, asOf)
    const hash = createHash('sha256').update(canonicalText(document)).digest('hex')
    const mark = { editionId: `${view.month.slice(0, 7)} as of ${asOf}`, hash }
    try {
      return await answerOf((this.#thread ??= openThread()), { document, mark })
    } catch (error) {
      await this.#end()
      throw error
    } finally {
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref()
    }
  }

  async #end(): Promise<void> {
    const thread = this.#thread
    this.#thread = null
    await thread?.terminate()
  }
}

function openThread(): Worker {
  // By its address: what draws pages is loaded by the thread, never by the server.
  const thread = new Worker(new URL('./print-thread.mjs', import.meta.url), {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 384 },
  })
  thread.unref()
  return thread
}

/** What the thread answers. Rejects with what ended it, or when it takes too long. */
function answerOf(thread: Worker, message: object): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(new Error('A statement was not printed in time.'))),
      PRINT_MS_MAX,
    )
    const onMessage = (bytes: Uint8Array) => settle(() => resolve(bytes))
    const onError = (error: unknown) => settle(() => reject(error as Error))
    const onExit = () => settle(() => reject(new Error('The thread that prints statements ended.')))
    const settle = (then: () => void) => {
      clearTimeout(timer)
      thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      then()
    }
    thread.on('message', onMessage).on('error', onError).on('exit', onExit)
    thread.postMessage(message)
  })
}
