const DAY_MS = 86_400_000

/**
 * Milliseconds from `now` until the next time the UTC clock shows `hour`; never 0, so that a task that ends within its
 * own hour does not start again at once.
 *
 *     untilHourUtc(new Date('2026-03-01T01:00:00Z'), 3) // 7_200_000
 */
export function untilHourUtc(now: Date, hour: number): number {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour)
  const wait = today - now.getTime()
  return wait > 0 ? wait : wait + DAY_MS
}

/**
 * The first days of the month of `now` and of the months after it, as the database takes them.
 *
 *     monthsFrom(new Date('2026-12-31T23:59:00Z'), 3) // ['2026-12-01', '2027-01-01', '2027-02-01']
 */
export function monthsFrom(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + n, 1)).toISOString().slice(0, 10),
  )
}
