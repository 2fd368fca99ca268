/** What one subscription sends: each event of its source made into a frame, one at a time, when the one before has left. */
export class Frames<Event, Frame> implements AsyncIterableIterator<Frame> {
  readonly #events: AsyncIterator<Event>
  readonly #frameOf: (event: Event) => Promise<Frame> | Frame

  constructor(source: AsyncIterable<Event>, frameOf: (event: Event) => Promise<Frame> | Frame) {
    this.#events = source[Symbol.asyncIterator]()
    this.#frameOf = frameOf
  }

  async next(): Promise<IteratorResult<Frame>> {
    const event = await this.#events.next()
    return event.done === true
      ? { done: true, value: undefined }
      : { done: false, value: await this.#frameOf(event.value) }
  }

  /** Ends the source as well, also while it waits for its next event. */
  async return(): Promise<IteratorResult<Frame>> {
    await this.#events.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
