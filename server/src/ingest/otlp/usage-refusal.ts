/** Why the usage of one span is refused; the span is named by its index, the rest of the request is kept. */
export class UsageRefusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'UsageRefusal'
    this.code = code
  }
}
