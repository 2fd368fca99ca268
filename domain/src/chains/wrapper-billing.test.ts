import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type BillableSpan, decideWrapperBilling, type SpanBilling } from './wrapper-billing.ts'

type Span = BillableSpan<string>

const leaf = (ref: string, parentSpanId: string | null, spanId: string | null = ref): Span => ({
  ref,
  spanId,
  parentSpanId,
  isLeafKind: true,
  hasUsage: true,
})
const wrapper = (ref: string, parentSpanId: string | null, hasUsage = true, spanId: string | null = ref): Span => ({
  ref,
  spanId,
  parentSpanId,
  isLeafKind: false,
  hasUsage,
})
const decide = (...spans: Span[]) => Object.fromEntries(decideWrapperBilling(spans))

describe('decideWrapperBilling', () => {
  it('bills the leaf and claims every wrapper that repeats it', () => {
    expect(decide(wrapper('root', null), wrapper('agent', 'root'), leaf('model', 'agent'))).toEqual({
      root: 'CLAIMED',
      agent: 'CLAIMED',
      model: 'DIRECT',
    })
  })

  it('bills a wrapper that is the only witness of its usage', () => {
    expect(decide(wrapper('agent', null))).toEqual({ agent: 'WRAPPER' })
    expect(decide(wrapper('agent', null, true, null))).toEqual({ agent: 'WRAPPER' })
  })

  it('bills the innermost of nested wrappers without leaves, also through spans without usage', () => {
    expect(decide(wrapper('root', null), wrapper('step', 'root', false), wrapper('agent', 'step'))).toEqual({
      root: 'CLAIMED',
      step: 'CLAIMED',
      agent: 'WRAPPER',
    })
  })

  it('claims a wrapper without usage, and bills a leaf of any usage', () => {
    expect(decide(wrapper('agent', null, false), { ...leaf('tool', 'agent'), hasUsage: false })).toEqual({
      agent: 'CLAIMED',
      tool: 'DIRECT',
    })
  })

  it('keeps apart the branches of a tree', () => {
    expect(decide(wrapper('root', null), wrapper('a', 'root'), wrapper('b', 'root'), leaf('model', 'a'))).toEqual({
      root: 'CLAIMED',
      a: 'CLAIMED',
      b: 'WRAPPER',
      model: 'DIRECT',
    })
  })

  it('bills leaves inside leaves', () => {
    expect(decide(leaf('tool', null), leaf('model', 'tool'))).toEqual({ tool: 'DIRECT', model: 'DIRECT' })
  })

  it('claims a wrapper that shares its span with a leaf, and whatever is above a row without span id', () => {
    expect(decide(wrapper('agent', null, true, 's'), leaf('model', null, 's'))).toEqual({
      agent: 'CLAIMED',
      model: 'DIRECT',
    })
    expect(decide(wrapper('agent', null), leaf('model', 'agent', null))).toEqual({ agent: 'CLAIMED', model: 'DIRECT' })
  })

  it('claims a wrapper 10,000 levels above its leaf', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => wrapper(`s${i}`, i === 0 ? null : `s${i - 1}`))
    const billing = decideWrapperBilling([leaf('model', 's9999'), ...chain])
    expect([...billing.values()].filter((value) => value === 'CLAIMED')).toHaveLength(10_000)
  })

  // A tree: span i hangs below an earlier one or none; a parent that is not there stands for one that has not arrived.
  const trees = fc
    .array(fc.record({ up: fc.option(fc.nat(), { freq: 4 }), isLeafKind: fc.boolean(), hasUsage: fc.boolean() }), {
      maxLength: 25,
    })
    .map((rows) =>
      rows.map(({ up, isLeafKind, hasUsage }, i): Span => {
        const parentSpanId = up === null || i === 0 ? null : `s${up % i}`
        return { ref: `s${i}`, spanId: `s${i}`, parentSpanId, isLeafKind, hasUsage }
      }),
    )

  it('is the rule, read literally from the leaves up', () => {
    fc.assert(
      fc.property(trees, (spans) => {
        expect(decideWrapperBilling(spans)).toEqual(literally(spans))
      }),
    )
  })

  it('depends on no order, and late arrivals only ever turn WRAPPER into CLAIMED', () => {
    fc.assert(
      fc.property(
        trees.chain((spans) => fc.shuffledSubarray(spans, { minLength: spans.length })),
        (arrivals) => {
          let known: Span[] = []
          let before = new Map<string, SpanBilling>()
          for (const arrival of arrivals) {
            known = [...known, arrival]
            const now = decideWrapperBilling(known)
            for (const [ref, was] of before) if (was !== 'WRAPPER') expect(now.get(ref)).toBe(was)
            before = now
          }
          const inOrder = [...arrivals].sort((a, b) => Number(a.ref.slice(1)) - Number(b.ref.slice(1)))
          expect(decideWrapperBilling(inOrder)).toEqual(before)
        },
      ),
    )
  })

  it('bills every wrapper chain exactly once: below no WRAPPER is anything billed', () => {
    fc.assert(
      fc.property(trees, (spans) => {
        const billing = decideWrapperBilling(spans)
        const parentOf = new Map(spans.map((span) => [span.spanId, span.parentSpanId]))
        for (const span of spans) {
          if (billing.get(span.ref) === 'CLAIMED') continue
          for (let up = span.parentSpanId; up !== null; up = parentOf.get(up) ?? null) {
            expect(billing.get(up)).not.toBe('WRAPPER')
          }
        }
      }),
    )
  })
})

/** The rule word for word; children come after their parents in `spans`, so the last are decided first. */
function literally(spans: Span[]): Map<string, SpanBilling> {
  const billing = new Map<string, SpanBilling>()
  const isBilled = (span: Span) => billing.get(span.ref) !== 'CLAIMED'
  const hasBilledBelow = (span: Span): boolean =>
    spans.some((child) => child.parentSpanId === span.spanId && (isBilled(child) || hasBilledBelow(child)))
  for (const span of [...spans].reverse()) {
    if (span.isLeafKind) billing.set(span.ref, 'DIRECT')
    else billing.set(span.ref, span.hasUsage && !hasBilledBelow(span) ? 'WRAPPER' : 'CLAIMED')
  }
  return billing
}
