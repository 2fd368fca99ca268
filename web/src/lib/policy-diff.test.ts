import { expect, it } from '@jest/globals'
import { changesBetween, termsOf, type PolicyTerms } from './policy-diff.ts'

const coding = { key: 'coding', name: 'Coding Agent' }
const pilot = { key: 'pilot', name: 'Pilot' }

const first: PolicyTerms = {
  method: 'USAGE',
  basis: 'INVOCATIONS',
  rate: null,
  scope: [],
  fallback: ['HOLD'],
  idle: 'HELD',
  multipliers: [{ agent: coding, multiplier: '1.5' }],
  exemptions: [],
  feeds: [],
}

it('the first version differs from nothing', () => {
  expect(changesBetween(null, first)).toEqual([])
})

it('a version that says the same in another order changes nothing', () => {
  const scope = { ...first, scope: [coding, pilot] }
  expect(changesBetween(scope, { ...first, scope: [pilot, coding] })).toEqual([])
})

it('each change is named with what went and what came', () => {
  const second: PolicyTerms = {
    ...first,
    basis: 'TOKENS',
    multipliers: [
      { agent: coding, multiplier: '1.5' },
      { agent: pilot, multiplier: '0' },
    ],
    exemptions: [{ agent: pilot, from: '2026-10-01', to: '2027-01-01', reason: 'a trial' }],
  }
  expect(changesBetween(first, second)).toEqual([
    { name: 'Method', gone: ['Usage, by invocations'], come: ['Usage, by tokens'] },
    { name: 'Multipliers', gone: [], come: ['Pilot × 0'] },
    { name: 'Exemptions', gone: ['none'], come: ['Pilot, Oct to Dec 2026: a trial'] },
  ])
})

it('what a version leaves open is said too', () => {
  expect(termsOf(first).map(({ name, values }) => [name, ...values])).toContainEqual([
    'Agents',
    'all that are active in the month',
  ])
})
