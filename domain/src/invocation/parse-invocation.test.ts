import { describe, expect, it } from '@jest/globals'
import { DomainError } from '../errors.ts'
import { canonicalContent } from './invocation.ts'
import { parseInvocation } from './parse-invocation.ts'

const NOW = Date.UTC(2026, 10, 23, 14, 5) * 1_000
const ITEM = { id: 'inv-1', occurredAt: '2026-11-23T14:00:00Z', usage: [{ meter: 'input_tokens', quantity: '1500' }] }

function codeOf(item: unknown): [string, string | undefined] {
  try {
    parseInvocation(item, { now: NOW })
  } catch (error) {
    if (error instanceof DomainError) return [error.code, error.field]
    throw error
  }
  return ['accepted', undefined]
}

describe('parseInvocation', () => {
  it('reads an item exactly, with null for what is absent', () => {
    expect(
      parseInvocation({ ...ITEM, agent: 'research', client: null, qualifiers: { tier: 'batch', a: 1 } }, { now: NOW }),
    ).toEqual({
      id: 'inv-1',
      agent: 'research',
      task: null,
      client: null,
      project: null,
      trace: null,
      span: null,
      parentSpan: null,
      kind: 'MODEL',
      provider: null,
      resource: null,
      name: null,
      occurredAt: Date.UTC(2026, 10, 23, 14) * 1_000,
      endedAt: null,
      usage: [{ meter: 'input_tokens', quantity: 1_500_000_000n }],
      sharedKey: null,
      reportedCost: null,
      qualifiers: { a: '1', tier: 'batch' },
      failure: null,
      raw: null,
    })
  })

  it.each<[string, unknown, string, string | undefined]>([
    ['a text', 'x', 'INVALID_ITEM', undefined],
    ['null', null, 'INVALID_ITEM', undefined],
    ['a list', [], 'INVALID_ITEM', undefined],
    ['the id of a replacement', { ...ITEM, id: 'cor_0190' }, 'RESERVED_ID', 'id'],
    ['no id', { ...ITEM, id: undefined }, 'MISSING_FIELD', 'id'],
    ['an id that is a number', { ...ITEM, id: 1 }, 'INVALID_FIELD', 'id'],
    ['an empty id', { ...ITEM, id: ' ' }, 'INVALID_FIELD', 'id'],
    ['an id of 257 characters', { ...ITEM, id: 'x'.repeat(257) }, 'INVALID_FIELD', 'id'],
    ['an id of 256 characters', { ...ITEM, id: 'x'.repeat(256) }, 'accepted', undefined],
    ['NUL in a key', { ...ITEM, agent: 'a\u0000b' }, 'INVALID_FIELD', 'agent'],
    ['half a surrogate pair', { ...ITEM, agent: 'a\ud800' }, 'INVALID_FIELD', 'agent'],
    ['a whole surrogate pair', { ...ITEM, agent: 'a\ud83d\ude00' }, 'accepted', undefined],
    ['a misspelt tag', { ...ITEM, cleint: 'acme' }, 'UNKNOWN_FIELD', 'cleint'],
    ['a polluting key', JSON.parse('{"id":"x","__proto__":{}}'), 'UNKNOWN_FIELD', '__proto__'],
    ['no time', { ...ITEM, occurredAt: null }, 'MISSING_FIELD', 'occurredAt'],
    ['a time without a zone', { ...ITEM, occurredAt: '2026-11-23T14:00:00' }, 'INVALID_INSTANT', 'occurredAt'],
    ['a numeric time', { ...ITEM, occurredAt: 1_700_000_000 }, 'INVALID_FIELD', 'occurredAt'],
    ['exactly 5 minutes ahead', { ...ITEM, occurredAt: '2026-11-23T14:10:00Z' }, 'accepted', undefined],
    ['a microsecond more', { ...ITEM, occurredAt: '2026-11-23T14:10:00.000001Z' }, 'IN_THE_FUTURE', 'occurredAt'],
    ['before 2015', { ...ITEM, occurredAt: '2014-12-31T23:59:59Z' }, 'TOO_OLD', 'occurredAt'],
    ['an end before the start', { ...ITEM, endedAt: '2026-11-23T13:59:59Z' }, 'INVALID_FIELD', 'endedAt'],
    ['an unknown kind', { ...ITEM, kind: 'LLM' }, 'INVALID_FIELD', 'kind'],
    ['no usage', { ...ITEM, usage: undefined }, 'MISSING_FIELD', 'usage'],
    ['empty usage', { ...ITEM, usage: [] }, 'accepted', undefined],
    [
      'a negative quantity',
      { ...ITEM, usage: [{ meter: 'requests', quantity: -1 }] },
      'NEGATIVE_DECIMAL',
      'usage.0.quantity',
    ],
    [
      'an exponent',
      { ...ITEM, usage: [{ meter: 'requests', quantity: '1e5' }] },
      'INVALID_DECIMAL',
      'usage.0.quantity',
    ],
    [
      '7 decimals',
      { ...ITEM, usage: [{ meter: 'seconds', quantity: '0.1234567' }] },
      'INVALID_DECIMAL',
      'usage.0.quantity',
    ],
    ['a meter twice', { ...ITEM, usage: [ITEM.usage[0], ITEM.usage[0]] }, 'DUPLICATE_METER', 'usage.1'],
    ['a meter in capitals', { ...ITEM, usage: [{ meter: 'Tokens', quantity: 1 }] }, 'INVALID_FIELD', 'usage.0.meter'],
    ['64 quantities', { ...ITEM, usage: meters(64) }, 'accepted', undefined],
    ['65 quantities', { ...ITEM, usage: meters(65) }, 'TOO_MANY_QUANTITIES', 'usage'],
    ['a shared use without its trace', { ...ITEM, sharedKey: 'index' }, 'MISSING_FIELD', 'trace'],
    ['a span that is its own parent', { ...ITEM, trace: 't', span: 's', parentSpan: 's' }, 'CYCLE', 'parentSpan'],
    [
      'an unknown currency',
      { ...ITEM, reportedCost: { amount: '1', currency: 'XXQ' } },
      'INVALID_FIELD',
      'reportedCost.currency',
    ],
    [
      'a cost in words',
      { ...ITEM, reportedCost: { amount: '1,5', currency: 'EUR' } },
      'INVALID_DECIMAL',
      'reportedCost.amount',
    ],
    ['a qualifier that is a list', { ...ITEM, qualifiers: { tier: [] } }, 'INVALID_FIELD', 'qualifiers.tier'],
  ])('answers %s by code and field', (_case, item, code, field) => {
    expect(codeOf(item)).toEqual([code, field])
  })

  it('lets a replacement have an id of its own kind', () => {
    const read = parseInvocation({ ...ITEM, id: 'cor_0190' }, { now: NOW, isReplacement: true })
    expect(read.id).toBe('cor_0190')
    expect(codeOf({ ...ITEM, id: 'COR_0190' })).toEqual(['accepted', undefined])
  })

  it('takes the same facts in another spelling as the same content, and any other fact as other content', () => {
    const base = parseInvocation({ ...ITEM, usage: [...meters(2)] }, { now: NOW })
    const respelt = parseInvocation(
      {
        ...ITEM,
        occurredAt: '2026-11-23T15:00:00.000+01:00',
        usage: [...meters(2)].reverse().map((line) => ({ ...line, quantity: '1.0' })),
        agent: null,
      },
      { now: NOW },
    )
    expect(canonicalContent(respelt)).toBe(canonicalContent(base))
    for (const change of [
      { agent: 'a' },
      { name: 'n' },
      { failure: 'timeout' },
      { usage: meters(1) },
      { occurredAt: '2026-11-23T14:00:00.000001Z' },
    ]) {
      const other = parseInvocation({ ...ITEM, usage: meters(2), ...change }, { now: NOW })
      expect(canonicalContent(other)).not.toBe(canonicalContent(base))
    }
  })
})

function meters(count: number): { meter: string; quantity: number | string }[] {
  return Array.from({ length: count }, (_, index) => ({ meter: `meter_${index}`, quantity: 1 }))
}
