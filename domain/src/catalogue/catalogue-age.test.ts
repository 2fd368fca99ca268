import { expect, it } from '@jest/globals'
import { catalogueAge } from './catalogue-age.ts'

it.each([
  ['2026-09-23', { ageDays: 0, isStale: false }],
  ['2026-11-07', { ageDays: 45, isStale: false }],
  ['2026-11-08', { ageDays: 46, isStale: true }],
  // A clock that is behind makes nothing stale.
  ['2026-09-22', { ageDays: -1, isStale: false }],
])('a catalogue of 2026-09-23 is on %s %j', (today, age) => {
  expect(catalogueAge('2026-09-23', today)).toEqual(age)
})

it('a catalogue of an unknown day is stale', () => {
  expect(catalogueAge(null, '2026-09-23')).toEqual({ ageDays: null, isStale: true })
})
