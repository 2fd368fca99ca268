import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { checkPolicy, type PolicyInput, type PoolOfPolicy } from './parse-policy.ts'

const POOL: PoolOfPolicy = { id: 'pool', hasResource: false, hasCapacity: false }
const exemption = { agentId: 'a', from: '2026-03-01', to: '2026-05-01', reason: 'Trial' }

describe('checkPolicy', () => {
  it('gives what is left out its default', () => {
    expect(checkPolicy({ method: 'USAGE' }, POOL)).toEqual({
      method: 'USAGE',
      basis: 'INVOCATIONS',
      rate: null,
      scope: [],
      fallback: ['HOLD'],
      idle: 'HELD',
      multipliers: [],
      exemptions: [],
      feeds: [],
    })
  })

  it('puts everything into its one form', () => {
    const input: PolicyInput = {
      method: 'OVERHEAD_RATE',
      basis: null,
      rate: '0.20',
      scope: ['b', 'a', 'b'],
      fallback: ['EQUAL', 'EQUAL', 'HOLD', 'PRIOR_PERIOD'],
      idle: 'SHARED',
      multipliers: [{ agentId: 'a', multiplier: '01.500' }],
      exemptions: [exemption, { ...exemption, to: null }],
      feeds: [
        { poolId: 'other', share: '0.250' },
        { poolId: 'third', share: '0.75' },
      ],
    }
    expect(checkPolicy(input, POOL)).toEqual({
      method: 'OVERHEAD_RATE',
      basis: null,
      rate: parseFixed18('0.2'),
      scope: ['b', 'a'],
      fallback: ['EQUAL', 'HOLD'],
      idle: 'SHARED',
      multipliers: [{ agentId: 'a', multiplier: '1.5' }],
      exemptions: [exemption, { ...exemption, to: null }],
      feeds: [
        { poolId: 'other', share: '0.25' },
        { poolId: 'third', share: '0.75' },
      ],
    })
  })

  it.each([
    [
      ['PRIOR_PERIOD', 'EQUAL'],
      ['PRIOR_PERIOD', 'EQUAL', 'HOLD'],
    ],
    [
      ['EQUAL', 'PRIOR_PERIOD', 'EQUAL'],
      ['EQUAL', 'PRIOR_PERIOD', 'HOLD'],
    ],
    [['HOLD', 'EQUAL'], ['HOLD']],
    [[], ['HOLD']],
  ])('ends the fallback %j with HOLD and names no branch twice', (fallback, expected) => {
    expect(checkPolicy({ method: 'EQUAL', fallback }, POOL).fallback).toEqual(expected)
  })

  it('knows resource and capacity only where the pool and the method have them', () => {
    const pool = { id: null, hasResource: true, hasCapacity: true }
    expect(checkPolicy({ method: 'USAGE', basis: 'RESOURCE_USES' }, pool).basis).toBe('RESOURCE_USES')
  })

  it.each<[string, string, Partial<PolicyInput>, Partial<PoolOfPolicy>?]>([
    ['an unknown method', 'method', { method: 'FAIR' }],
    ['an unknown basis', 'basis', { basis: 'SPANS' }],
    ['a basis beside USAGE', 'basis', { method: 'EQUAL', basis: 'TOKENS' }],
    ['a rate beside OVERHEAD_RATE', 'rate', { rate: '0.1' }],
    ['OVERHEAD_RATE without a rate', 'rate', { method: 'OVERHEAD_RATE' }],
    ['a rate below zero', 'rate', { method: 'OVERHEAD_RATE', rate: '-0.1' }],
    ['a rate of 13 decimals', 'rate', { method: 'OVERHEAD_RATE', rate: '0.0000000000001' }],
    ['RESOURCE_USES without a resource', 'resource', { basis: 'RESOURCE_USES' }],
    ['a capacity beside USAGE', 'capacity', { method: 'EQUAL' }, { hasCapacity: true }],
    ['an unknown fallback', 'fallback', { fallback: ['GUESS'] }],
    ['an unknown treatment of what is idle', 'idle', { idle: 'LOST' }],
    ['a multiplier below zero', 'multipliers', { multipliers: [{ agentId: 'a', multiplier: '-1' }] }],
    ['a multiplier of 7 decimals', 'multipliers', { multipliers: [{ agentId: 'a', multiplier: '0.1234567' }] }],
    ['a multiplier that is no decimal', 'multipliers', { multipliers: [{ agentId: 'a', multiplier: '2x' }] }],
    ['a multiplier above 999,999', 'multipliers', { multipliers: [{ agentId: 'a', multiplier: '1000000' }] }],
    [
      'two multipliers of one agent',
      'multipliers',
      { multipliers: ['1', '2'].map((multiplier) => ({ agentId: 'a', multiplier })) },
    ],
    ['an exemption from the middle of a month', 'exemptions', { exemptions: [{ ...exemption, from: '2026-03-15' }] }],
    ['an exemption to no date', 'exemptions', { exemptions: [{ ...exemption, to: '2026-13-01' }] }],
    ['an exemption that ends as it begins', 'exemptions', { exemptions: [{ ...exemption, to: exemption.from }] }],
    ['an exemption without a reason', 'exemptions', { exemptions: [{ ...exemption, reason: ' ' }] }],
    ['a feed of nothing', 'feeds', { feeds: [{ poolId: 'b', share: '0' }] }],
    ['a feed above 1', 'feeds', { feeds: [{ poolId: 'b', share: '1.000001' }] }],
    ['feeds above 1 in all', 'feeds', { feeds: ['b', 'c'].map((poolId) => ({ poolId, share: '0.500001' })) }],
    ['two feeds of one pool', 'feeds', { feeds: ['b', 'b'].map((poolId) => ({ poolId, share: '0.1' })) }],
    ['a pool that feeds itself', 'feeds', { feeds: [{ poolId: 'pool', share: '0.1' }] }],
    ['a scope beyond the most', 'scope', { scope: Array.from({ length: 10_001 }, (_, i) => String(i)) }],
  ])('refuses %s and names the field', (_, field, input, pool = {}) => {
    expect(() => checkPolicy({ method: 'USAGE', ...input }, { ...POOL, ...pool })).toThrow(
      expect.objectContaining({ name: 'DomainError', field }),
    )
  })
})
