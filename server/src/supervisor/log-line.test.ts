import { describe, expect, it } from '@jest/globals'
import { formatLogLine } from './log-line.ts'

describe('a line of a process', () => {
  it.each([
    [
      '{"level":40,"time":1,"pid":2,"msg":"slow query","ms":900,"sql":"select 1"}',
      'server  warn  slow query  ms=900  sql=select 1',
    ],
    [
      '{"level":50,"msg":"failed","err":{"message":"no","stack":"Error: no\\n    at x"}}',
      'server  error  failed\nError: no\n    at x',
    ],
    ['plain words', 'server  plain words'],
    ['{"half":', 'server  {"half":'],
    ['{"kind":"no log line"}', 'server  {"kind":"no log line"}'],
  ])('shows %j', (line, shown) => {
    expect(formatLogLine('server', line)).toBe(shown)
  })
})
