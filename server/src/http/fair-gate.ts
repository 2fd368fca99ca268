/**
 * Lets so many in at once; the others wait outside, and tenants take turns at the door. Whoever waits holds nothing: no connection to the
 * database, no half-read answer. Without it a crowd would queue inside for connections, where a wait has an end and the request has not,
 * and one tenant's crowd would stand before everybody else's next question.
 */
export class FairGate {
  readonly #insideMax: number
  #inside = 0
  /** Who waits, by tenant, first come first; the tenant at the front is the next whose turn it is. None of the lines is empty. */
  readonly #lines = new Map<string, Array<() => void>>()

  /** `insideMax`: how many may be inside at once, at least 1. */
  constructor(insideMax: number) {
    if (!Number.isSafeInteger(insideMax) || insideMax < 1) throw new RangeError('A gate lets at least one in.')
    this.#insideMax = insideMax
  }

  get inside(): number {
    return this.#inside
  }

  get waiting(): number {
    return [...this.#lines.values()].reduce((total, line) => total + line.length, 0)
  }

  /** Does the work when it is this tenant's turn, and answers or throws what the work does. */
  async through<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#insideMax) this.#inside += 1
    else await new Promise<void>((enter) => this.#stand(tenantId, enter))
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  #stand(tenantId: string, enter: () => void): void {
    const line = this.#lines.get(tenantId)
    if (line === undefined) this.#lines.set(tenantId, [enter])
    else line.push(enter)
  }

  /** The place goes to the first of the tenant whose turn it is, who then goes to the end of the round. */
  #leave(): void {
    const next = this.#lines.entries().next().value
    if (next === undefined) {
      this.#inside -= 1
      return
    }
    const [tenantId, line] = next
    const enter = line.shift()
    this.#lines.delete(tenantId)
    if (line.length > 0) this.#lines.set(tenantId, line)
    enter?.()
  }
}
