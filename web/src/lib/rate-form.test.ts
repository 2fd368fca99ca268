import { describe, expect, it } from '@jest/globals'
import { fieldsOf, newFields, readFields, readQualifiers, type RateFields } from './rate-form.ts'

const zone = 'Europe/London'

const fields = (given: Partial<RateFields> = {}): RateFields =>
  newFields('1', {
    resource: 'large-reasoning',
    meter: 'input_tokens',
    price: '0.015',
    per: '1,000',
    currency: 'gbp',
    from: '2026-07-01T00:00',
    ...given,
  })

const plain = {
  provider: 'acme',
  resource: 'large-reasoning',
  meter: 'input_tokens',
  price: { amount: '0.015', currency: 'GBP' },
  per: '1000',
  effectiveFrom: '2026-06-30T23:00:00.000Z',
  effectiveTo: null,
  abovePromptTokens: null,
  aboveMonthlyQuantity: null,
  qualifiers: null,
}

describe('the form of a rate', () => {
  it('reads prices as people write them, and times in the tenant’s zone', () => {
    expect(readFields(' acme ', fields(), zone)).toEqual({ kind: 'rate', rate: plain })
  })

  it.each([
    [{ tier: 'prompt', tierAbove: '200,000' }, { abovePromptTokens: '200000' }],
    [{ tier: 'month', tierAbove: '1,000,000.5' }, { aboveMonthlyQuantity: '1000000.5' }],
    [{ tier: 'none', tierAbove: '5' }, {}],
    [{ qualifiers: 'tier=batch, region = eu' }, { qualifiers: { tier: 'batch', region: 'eu' } }],
    [{ to: '2026-08-01T00:00' }, { effectiveTo: '2026-07-31T23:00:00.000Z' }],
  ] as const)('reads %j', (given, expected) => {
    expect(readFields('acme', fields(given), zone)).toEqual({ kind: 'rate', rate: { ...plain, ...expected } })
  })

  it.each([
    [{ resource: ' ' }, 'resource'],
    [{ meter: '' }, 'meter'],
    [{ price: '£5' }, 'price'],
    [{ price: '-1' }, 'price'],
    [{ per: '0' }, 'per'],
    [{ price: '1', per: '3' }, 'price'],
    [{ currency: 'pounds' }, 'currency'],
    [{ from: '' }, 'from'],
    [{ to: '2026-07-01T00:00' }, 'to'],
    [{ tier: 'prompt', tierAbove: '200000.5' }, 'tierAbove'],
    [{ tier: 'month', tierAbove: '' }, 'tierAbove'],
    [{ qualifiers: 'batch' }, 'qualifiers'],
  ] as const)('refuses %j at the field %s', (given, field) => {
    expect(readFields('acme', fields(given), zone)).toMatchObject({ kind: 'refused', field })
  })

  it('gives back the rate it was filled from, to the microsecond', () => {
    const rate = {
      ...plain,
      effectiveFrom: '2026-11-19T11:04:32.123456Z',
      effectiveTo: '2026-12-01T00:00:00Z',
      abovePromptTokens: '200000',
      qualifiers: { tier: 'batch' },
    }
    expect(readFields('acme', fieldsOf('1', rate, zone), zone)).toEqual({ kind: 'rate', rate })
    const moved = { ...fieldsOf('1', rate, zone), from: '2026-11-19T11:05' }
    expect(readFields('acme', moved, zone)).toMatchObject({ rate: { effectiveFrom: '2026-11-19T11:05:00.000Z' } })
  })

  it('reads no qualifier that has no value', () => {
    expect(readQualifiers('')).toEqual({})
    expect(readQualifiers('tier=')).toBeNull()
    expect(readQualifiers('a=b=c')).toBeNull()
  })
})
