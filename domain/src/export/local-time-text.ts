import { offsetMs } from '../periods/time-zone.ts'

/** No zone has changed its clocks at another minute in living memory; all zones' offsets have whole minutes since 1972. */
const SLOT_MS = 900_000
/** Slots remembered of a zone: some ten days, which is more than a page of a file covers. */
const SLOTS_MAX = 1_000
const ZONES_MAX = 100

const known = new Map<string, Map<number, number>>()

/**
 * An instant as clocks of a time zone show it, with their distance from UTC, because an hour comes twice a year. Fractions of a second are
 * left out, as on a clock.
 *
 *     localTimeText('2026-10-25T00:30:00Z', 'Europe/London') // '2026-10-25 01:30:00 +01:00'
 */
export function localTimeText(instant: string, timeZone: string): string {
  const ms = Date.parse(instant)
  const offset = offsetAt(ms, timeZone)
  const local = new Date(ms + offset).toISOString()
  const minutes = Math.abs(offset) / 60_000
  const two = (part: number): string => String(Math.trunc(part)).padStart(2, '0')
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

/** Looked up once a quarter of an hour: files have hundreds of thousands of times, and to ask for each takes longer than to read its row. */
function offsetAt(ms: number, timeZone: string): number {
  let slots = known.get(timeZone)
  if (slots === undefined) {
    if (known.size >= ZONES_MAX) known.clear()
    slots = new Map()
    known.set(timeZone, slots)
  }
  const slot = Math.floor(ms / SLOT_MS)
  let offset = slots.get(slot)
  if (offset === undefined) {
    if (slots.size >= SLOTS_MAX) slots.clear()
    offset = offsetMs(slot * SLOT_MS, timeZone)
    slots.set(slot, offset)
  }
  return offset
}
