import { describe, expect, it } from '@jest/globals'
import { conditionText, effectiveText, quotedPrice, thresholdText } from './rate-text.ts'

describe('a rate in words', () => {
  it('names what decides beside its meter', () => {
    expect(conditionText({})).toBeNull()
    expect(conditionText({ qualifiers: {} })).toBeNull()
    expect(conditionText({ abovePromptTokens: '200000', qualifiers: { tier: 'batch', region: 'eu' } })).toBe(
      'prompt above 200,000, region = eu, tier = batch',
    )
    expect(thresholdText({ aboveMonthlyQuantity: '0' })).toBe('month from 0')
    expect(thresholdText({ aboveMonthlyQuantity: '1000000.000000' })).toBe('month above 1,000,000')
  })

  it.each([
    [null, null, 'since ever'],
    [null, '2026-10-01T00:00:00Z', 'until 1 Oct 2026, 01:00'],
    ['2026-11-01T00:00:00Z', null, 'from 1 Nov 2026'],
    ['2026-11-01T00:00:00Z', '2026-12-01T09:30:00Z', '1 Nov 2026 to 1 Dec 2026, 09:30'],
  ])('from %s to %s is %s', (effectiveFrom, effectiveTo, text) => {
    expect(effectiveText({ effectiveFrom, effectiveTo }, 'Europe/London')).toBe(text)
  })

  it('quotes tokens by the million and everything else by one, exactly', () => {
    expect(quotedPrice('0.000015', 'input_tokens')).toBe('15')
    expect(quotedPrice('0.000000000001', 'cache_read_tokens')).toBe('0.000001')
    expect(quotedPrice('0.006', 'requests')).toBe('0.006')
  })
})
