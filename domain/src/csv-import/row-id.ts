/**
 * Names rows by what stands in them, so that importing a file again, renamed, sorted or with rows appended, finds the
 * rows it already sent. Rows that are the same in every column are told apart by counting them: two identical requests
 * are two costs. The mapping is not part of the name: importing the file again with a corrected map is refused as a
 * conflict instead of charging everything twice.
 *
 * `source` tells apart files whose rows may be identical although they are different events. `digest` is SHA-256 of the UTF-8 bytes of
 * a text, as base64url: whoever imports brings its own, and all must agree.
 */
export class RowIds {
  readonly #seen = new Map<string, number>()
  readonly #prefix: string
  readonly #digest: (text: string) => string

  constructor(columns: readonly string[], { source, digest }: { source: string; digest: (text: string) => string }) {
    this.#prefix = JSON.stringify([source, columns])
    this.#digest = digest
  }

  /** The id of the next row. Every row of the file is given to it, also those that are refused. */
  next(values: readonly string[]): string {
    const digest = this.#digest(this.#prefix + JSON.stringify(values))
    // 18 of 43 characters are kept as the key of the count: 108 bits never collide here, and a million rows fit in memory.
    const key = digest.slice(0, 18)
    const occurrence = (this.#seen.get(key) ?? 0) + 1
    this.#seen.set(key, occurrence)
    return `csv:${digest}:${occurrence}`
  }
}
