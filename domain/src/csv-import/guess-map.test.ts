import { describe, expect, it } from '@jest/globals'
import { fieldProblem, mapProblem, type Mapping } from './field-map.ts'
import { guessMap } from './guess-map.ts'

const guessed = (...columns: string[]) =>
  guessMap(columns).map(({ field, source }) => [field, source.kind === 'column' ? source.column : null])

describe('a map guessed by headings', () => {
  it('reads the headings of the Azure traces, and leaves out what it does not know', () => {
    expect(guessed('TIMESTAMP', 'ContextTokens', 'GeneratedTokens', 'Note')).toEqual([
      ['occurredAt', 'TIMESTAMP'],
      ['usage.input_tokens', 'ContextTokens'],
      ['usage.output_tokens', 'GeneratedTokens'],
    ])
  })

  it('reads our own names, meters and qualifiers, whatever their case and punctuation', () => {
    expect(guessed('Occurred At', 'input_tokens', 'Cache Read Tokens', 'usage.gpu_hours', 'qualifiers.tier')).toEqual([
      ['occurredAt', 'Occurred At'],
      ['usage.input_tokens', 'input_tokens'],
      ['usage.cache_read_tokens', 'Cache Read Tokens'],
      ['usage.gpu_hours', 'usage.gpu_hours'],
      ['qualifiers.tier', 'qualifiers.tier'],
    ])
  })

  it('gives a field to the first column that fits', () => {
    expect(guessed('model', 'model_name', 'customer', 'client')).toEqual([
      ['resource', 'model'],
      ['client', 'customer'],
    ])
  })

  it('takes a cost only with its currency', () => {
    expect(guessed('date', 'cost')).toEqual([['occurredAt', 'date']])
    expect(guessed('cost', 'currency')).toEqual([
      ['reportedCost.amount', 'cost'],
      ['reportedCost.currency', 'currency'],
    ])
  })

  it('names nothing that is no field', () => {
    const every = guessMap([
      'usage.Bad Meter',
      'qualifiers.',
      '',
      '__proto__',
      'constructor',
      'ts',
      'calls',
      'parent id',
    ])
    expect(every.map(({ field }) => fieldProblem(field))).toEqual([null, null, null])
  })
})

describe('a map', () => {
  const map = (...fields: string[]): Mapping[] =>
    fields.map((field) => ({ field, source: { kind: 'column', column: field } }))

  it.each([
    [['usage.input_tokens'], 'NO_TIME'],
    [['occurredAt'], 'NO_QUANTITY'],
    [['occurredAt', 'usage.input_tokens', 'reportedCost.amount'], 'HALF_A_COST'],
    [['occurredAt', ...Array.from({ length: 65 }, (_, n) => `usage.meter_${n}`)], 'TOO_MANY_QUANTITIES'],
    [['occurredAt', 'usage.input_tokens'], null],
  ])('of %j lacks %s', (fields, problem) => {
    expect(mapProblem(map(...fields))).toBe(problem)
  })
})
