import { describe, expect, it } from '@jest/globals'
import {
  filterText,
  findingOf,
  moreOrLess,
  progressPercent,
  progressText,
  remainderSentences,
  stateOf,
  whatIfSentence,
  type Difference,
} from './rerating.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })

const total = (given: Partial<Difference> = {}): Difference => ({
  invocations: '62000',
  changed: '1252',
  before: gbp('4092.48'),
  after: gbp('4161.0031'),
  difference: gbp('68.5231'),
  unpricedBefore: '1252',
  unpricedAfter: '12',
  unconvertedBefore: '0',
  unconvertedAfter: '0',
  ...given,
})

describe('a re-rating in words', () => {
  it('says how far it is, and 100 % only at the end', () => {
    expect(progressPercent({ done: '1' })).toBeNull()
    expect(progressPercent({ done: '1', ratio: '0' })).toBe(0)
    expect(progressPercent({ done: '1', ratio: '0.999999999999999999' })).toBe(99)
    expect(progressPercent({ done: '1', ratio: '1' })).toBe(100)
  })

  it('says the rate and the time left only where they are known', () => {
    expect(progressText({ done: '0' })).toBe('0 events')
    expect(progressText({ done: '23100', total: '62000', perSecond: '10250.5', etaSeconds: 4 })).toBe(
      '23,100 of 62,000 events · 10,250 a second · about 4 s left',
    )
    expect(progressText({ done: '62000', total: '62000', perSecond: '0', etaSeconds: 0 })).toBe(
      '62,000 of 62,000 events',
    )
  })

  it('names what it is limited to', () => {
    expect(filterText(null)).toBeNull()
    expect(filterText({ agents: [], providers: null })).toBeNull()
    expect(filterText({ providers: ['mistral'], agents: ['research', 'coding'] })).toBe(
      'provider mistral, agent research or coding',
    )
    expect(filterText({ resources: ['a', 'b', 'c', 'd', 'e'] })).toBe('resource a, b, c and 2 more')
  })

  it('has nothing to apply when it was a simulation', () => {
    expect(stateOf('SIMULATION', 'PREVIEWED').text).toBe('done')
    expect(stateOf('RERATING', 'PREVIEWED').text).toBe('ready to apply')
    expect(stateOf('RERATING', 'APPLYING').isRunning).toBe(true)
  })

  it('puts the finding first', () => {
    expect(findingOf(total())).toBe('1,252 of 62,000 events change, +£68.52, +1.7\u00a0%')
    expect(findingOf(total({ changed: '0' }))).toMatch(/^Nothing changes/)
    expect(findingOf(total({ difference: gbp('0'), after: gbp('4092.48') }))).toBe(
      '1,252 of 62,000 events change, and the cost stays £4,092.48',
    )
    expect(findingOf(total({ before: gbp('0'), after: gbp('0.0002'), difference: gbp('0.0002') }))).toBe(
      '1,252 of 62,000 events change, +£0.0002',
    )
  })

  it('answers what it would have cost', () => {
    expect(whatIfSentence(total({ after: gbp('3311.2'), difference: gbp('-781.28') }))).toBe(
      'It would have cost £3,311.20 instead of £4,092.48: −£781.28, −19.1\u00a0%',
    )
    expect(whatIfSentence(total({ after: gbp('4092.48'), difference: gbp('0') }))).toBe(
      'It would have cost the same, £4,092.48',
    )
  })

  it('claims no saving where events would lose their price', () => {
    const cheaper = { after: gbp('275.03'), difference: gbp('-3817.45') }
    expect(whatIfSentence(total({ ...cheaper, unpricedAfter: '1938' }))).toBe(
      'It would have cost at least £275.03 instead of £4,092.48: 686 events would have no price',
    )
    expect(whatIfSentence(total({ ...cheaper, unconvertedAfter: '1300' }))).toContain('60 events')
  })

  it('says more or less in words', () => {
    expect(moreOrLess(gbp('68.5231'))).toBe('£68.52 more')
    expect(moreOrLess(gbp('-0.0002'))).toBe('£0.0002 less')
    expect(moreOrLess(gbp('0.00'))).toBe('no difference')
  })

  it.each([
    [{}, ['1,240 events without a price get one; 12 stay without.']],
    [{ unpricedBefore: '1', unpricedAfter: '0' }, ['1 event without a price gets one; none is left.']],
    [{ unpricedBefore: '2', unpricedAfter: '2' }, ['2 events stay without a price.']],
    [{ unpricedBefore: '0', unpricedAfter: '3' }, ['3 events lose a price and would be in no amount.']],
    [
      { unpricedBefore: '0', unpricedAfter: '0', unconvertedBefore: '5', unconvertedAfter: '1' },
      ['4 events without an exchange rate get one; 1 stays without.'],
    ],
    [{ unpricedBefore: '0', unpricedAfter: '0' }, []],
  ])('names the remainders of %j', (given, sentences) => {
    expect(remainderSentences(total(given))).toEqual(sentences)
  })
})
