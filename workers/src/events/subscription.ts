import type { EventIds } from './message.ts'

/**
 * What a subscriber is told. `reread`: events were or may have been missed, because listening has only just begun (again) or because the
 * subscriber was too slow; what it shows has to be read anew. The first notice is always one.
 */
export type Notice = { kind: 'event'; ids: EventIds } | { kind: 'reread'; reason: 'connected' | 'overflow' }

/** Notices that wait for a slow subscriber. */
const QUEUE_MAX = 256

/** One subscriber's notices, for `for await`. Ends when the subscriber leaves the loop, its signal is aborted, or the events are closed. */
export class Subscription implements AsyncIterableIterator<Notice> {
  readonly #onEnd: () => void
  #queue: Notice[] = []
  #waiting: ((result: IteratorResult<Notice>) => void)[] = []
  #ended = false

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  /** A full queue is emptied and says so: the newest state is what matters, not how it came about. */
  push(notice: Notice): void {
    if (this.#ended) return
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting({ done: false, value: notice })
    } else if (notice.kind === 'reread') {
      // Whatever waits before it is covered by reading anew.
      this.#queue = [notice]
    } else if (this.#queue.length >= QUEUE_MAX) {
      this.#queue = [{ kind: 'reread', reason: 'overflow' }]
    } else {
      this.#queue.push(notice)
    }
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#queue = []
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined })
    this.#onEnd()
  }

  async next(): Promise<IteratorResult<Notice>> {
    const notice = this.#queue.shift()
    if (notice !== undefined) return { done: false, value: notice }
    if (this.#ended) return { done: true, value: undefined }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async return(): Promise<IteratorResult<Notice>> {
    this.end()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
