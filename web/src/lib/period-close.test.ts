import { describe, expect, it } from '@jest/globals'
import { checklistText, itemText, portalHref } from './period-close.ts'

describe('the checklist of a month', () => {
  it.each([
    [['PASS', 'PASS'], 'All 2 checks pass'],
    [['PASS', 'WARN'], 'Nothing blocks the close, 1 check wants a reason'],
    [['FAIL', 'WARN', 'WARN'], '1 check blocks the close, 2 checks want a reason'],
    [['FAIL', 'FAIL'], '2 checks block the close'],
  ] as const)('of %j says: %s', (states, text) => {
    expect(checklistText(states.map((state) => ({ state })))).toBe(text)
  })

  it('says when it has not looked at everything', () => {
    expect(checklistText([{ state: 'PASS' }, { state: 'PASS' }], false)).toBe('All 2 checks pass so far')
  })

  it('leads to pages of the portal as their addresses are', () => {
    expect(
      [
        '/allocation?month=2026-10-01',
        '/?from=2026-10-01&to=2026-11-01',
        '/rate-cards/re-rating',
        '/rate-cards/unpriced?from=2026-02-01&to=2026-03-01',
      ].map(portalHref),
    ).toEqual([
      '/allocation?month=2026-10',
      '/?from=2026-10-01&period=custom&to=2026-10-31',
      '/rate-cards/re-rating',
      '/rate-cards/unpriced?from=2026-02-01&period=custom&to=2026-02-28',
    ])
  })

  it('names a check in words', () => {
    expect(itemText('POOLS_NOT_ALLOCATED')).toBe('pools not allocated')
  })
})
