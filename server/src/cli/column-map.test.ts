import { describe, expect, it } from '@jest/globals'
import { parseColumnMap, requireColumns } from './column-map.ts'

const least = ['occurredAt=T', 'usage.input_tokens=I']

describe('--map', () => {
  it('takes columns by heading and texts after a second equals sign', () => {
    expect(parseColumnMap([...least, 'agent==coding', 'task=Task = id', 'qualifiers.tier==batch'])).toEqual([
      { field: 'occurredAt', source: { kind: 'column', column: 'T' } },
      { field: 'usage.input_tokens', source: { kind: 'column', column: 'I' } },
      { field: 'agent', source: { kind: 'constant', text: 'coding' } },
      { field: 'task', source: { kind: 'column', column: 'Task = id' } },
      { field: 'qualifiers.tier', source: { kind: 'constant', text: 'batch' } },
    ])
  })

  it.each([
    [['agent'], 'must look like field=Column'],
    [['=x'], 'must look like field=Column'],
    [['agent='], 'must look like field=Column'],
    [['agent=='], 'gives agent an empty text'],
    [['agnet=A'], 'names no field "agnet"'],
    [['usage.Input Tokens=A'], 'write the meter like usage.input_tokens'],
    [['agent=A', 'agent=B'], 'gives agent twice'],
    [['usage.input_tokens=I'], 'must say when each row happened'],
    [['occurredAt=T'], 'must give at least one quantity'],
    [[...least, 'reportedCost.amount=C'], 'together'],
  ])('refuses %j', (options, message) => {
    expect(() => parseColumnMap(options)).toThrow(message)
  })

  it('names every column that the file does not have, and those it has', () => {
    const check = () => requireColumns(parseColumnMap([...least, 'agent=coding']), ['T', 'Tokens'])
    expect(check).toThrow('The file has no column "I", "coding"; it has "T", "Tokens".')
  })
})
