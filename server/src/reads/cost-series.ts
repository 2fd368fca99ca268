import { addSums, NO_SUMS, type CellSums } from '@outlay/db/sql/cell-sums'
import type { BucketSums, DaySums } from '@outlay/db/sql/read-fleet'
import type { SeriesBucket } from '@outlay/domain/periods/series'
import { isoText } from './period.ts'

/** One step of a series, as CostPoint shows it. */
export interface SeriesPoint {
  start: string
  end: string
  isPartial: boolean
  cost: CellSums
}

/** Lays daily sums over the steps of a series; days outside every step are dropped. */
export function seriesOfDays(steps: readonly SeriesBucket[], days: readonly DaySums[], now: number): SeriesPoint[] {
  return points(
    steps,
    now,
    days,
    (step, day) => day.day >= step.fromDate && day.day < step.toDate,
    (day, step) => day.day < step.fromDate,
  )
}

/** Lays the sums of UTC buckets over hours of the local clock. */
export function seriesOfBuckets(
  steps: readonly SeriesBucket[],
  buckets: readonly BucketSums[],
  now: number,
): SeriesPoint[] {
  return points(
    steps,
    now,
    buckets,
    (step, bucket) => bucket.startMs >= step.start && bucket.startMs < step.end,
    (bucket, step) => bucket.startMs < step.start,
  )
}

/** Both are in order of time, so one walk serves. */
function points<Part extends { sums: CellSums }>(
  steps: readonly SeriesBucket[],
  now: number,
  parts: readonly Part[],
  isIn: (step: SeriesBucket, part: Part) => boolean,
  isBefore: (part: Part, step: SeriesBucket) => boolean,
): SeriesPoint[] {
  let next = 0
  const texts = textsOf(steps)
  return steps.map((step, i) => {
    let cost = NO_SUMS
    for (let part = parts[next]; part !== undefined && (isBefore(part, step) || isIn(step, part)); part = parts[next]) {
      if (isIn(step, part)) cost = cost === NO_SUMS ? part.sums : addSums(cost, part.sums)
      next += 1
    }
    const { start = '', end = '' } = texts[i] ?? {}
    return { start, end, isPartial: step.end > now, cost }
  })
}

const known = new WeakMap<readonly SeriesBucket[], { start: string; end: string }[]>()

/** The bounds of steps as texts, made once for all the rows that are laid over them. */
function textsOf(steps: readonly SeriesBucket[]): { start: string; end: string }[] {
  let texts = known.get(steps)
  if (texts === undefined) {
    texts = steps.map((step) => ({ start: isoText(step.start), end: isoText(step.end) }))
    known.set(steps, texts)
  }
  return texts
}
