import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseScaledDecimal } from '../money/scaled-decimal.ts'
import { monthFractions } from './accrual.ts'
import { addMonths } from './calendar-date.ts'
import { rangeBounds } from './local-day.ts'

const ZONES = ['UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia']
const zone = fc.constantFrom(...ZONES)
const ONE = 10n ** 14n

/** 10^14 times a fraction; more than 14 decimals are refused. */
const scaled = (text: string) =>
  parseScaledDecimal(text, { what: 'fraction', decimals: 14, integerDigits: 1, allowNegative: false })

function byMonth(range: { startMs: number; endMs: number }, timeZone: string): Map<string, bigint> {
  return new Map(monthFractions(range, timeZone).map(({ month, fraction }) => [month, scaled(fraction)]))
}

describe('monthFractions', () => {
  it.each([
    [Date.UTC(2026, 3, 1), Date.UTC(2026, 3, 16), [{ month: '2026-04-01', fraction: '0.5' }]],
    [
      Date.UTC(2026, 0, 1),
      Date.UTC(2026, 1, 15),
      [
        { month: '2026-01-01', fraction: '1' },
        { month: '2026-02-01', fraction: '0.5' },
      ],
    ],
    [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 2), [{ month: '2026-03-01', fraction: '0.03225806451612' }]],
    [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 1), []],
    [Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 1), []],
  ])('gives the parts of the months that lie in %d to %d', (startMs, endMs, fractions) => {
    expect(monthFractions({ startMs, endMs }, 'UTC')).toEqual(fractions)
  })

  it.each(ZONES)('gives exactly 1 for each whole month of %s, also where the clocks change', (timeZone) => {
    for (let month = '2010-01-01'; month < '2030-01-01'; month = addMonths(month, 1)) {
      const { start, end } = rangeBounds({ from: month, to: addMonths(month, 1) }, timeZone)
      expect(monthFractions({ startMs: start, endMs: end }, timeZone)).toEqual([{ month, fraction: '1' }])
    }
  })

  it('accrues by the hours of a month, of which March has 743 in London', () => {
    const { start } = rangeBounds({ from: '2026-03-01', to: '2026-04-01' }, 'Europe/London')
    const [only] = monthFractions({ startMs: start, endMs: start + 3_600_000 }, 'Europe/London')
    expect(only).toEqual({ month: '2026-03-01', fraction: `0.${(ONE / 743n).toString().padStart(14, '0')}` })
  })

  const instant = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) })

  it('is additive over any cut, and each month is above 0 and at most 1', () => {
    fc.assert(
      fc.property(fc.tuple(instant, instant, instant), zone, (instants, timeZone) => {
        const [startMs, cut, endMs] = [...instants].sort((a, b) => a - b) as [number, number, number]
        const parts = [byMonth({ startMs, endMs: cut }, timeZone), byMonth({ startMs: cut, endMs }, timeZone)]
        const whole = byMonth({ startMs, endMs }, timeZone)
        const sums = new Map<string, bigint>()
        for (const [month, part] of parts.flatMap((one) => [...one])) sums.set(month, (sums.get(month) ?? 0n) + part)
        expect(sums).toEqual(whole)
        for (const part of whole.values()) expect(part > 0n && part <= ONE).toBe(true)
      }),
    )
  })

  it('is linear in time: never further than one unit of the 14th decimal from the exact part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 59 }), fc.nat(), fc.nat(), zone, (later, from, to, timeZone) => {
        const month = addMonths('2024-01-01', later)
        const { start, end } = rangeBounds({ from: month, to: addMonths(month, 1) }, timeZone)
        const [a, b] = [start + (from % (end - start)), start + (to % (end - start))].sort((x, y) => x - y) as [
          number,
          number,
        ]
        const [only] = monthFractions({ startMs: a, endMs: b }, timeZone)
        const error = scaled(only?.fraction ?? '0') * BigInt(end - start) - ONE * BigInt(b - a)
        expect(error < BigInt(end - start) && error > -BigInt(end - start)).toBe(true)
      }),
    )
  })
})
