import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { changeWords, moverWords } from './change-words.ts'

describe('a change in words', () => {
  it.each([
    [104n, 100n, '+4 %'],
    [97n, 100n, '\u22123 %'],
    [100n, 100n, 'unchanged'],
    [5n, 0n, 'nothing before'],
    [5n, -1n, 'a credit before'],
  ])('from %s after %s is %s', (now, before, words) => {
    expect(changeWords(now, before)).toBe(words)
  })
})

describe('why a cost moved', () => {
  const mover = (changes: object) => ({
    ...{ now: parseFixed18('12'), before: parseFixed18('10'), callsNow: 150n, callsBefore: 100n },
    ...{ allocatedNow: 0n, allocatedBefore: 0n },
    ...changes,
  })

  it.each([
    ['its calls and what one costs', {}, 'Calls +50 %, cost of a call \u221220 %.'],
    ['that it is new', { before: 0n, callsBefore: 0n }, 'New: it cost nothing in the period before.'],
    ['that it is gone', { now: 0n, callsNow: 0n }, 'It cost nothing any more; 10.00 GBP before.'],
    [
      'its shares of pools apart from its calls',
      { allocatedNow: parseFixed18('3'), allocatedBefore: parseFixed18('4') },
      'Calls +50 %, cost of a call unchanged. Shares of pools 1.00 GBP less.',
    ],
    [
      'the calls alone where there were none before',
      { callsBefore: 0n, allocatedBefore: parseFixed18('10') },
      '150 calls, 0 before. Shares of pools 10.00 GBP less.',
    ],
  ])('tells %s', (_, changes, words) => {
    expect(moverWords(mover(changes), 'GBP')).toBe(words)
  })
})
