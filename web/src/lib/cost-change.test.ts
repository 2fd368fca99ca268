import { describe, expect, it } from '@jest/globals'
import { causesText, sentenceOf, unitSentenceOf } from './cost-change.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const parts = (volume: string, mix: string, tokensPerCall: string, price: string, allocation = '0') => ({
  volume: gbp(volume),
  mix: gbp(mix),
  tokensPerCall: gbp(tokensPerCall),
  price: gbp(price),
  allocation: gbp(allocation),
  unallocated: null,
})

describe('the finding of a change', () => {
  it.each([
    [parts('80', '10', '10', '0'), '100', '£100.00 more than before, 80\u00a0% of it for more calls'],
    [parts('-3', '0', '0', '1'), '-2', '£2.00 less than before, most of all for fewer calls'],
    [parts('0', '0', '0', '0', '5'), '5', '£5.00 more than before, 100\u00a0% of it for larger shares of pools'],
    [parts('-1', '0', '0', '-3'), '-4', '£4.00 less than before, 75\u00a0% of it for a lower price per token'],
    [parts('2', '-2', '0', '0'), '0', 'It cost the same as before'],
  ])('says which way it went and what did most of it', (given, whole, sentence) => {
    expect(sentenceOf(given, gbp(whole))).toBe(sentence)
  })
})

describe('the finding of a change of a cost per task', () => {
  const unit = (change: string, callsPerTask: string, price: string, tasks: string) => ({
    ...{ change: gbp(change), callsPerTask: gbp(callsPerTask), mix: gbp('0'), tokensPerCall: gbp('0') },
    ...{ price: gbp(price), tasks: gbp(tasks), allocation: gbp('0') },
  })

  it.each([
    [unit('4.5', '0.9', '3.6', '0'), 'A task: £4.50 more than before, 80\u00a0% of it for a higher price per token'],
    [
      unit('-0.0004', '0.0001', '0', '-0.0005'),
      'A task: £0.0004 less than before, most of all for more tasks to bear the pools',
    ],
    [unit('0', '1', '-1', '0'), 'A task cost the same as before'],
  ])('says which way it went and what did most of it', (parts, sentence) => {
    expect(unitSentenceOf(parts)).toBe(sentence)
  })
})

describe('the causes of a change', () => {
  it.each([
    [parts('80', '-100.5', '10', '0'), 'cheaper resources −100.50 · more calls +80.00'],
    [parts('0', '0', '0', '3'), 'a higher price per token +3.00'],
    [parts('0', '0', '0', '0'), ''],
  ])('are the two that did most, whichever way', (given, text) => {
    expect(causesText(given)).toBe(text)
  })
})
