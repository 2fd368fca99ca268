import { describe, expect, it } from '@jest/globals'
import { readReplacement } from './replacement.ts'

const original = {
  texts: { provider: 'acme', resource: 'large', agent: 'research', task: 't-1', client: 'northwind', project: '' },
  usage: [
    { meter: 'input_tokens', quantity: '48200' },
    { meter: 'output_tokens', quantity: '3212.5' },
  ],
}

const unchanged: Record<string, string> = {
  ...original.texts,
  'quantity.input_tokens': '48,200.0',
  'quantity.output_tokens': '3212.5',
}

const read = (changes: Record<string, string>) =>
  readReplacement(original, (name) => ({ ...unchanged, ...changes })[name] ?? '')

describe('the replacement of an event', () => {
  it('names only what differs', () => {
    expect(read({ resource: ' small ' })).toEqual({ resource: 'small' })
    expect(read({ project: 'emea', client: '' })).toEqual({ project: 'emea', client: null })
  })

  it('replaces the usage whole', () => {
    expect(read({ 'quantity.output_tokens': '0' })).toEqual({
      usage: [
        { meter: 'input_tokens', quantity: '48200.0' },
        { meter: 'output_tokens', quantity: '0' },
      ],
    })
  })

  it.each([
    [{}, 'Nothing differs from the event as it is.'],
    [{ 'quantity.input_tokens': 'many' }, 'Write the quantity of input_tokens like 48,200.'],
  ])('refuses %j', (changes, sentence) => {
    expect(read(changes as Record<string, string>)).toBe(sentence)
  })
})
