import { describe, expect, it } from '@jest/globals'
import { statementAddress, withSource, type LineSource } from './statement-file.ts'

const wish = { name: 'Oct & Nov.csv', format: null, mapping: null, dryRun: true, withoutRefused: false }
const day: LineSource = { field: 'day', column: 'Date', text: null }

describe('the address a statement is sent to', () => {
  it('carries the name, and format and map where they are said', () => {
    expect(statementAddress(wish)).toBe('/v1/statements?name=Oct+%26+Nov.csv&dryRun=true&withoutRefused=false')
    const mapping = [day, { field: 'provider', column: null, text: 'openai' }]
    const query = new URL(statementAddress({ ...wish, format: 'CSV', mapping }), 'http://localhost').searchParams
    expect(query.get('format')).toBe('CSV')
    expect(JSON.parse(query.get('mapping') ?? '')).toEqual([
      { field: 'day', column: 'Date' },
      { field: 'provider', text: 'openai' },
    ])
  })
})

describe('the map of columns', () => {
  it('has one source a field, and none of an empty one', () => {
    const other = { field: 'day', column: 'Start', text: null }
    expect(withSource([day], other)).toEqual([other])
    expect(withSource([day], { field: 'provider', column: null, text: 'openai' })).toHaveLength(2)
    expect(withSource([day], { field: 'day', column: '', text: null })).toEqual([])
  })
})
