/** An expected failure of the domain: a stable code for machines, a sentence that names the thing and the fact for people. */
export class DomainError extends Error {
  readonly code: string
  /** The input field at fault, when there is one, e.g. `price`. */
  readonly field: string | undefined

  constructor(code: string, message: string, field?: string) {
    super(message)
    this.name = 'DomainError'
    this.code = code
    this.field = field
  }
}

/** Something that cannot happen unless the program is wrong; never caused by what a client sends. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * States what the code around it relies on.
 * Throws InvariantError when it does not hold: that is a bug of ours, not an input to explain.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/** How an input is quoted in a message: in double quotes, cut at 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
