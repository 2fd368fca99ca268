import { describe, expect, it } from '@jest/globals'
import { snoozeChoices } from './snooze.ts'

describe('how long an alert may sleep', () => {
  it('counts hours from now, and mornings on the clock of the tenant', () => {
    // A Friday, half past nine in the evening in Berlin.
    const choices = snoozeChoices(Date.parse('2026-11-27T20:30:00Z'), 'Europe/Berlin')
    expect(choices).toEqual([
      { label: 'for an hour', until: '2026-11-27T21:30:00.000Z' },
      { label: 'for four hours', until: '2026-11-28T00:30:00.000Z' },
      { label: 'until tomorrow, 09:00', until: '2026-11-28T08:00:00.000Z' },
      { label: 'until Monday 30 Nov, 09:00', until: '2026-11-30T08:00:00.000Z' },
      { label: 'until 11 Dec, 09:00', until: '2026-12-11T08:00:00.000Z' },
    ])
  })

  it('names Monday once when it is tomorrow', () => {
    const labels = snoozeChoices(Date.parse('2026-11-29T12:00:00Z'), 'Europe/London').map(({ label }) => label)
    expect(labels).toEqual(['for an hour', 'for four hours', 'until tomorrow, 09:00', 'until 13 Dec, 09:00'])
  })
})
