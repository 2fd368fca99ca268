import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseInstant } from '../periods/instant.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { parseUnitPrice } from '../usage/unit-price.ts'
import * as overlap from './overlap.ts'
import type { NewRate, OwnRateSource, Rate } from './rate.ts'

const at = (date: string) => parseInstant(`${date}T00:00:00Z`)

function newRate(from: string | null, to: string | null, fields: Partial<NewRate> = {}): NewRate {
  return {
    provider: 'anthropic',
    resource: 'opus',
    meter: 'input_tokens',
    unitPrice: parseUnitPrice({ price: '0.015', per: '1000' }),
    priceText: '0.015',
    perText: '1000',
    currency: 'USD',
    effectiveFromMicros: from === null ? null : at(from),
    effectiveToMicros: to === null ? null : at(to),
    abovePromptTokens: null,
    aboveMonthlyQuantity: null,
    qualifiers: {},
    ...fields,
  }
}

function stored(id: string, from: string | null, to: string | null, fields: Partial<NewRate> = {}): Rate {
  return { ...newRate(from, to, fields), id, source: 'MANUAL', card: 'anthropic v1' }
}

const planPublication = (existing: readonly Rate[], rates: readonly NewRate[], source: OwnRateSource = 'MANUAL') =>
  overlap.planPublication(existing, { source, rates })

describe('planPublication', () => {
  it('stores the first version', () => {
    const rate = newRate('2026-01-01', null)
    expect(planPublication([], [rate])).toEqual({ inserts: [{ index: 0, rate }], closes: [], errors: [] })
  })

  it('ends a version without an end where the new one begins', () => {
    const rate = newRate('2026-03-01', null)
    expect(planPublication([stored('old', '2026-01-01', null)], [rate])).toEqual({
      inserts: [{ index: 0, rate }],
      closes: [{ rateId: 'old', effectiveToMicros: at('2026-03-01') }],
      errors: [],
    })
  })

  it('refuses to begin before another version has ended, and says when it ends', () => {
    const plan = planPublication([stored('old', '2026-01-01', '2026-04-01')], [newRate('2026-03-01', null)])
    expect(plan).toEqual({
      inserts: [],
      closes: [],
      errors: [
        {
          index: 0,
          code: 'RATE_OVERLAP',
          message:
            'Rate anthropic/opus input_tokens already covers 2026-03-01T00:00:00Z; it ends 2026-04-01T00:00:00Z.',
          field: 'effectiveFrom',
        },
      ],
    })
  })

  it.each([
    ['the same start', newRate('2026-03-01', null), 'already covers 2026-03-01T00:00:00Z; it has no end.'],
    [
      'an earlier start without an end',
      newRate('2026-02-01', null),
      'already covers 2026-03-01T00:00:00Z; it has no end.',
    ],
    ['a start at all time', newRate(null, null), 'already covers 2026-03-01T00:00:00Z; it has no end.'],
  ])('refuses %s', (_name, rate, message) => {
    const plan = planPublication([stored('old', '2026-03-01', null)], [rate])
    expect(plan.errors.map((error) => error.message)).toEqual([`Rate anthropic/opus input_tokens ${message}`])
    expect(plan.closes).toEqual([])
  })

  it('lets versions touch: [from, to) ends before the next begins', () => {
    const plan = planPublication(
      [stored('old', '2026-01-01', '2026-03-01')],
      [newRate('2026-03-01', null), newRate('2025-12-01', '2026-01-01')],
    )
    expect(plan.errors).toEqual([])
    expect(plan.inserts).toHaveLength(2)
  })

  it('publishes a whole history at once, in any order', () => {
    const plan = planPublication(
      [],
      [newRate('2026-03-01', null), newRate('2026-01-01', null), newRate('2026-02-01', null)],
    )
    expect(plan.errors).toEqual([])
    expect(plan.inserts.map(({ index, rate }) => [index, rate.effectiveToMicros])).toEqual([
      [0, null],
      [1, at('2026-02-01')],
      [2, at('2026-03-01')],
    ])
  })

  it('refuses the second of two that are the same rate at the same time', () => {
    const plan = planPublication(
      [],
      [newRate('2026-01-01', null), newRate('2026-01-01', null, { provider: 'Anthropic' })],
    )
    expect(plan.inserts.map(({ index }) => index)).toEqual([0])
    expect(plan.errors.map(({ index }) => index)).toEqual([1])
  })

  it.each<[string, Partial<NewRate>]>([
    ['another provider', { provider: 'aws' }],
    ['another resource', { resource: 'opus*' }],
    ['another meter', { meter: 'output_tokens' }],
    ['another prompt threshold', { abovePromptTokens: 0n }],
    ['another monthly step', { aboveMonthlyQuantity: 0n }],
    ['other qualifiers', { qualifiers: { tier: 'batch' } }],
  ])('lets %s stand beside it', (_name, fields) => {
    expect(planPublication([stored('old', '2026-01-01', null)], [newRate('2026-01-01', null, fields)])).toMatchObject({
      closes: [],
      errors: [],
    })
  })

  it('lets a rate of another source run beside it, and touches only its own', () => {
    const contract = { ...stored('contract', '2026-01-01', null), source: 'CONTRACT' as const }
    const manual = stored('manual', '2026-02-01', '2026-06-01')
    const rate = newRate('2026-03-01', null)
    expect(planPublication([contract, manual], [rate], 'CONTRACT')).toEqual({
      inserts: [{ index: 0, rate }],
      closes: [{ rateId: 'contract', effectiveToMicros: at('2026-03-01') }],
      errors: [],
    })
    expect(planPublication([contract, manual], [rate]).errors).toHaveLength(1)
  })

  it('names the step of a graduated price that is in the way', () => {
    const step = { aboveMonthlyQuantity: parseQuantity('1000000.5') }
    const plan = planPublication([stored('old', '2026-01-01', '2026-06-01', step)], [newRate('2026-03-01', null, step)])
    expect(plan.errors[0]?.message).toBe(
      'Rate anthropic/opus input_tokens above 1000000.5 a month already covers 2026-03-01T00:00:00Z; it ends 2026-06-01T00:00:00Z.',
    )
  })

  it('takes qualifiers in another order for the same', () => {
    const existing = stored('old', '2026-01-01', '2026-06-01', { qualifiers: { tier: 'batch', region: 'eu' } })
    const plan = planPublication(
      [existing],
      [newRate('2026-02-01', null, { qualifiers: { region: 'eu', tier: 'batch' } })],
    )
    expect(plan.errors[0]?.message).toBe(
      'Rate anthropic/opus input_tokens (region=eu, tier=batch) already covers 2026-02-01T00:00:00Z; it ends 2026-06-01T00:00:00Z.',
    )
  })

  it('lets new steps of a graduated price take the place of all steps before them, named again or not', () => {
    const step = (above: bigint, from: string) => newRate(from, null, { aboveMonthlyQuantity: above })
    const storedStep = (id: string, above: bigint) => stored(id, '2026-01-01', null, { aboveMonthlyQuantity: above })
    const existing = [storedStep('from 0', 0n), storedStep('from 100', 100n), storedStep('from 200', 200n)]
    const plan = planPublication(existing, [step(150n, '2026-03-01'), step(0n, '2026-03-01')])
    expect(plan.errors).toEqual([])
    expect(plan.inserts).toHaveLength(2)
    const march = at('2026-03-01')
    expect([...plan.closes].sort((a, b) => (a.rateId < b.rateId ? -1 : 1))).toEqual(
      ['from 0', 'from 100', 'from 200'].map((rateId) => ({ rateId, effectiveToMicros: march })),
    )
  })

  it('refuses steps that would leave the first units of a month without their price', () => {
    const existing = [stored('from 0', '2026-01-01', null, { aboveMonthlyQuantity: 0n })]
    const rates = [newRate('2026-03-01', null, { aboveMonthlyQuantity: 100n })]
    expect(planPublication(existing, rates)).toEqual({
      inserts: [],
      closes: [],
      errors: [
        {
          index: 0,
          code: 'RATE_STEPS_INCOMPLETE',
          message:
            'The steps of anthropic/opus input_tokens from 2026-03-01T00:00:00Z on take the place of those before them: publish all of them together, beginning with the one above 0.',
          field: 'aboveMonthlyQuantity',
        },
      ],
    })
  })

  it('refuses a period without an instant', () => {
    expect(planPublication([], [newRate('2026-03-01', '2026-03-01')]).errors).toMatchObject([
      { code: 'RATE_PERIOD_EMPTY', field: 'effectiveTo' },
    ])
  })

  it('never leaves two versions of a source that overlap, whatever is published in whatever order', () => {
    const instant = fc.integer({ min: 0, max: 12 })
    const period = fc.record({ from: fc.option(instant), to: fc.option(instant) })
    const publication = fc.record({
      source: fc.constantFrom<OwnRateSource>('CONTRACT', 'MANUAL'),
      periods: fc.array(period, { maxLength: 6 }),
    })
    fc.assert(
      fc.property(fc.array(publication, { maxLength: 5 }), (publications) => {
        let existing: Rate[] = []
        publications.forEach(({ source, periods }, batch) => {
          const incoming = periods.map(({ from, to }) => ({
            ...newRate(null, null),
            effectiveFromMicros: from,
            effectiveToMicros: to,
          }))
          const plan = planPublication(existing, incoming, source)
          expect(plan.inserts.length + plan.errors.length).toBe(incoming.length)
          const ends = new Map(plan.closes.map(({ rateId, effectiveToMicros }) => [rateId, effectiveToMicros]))
          const others = existing.filter((rate) => rate.source !== source)
          existing = existing
            .map((rate) => ({ ...rate, effectiveToMicros: ends.get(rate.id) ?? rate.effectiveToMicros }))
            .concat(
              plan.inserts.map(({ rate, index }) => ({
                ...stored(`${batch}.${index}`, null, null),
                ...rate,
                source,
              })),
            )
          expect(existing.filter((rate) => rate.source !== source)).toEqual(others)
          for (let micros = -1; micros <= 13; micros += 1) {
            const inForce = existing.filter(
              (rate) =>
                rate.source === source &&
                (rate.effectiveFromMicros ?? -Infinity) <= micros &&
                micros < (rate.effectiveToMicros ?? Infinity),
            )
            expect(inForce.length).toBeLessThanOrEqual(1)
          }
        })
      }),
    )
  })
})
