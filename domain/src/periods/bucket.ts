import { checkTimeZone, offsetMs, transitionsBetween } from './time-zone.ts'

const GRAIN_SINCE_MS = Date.UTC(2015, 0, 1)
const GRAIN_UNTIL_MS = Date.UTC(2040, 0, 1)
const MINUTE_MS = 60_000

const grains = new Map<string, 15 | 30 | 60>()

/**
 * The length in minutes of the UTC buckets that costs of a time zone are summed in: the largest of 60, 30 and 15 on which every
 * offset of the zone and every change of its clocks since 2015 falls, so that each local day is a whole number of buckets.
 *
 *     bucketMinutes('Europe/London')       // 60
 *     bucketMinutes('Australia/Lord_Howe') // 30, its summer time is half an hour
 *     bucketMinutes('Asia/Kathmandu')      // 15, UTC+05:45
 */
export function bucketMinutes(timeZone: string): 15 | 30 | 60 {
  const known = grains.get(timeZone)
  if (known !== undefined) return known
  checkTimeZone(timeZone)
  const transitions = transitionsBetween({ startMs: GRAIN_SINCE_MS, endMs: GRAIN_UNTIL_MS }, timeZone)
  const marks = [GRAIN_SINCE_MS, ...transitions].map((at) => offsetMs(at, timeZone)).concat(transitions)
  const grain = ([60, 30] as const).find((minutes) => marks.every((mark) => mark % (minutes * MINUTE_MS) === 0)) ?? 15
  grains.set(timeZone, grain)
  return grain
}

/** The start of the bucket that holds an instant: `bucketStart(Date.UTC(2026, 2, 1, 9, 59), 30)` is 09:30. */
export function bucketStart(instantMs: number, minutes: number): number {
  const length = minutes * MINUTE_MS
  return Math.floor(instantMs / length) * length
}
