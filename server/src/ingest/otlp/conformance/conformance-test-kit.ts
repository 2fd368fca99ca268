import { describe, expect, it } from '@jest/globals'
import { isPromptMeter } from '@outlay/domain/usage/meter'
import { convert, metersOf, type TestSpan } from '../otlp-test-kit.ts'

/** What one sender puts on its span for one answer of a provider, and what must come of it. */
export interface Reading {
  counts: string
  attributes: Record<string, unknown>
  /** Every meter of the invocation but `requests`. */
  meters: Record<string, number>
  /** What the provider bills on each side, counted by the provider's own rule. */
  provider: { input: number; output: number }
}

/** Numbers that contradict each other: refused with this message, never clamped. */
interface Contradiction {
  when: string
  attributes: Record<string, unknown>
  message: string
}

interface SenderTable {
  sender: string
  /** Of every span: scope, name and what does not change from one reading to the next. */
  span: Omit<TestSpan, 'id' | 'attributes'> & { attributes: Record<string, unknown> }
  readings: Reading[]
  contradictions?: Contradiction[]
}

/** The same integer as each encoding delivers it. */
const ENCODINGS: Record<string, (value: number) => unknown> = {
  'JSON numbers': (value) => value,
  'int64 as text': (value) => BigInt(value),
  'attributes of text': (value) => String(value),
}

/**
 * Law L5 for one sender: its attributes become disjoint meters whose sum is what the provider bills, on the input side and on the
 * output side, however the integers are encoded; what contradicts itself is refused.
 */
export function describeSender({ sender, span, readings, contradictions = [] }: SenderTable): void {
  describe(sender, () => {
    describe.each(Object.entries(ENCODINGS))('with integers as %s', (_encoding, encode) => {
      it.each(readings)('reads $counts', ({ attributes, meters, provider }) => {
        const conversion = convert({ id: 'call', ...span, attributes: encoded({ ...span.attributes, ...attributes }) })
        expect(conversion.rejected).toEqual([])
        const { requests: _requests, ...read } = metersOf(conversion)
        expect(read).toEqual(Object.fromEntries(Object.entries(meters).map(([meter, tokens]) => [meter, `${tokens}`])))
        expect(sidesOf(read)).toEqual(provider)
      })

      const encoded = (attributes: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, typeof value === 'number' ? encode(value) : value]),
        )
    })

    if (contradictions.length > 0) {
      it.each(contradictions)('refuses $when', ({ attributes, message }) => {
        const conversion = convert({ id: 'call', ...span, attributes: { ...span.attributes, ...attributes } })
        expect(conversion.items).toEqual([])
        expect(conversion.rejected).toMatchObject([
          { code: 'USAGE_INCONSISTENT', message: expect.stringMatching(message) },
        ])
      })
    }
  })
}

function sidesOf(meters: Record<string, string>): { input: number; output: number } {
  const sides = { input: 0, output: 0 }
  for (const [meter, tokens] of Object.entries(meters)) {
    sides[isPromptMeter(meter) ? 'input' : 'output'] += Number.parseInt(tokens, 10)
  }
  return sides
}
