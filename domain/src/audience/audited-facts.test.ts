import { describe, expect, it } from '@jest/globals'
import { auditedFacts, subjectOf, type Json } from './audited-facts.ts'

describe('auditedFacts', () => {
  it.each<[string, unknown, Json]>([
    ['nothing', undefined, null],
    ['plain values', { a: 'x', b: 1, c: true, d: null, e: undefined }, { a: 'x', b: 1, c: true, d: null }],
    ['records without a prototype', Object.assign(Object.create(null) as object, { a: 'x' }), { a: 'x' }],
    [
      'secrets, at any depth',
      {
        input: { password: 'p', newPassword: 'p', secret: 's', signingSecret: 's', token: 't', list: [{ token: 't' }] },
      },
      {
        input: {
          password: '[redacted]',
          newPassword: '[redacted]',
          secret: '[redacted]',
          signingSecret: '[redacted]',
          token: '[redacted]',
          list: [{ token: '[redacted]' }],
        },
      },
    ],
    ['a count of tokens, which is no token', { abovePromptTokens: 200_000 }, { abovePromptTokens: 200_000 }],
    [
      'the address of a hook',
      { kind: 'WEBHOOK', target: 'https://hooks.example.com/?key=1' },
      { kind: 'WEBHOOK', target: '[redacted]' },
    ],
    ['an address without its kind', { target: 'https://hooks.example.com/' }, { target: '[redacted]' }],
    ['whom a mail goes to', { kind: 'EMAIL', target: 'a@b.example' }, { kind: 'EMAIL', target: 'a@b.example' }],
    ['large numbers', { n: 12345678901234567890n, x: Number.NaN }, { n: '12345678901234567890', x: 'NaN' }],
  ])('keeps %s', (_what, input, facts) => {
    expect(auditedFacts(input)).toEqual(facts)
  })

  it('cuts what nobody reads, and says so', () => {
    const facts = auditedFacts({ csv: 'x'.repeat(501), list: Array.from({ length: 52 }, (_, i) => i) })
    expect(facts).toEqual({
      csv: `${'x'.repeat(500)}… (501 characters)`,
      list: [...Array.from({ length: 50 }, (_, i) => i), '… and 2 more'],
    })
    const wide = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i]))
    expect(Object.keys(auditedFacts(wide) as object)).toHaveLength(51)
    expect(auditedFacts(wide)).toMatchObject({ k49: 49, '…': 'and 1 more' })
    let deep: unknown = 'bottom'
    for (let level = 0; level < 40; level += 1) deep = [deep]
    expect(JSON.stringify(auditedFacts(deep))).toContain('"…"')
  })
})

describe('subjectOf', () => {
  it.each<[Record<string, unknown>, string | null]>([
    [{ id: 'bdg_1', input: { key: 'coding' } }, 'bdg_1'],
    [{ input: { key: 'market-entry' } }, 'market-entry'],
    [{ input: { month: '2026-10-01', reason: 'r' } }, '2026-10-01'],
    [{ input: { name: 'Ops', kind: 'EMAIL' } }, 'Ops'],
    [{ input: { email: 'a@b.example', role: 'VIEWER' } }, 'a@b.example'],
    [{ input: { id: null, provider: 'openai' } }, null],
    [{ input: null }, null],
    [{}, null],
  ])('of %j is %s', (input, subject) => {
    expect(subjectOf(input)).toBe(subject)
  })
})
