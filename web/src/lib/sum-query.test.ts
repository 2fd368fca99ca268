import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { buildSchema, parse, validate } from 'graphql'
import { sumQuery } from './sum-query.ts'

const schema = buildSchema(readFileSync(new URL('../../../server/schema.graphql', import.meta.url), 'utf8'))
const range = { from: '2026-10-01', to: '2026-11-01' }

describe('the query under an amount', () => {
  it.each([
    ['the fleet', { range, question: { what: 'cost' as const, of: [] } }],
    [
      'a task over all time',
      { range: null, question: { what: 'cost' as const, of: [{ dimension: 'task' as const, key: 'a "b"' }] } },
    ],
    ['a kind', { range, question: { what: 'direct' as const, of: [{ dimension: 'kind' as const, key: 'MODEL' }] } }],
  ])('is a question that the schema answers: %s', (_whose, asked) => {
    for (const parts of [['DIRECT' as const], ['DIRECT', 'CHAIN_SHARED', 'ALLOCATED'] as const])
      expect(validate(schema, parse(sumQuery({ ...asked, parts })))).toEqual([])
  })

  it('names what the amount is of', () => {
    const of = [{ dimension: 'agent' as const, key: 'research' }]
    expect(sumQuery({ range, question: { what: 'direct', of }, parts: ['DIRECT'] })).toContain(
      `range: { from: "2026-10-01", to: "2026-11-01" }
    filter: { agents: ["research"] }
    parts: [DIRECT]`,
    )
  })
})
