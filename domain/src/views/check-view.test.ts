import { describe, expect, it } from '@jest/globals'
import { checkView } from './check-view.ts'

const wish = { page: 'SPEND', name: ' Clients by agent ', query: 'then=agent&by=client', isShared: true } as const

describe('a view to save', () => {
  it('is named by one line, and holds the parameters of its page in one order', () => {
    expect(checkView(wish)).toEqual({
      page: 'SPEND',
      name: 'Clients by agent',
      query: 'by=client&then=agent',
      isShared: true,
    })
    expect(checkView({ ...wish, query: '?agent=a+b&agent=c%26d&q=' }).query).toBe('agent=a+b&agent=c%26d')
  })

  it.each([
    ['name', '  ', 'MISSING_FIELD'],
    ['name', 'x'.repeat(81), 'INVALID_FIELD'],
    ['name', 'two\nlines', 'INVALID_FIELD'],
    ['query', 'next=https://elsewhere.example', 'INVALID_FIELD'],
    ['query', 'https://elsewhere.example/?by=client', 'INVALID_FIELD'],
    ['query', '//elsewhere.example', 'INVALID_FIELD'],
    ['query', 'by=client#x&__proto__=1', 'INVALID_FIELD'],
    ['query', 'q=a%00b', 'INVALID_FIELD'],
    ['query', `q=${'x'.repeat(4_000)}`, 'INVALID_FIELD'],
  ])('is refused for its %s %j', (field, text, code) => {
    expect(() => checkView({ ...wish, [field]: text })).toThrow(expect.objectContaining({ code, field }))
  })
})

describe('the view of a list', () => {
  it.each([
    ['AGENTS', 'trend=90&period=last-month', 'period=last-month&trend=90'],
    ['TASKS', 'order=cost&client=north+wind', 'client=north+wind&order=cost'],
    ['CLIENTS', 'sort=margin.asc', 'sort=margin.asc'],
    ['ANOMALIES', 'state=all&period=90d', 'period=90d&state=all'],
    ['BUDGETS', 'q=fleet&hide=window', 'hide=window&q=fleet'],
  ] as const)('%s holds %s', (page, query, kept) => {
    expect(checkView({ page, name: 'x', query, isShared: false }).query).toBe(kept)
  })

  it('holds no parameter of another page', () => {
    expect(() => checkView({ page: 'BUDGETS', name: 'x', query: 'period=90d', isShared: false })).toThrow(
      /no parameter/,
    )
  })
})
