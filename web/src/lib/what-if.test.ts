import { expect, it } from '@jest/globals'
import { isDifferent, readWhatIf, whatIfInput, whatIfParams, type WhatIf } from './what-if.ts'

const today: WhatIf = { method: 'USAGE', basis: 'INVOCATIONS', rate: '0.21', multipliers: new Map([['coding', '2']]) }

it('is the policy of today for an address that asks nothing, or nothing readable', () => {
  expect(readWhatIf({}, today)).toEqual(today)
  expect(isDifferent(readWhatIf({ method: 'LOTTERY', basis: '', rate: '-1' }, today), today)).toBe(false)
})

it('comes back from its address as it was', () => {
  const asked: WhatIf = {
    method: 'OVERHEAD_RATE',
    basis: 'INVOCATIONS',
    rate: '0.245',
    multipliers: new Map([
      ['a:b,c', '0.5'],
      ['coding', '0'],
    ]),
  }
  const params = whatIfParams(asked, today)
  expect(params).toEqual({
    method: 'OVERHEAD_RATE',
    basis: null,
    rate: '0.245',
    times: 'a%3Ab%2Cc:0.5,coding:0',
  })
  const address = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? undefined]))
  expect(readWhatIf(address, today)).toEqual(asked)
})

it('says that nobody counts more often where the policy lets somebody', () => {
  const asked = { ...today, multipliers: new Map<string, string>() }
  expect(whatIfParams(asked, today).times).toBe('none')
  expect(readWhatIf({ times: 'none' }, today).multipliers.size).toBe(0)
})

it('says its rate where the policy has none', () => {
  const without = { ...today, rate: null }
  expect(whatIfParams({ ...without, method: 'OVERHEAD_RATE', rate: '0.07' }, without).rate).toBe('0.07')
  expect(whatIfInput({ ...without, method: 'OVERHEAD_RATE' }).rate).toBe('0.2')
})

it('asks the server only for what its method uses', () => {
  expect(whatIfInput({ ...today, method: 'EQUAL' })).toEqual({
    method: 'EQUAL',
    basis: null,
    rate: null,
    multipliers: [{ agent: 'coding', multiplier: '2' }],
  })
})
