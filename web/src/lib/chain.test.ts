import { describe, expect, it } from '@jest/globals'
import {
  chainRows,
  countRows,
  dearestCalls,
  spansOfEach,
  sumOfSelf,
  TASK_ROW_ID,
  timeTicks,
  type ChainSpan,
  type ChainTrace,
} from './chain.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const research = { key: 'research', name: 'Research Agent' }
const summarisation = { key: 'summarisation', name: 'Summarisation Agent' }

const at = (second: number): string => new Date(Date.UTC(2026, 9, 19, 10, 3, second)).toISOString()

function span(spanId: string, changes: Partial<ChainSpan>): ChainSpan {
  return {
    spanId,
    parentSpanId: null,
    depth: 0,
    name: spanId,
    kind: 'MODEL',
    resource: 'large-reasoning',
    startedAt: at(0),
    endedAt: at(10),
    billing: 'DIRECT',
    status: 'RATED',
    sharedKey: null,
    invocationId: spanId,
    unpricedMeters: [],
    agent: research,
    self: gbp('0.00'),
    subtree: gbp('0.00'),
    usage: [],
    costBasis: 'RATES',
    ...changes,
  }
}

const trace: ChainTrace = {
  traceId: 't1',
  startedAt: at(0),
  endedAt: at(40),
  cost: { total: gbp('0.9663') },
  spanCount: 5,
  selfTotal: gbp('0.9663'),
  dearestSpans: [
    { name: 'read', self: gbp('0.9639') },
    { name: 'query', self: gbp('0.0024') },
  ],
  chainShared: [
    { sharedKey: 'q', resource: 'market-index', cost: gbp('0.0024'), reportedBy: [research, summarisation] },
  ],
  spans: [
    span('root', {
      kind: 'AGENT',
      endedAt: at(40),
      billing: 'CLAIMED',
      subtree: gbp('0.9663'),
      usage: [{ meter: 'input_tokens', quantity: '51412' }],
    }),
    span('query', {
      parentSpanId: 'root',
      depth: 1,
      kind: 'RETRIEVAL',
      billing: 'SHARED',
      sharedKey: 'q',
      self: gbp('0.0024'),
      subtree: gbp('0.0024'),
    }),
    span('read', {
      parentSpanId: 'root',
      depth: 1,
      self: gbp('0.9639'),
      subtree: gbp('0.9639'),
      usage: [
        { meter: 'input_tokens', quantity: '48200' },
        { meter: 'output_tokens', quantity: '3212' },
      ],
    }),
    span('again', {
      parentSpanId: 'root',
      depth: 1,
      kind: 'RETRIEVAL',
      billing: 'REPORT',
      sharedKey: 'q',
      agent: summarisation,
    }),
    span('odd', {
      parentSpanId: 'not-arrived',
      status: 'UNPRICED',
      self: null,
      unpricedMeters: ['pages'],
      usage: [{ meter: 'pages', quantity: '3' }],
      startedAt: at(20),
      endedAt: null,
    }),
  ],
}

const rowsOf = (traces: ChainTrace[]) =>
  chainRows(
    { task: { name: 'Task' }, cost: { direct: gbp('0.9639'), chainShared: gbp('0.0024') }, traces },
    (key) => key ?? 'none',
  )

describe('the rows of a chain', () => {
  it('stand under their parents; a span whose parent has not arrived stands under the task', () => {
    expect(rowsOf([trace]).map(({ id, parentId, level }) => [id, parentId, level])).toEqual([
      [TASK_ROW_ID, null, 1],
      ['t1:root', TASK_ROW_ID, 2],
      ['t1:query', 't1:root', 3],
      ['t1:read', 't1:root', 3],
      ['t1:again', 't1:root', 3],
      ['t1:odd', TASK_ROW_ID, 2],
    ])
  })

  it('hang a voided event below the one that took its place at the same span, muted and at 0', () => {
    const spans = [
      span('root', { kind: 'AGENT' }),
      span('call', { invocationId: 'cor_1', parentSpanId: 'root', depth: 1, self: gbp('0.50') }),
      span('call', {
        invocationId: 'call-1',
        parentSpanId: 'elsewhere',
        depth: 2,
        billing: 'VOID',
        status: 'UNPRICED',
        usage: [{ meter: 'input_tokens', quantity: '5' }],
      }),
    ]
    const rows = rowsOf([{ ...trace, spans }])
    expect(rows.map(({ id, parentId }) => [id, parentId])).toEqual([
      [TASK_ROW_ID, null],
      ['t1:root', TASK_ROW_ID],
      ['t1:cor_1', 't1:root'],
      ['t1:call-1', 't1:cor_1'],
    ])
    expect(rows.at(-1)).toMatchObject({ isMuted: true, self: { text: '0' }, badges: [{ text: 'voided' }] })
  })

  it('have a row for each trace when there are several', () => {
    const rows = rowsOf([trace, { ...trace, traceId: 't2' }])
    expect(rows.filter((row) => row.level === 2).map((row) => row.name)).toEqual(['Trace t1', 'Trace t2'])
    expect(rows.find((row) => row.id === 't2:root')?.parentId).toBe('trace t2')
  })

  it('mark what counts once, what is counted above, what only claims and what has no price', () => {
    const marks = Object.fromEntries(
      rowsOf([trace]).map((row) => [row.id, [row.self.text, ...row.badges.map((badge) => badge.text)]]),
    )
    expect(marks['t1:query']).toEqual(['0.0024', 'counted once · 2 reporters'])
    expect(marks['t1:again']).toEqual(['0', 'counted above'])
    expect(marks['t1:root']).toEqual(['0', 'claims'])
    expect(marks['t1:odd']).toEqual(['n/a', 'unpriced'])
    expect(marks['t1:read']).toEqual(['0.9639'])
  })

  it('mark a voided call, which costs nothing, and one that costs what its sender reports', () => {
    const rows = rowsOf([
      {
        ...trace,
        spans: [
          span('void', {
            billing: 'VOID',
            status: 'UNPRICED',
            self: null,
            usage: [{ meter: 'requests', quantity: '1' }],
          }),
          span('said', { costBasis: 'REPORTED', self: gbp('0.5'), subtree: gbp('0.5') }),
        ],
      },
    ])
    const [, voided, reported] = rows
    expect(voided?.badges.map((badge) => badge.text)).toEqual(['voided'])
    expect(voided?.self.text).toBe('0')
    expect(voided?.isMuted).toBe(true)
    expect(reported?.badges.map((badge) => badge.text)).toEqual(['reported cost'])
    expect(reported?.self.text).toBe('0.5000')
  })

  it('place a bar by its start and length within the trace', () => {
    const bars = rowsOf([trace]).map((row) => (row.bar === null ? null : [row.bar.left, row.bar.width, row.bar.text]))
    expect(bars[1]).toEqual([0, 1, '40 s'])
    expect(bars[3]).toEqual([0, 0.25, '10 s'])
    expect(bars[5]).toEqual([0.5, 0, '0 s'])
  })

  it('sum to the task, to the last decimal', () => {
    expect(sumOfSelf([trace])).toBe('0.9663')
  })

  it('name the dearest calls that make half of the cost', () => {
    expect(dearestCalls([trace], '0.9663')).toEqual({ names: ['read'], amount: '0.9639' })
  })
})

describe('a chain of which not all is here', () => {
  it('ends where spans are missing, so that what comes later comes below', () => {
    const rows = rowsOf([trace, { ...trace, traceId: 't2', spanCount: 9 }, { ...trace, traceId: 't3' }])
    expect(rows.filter((row) => row.level === 2).map((row) => row.id)).toEqual(['trace t1', 'trace t2'])
    expect(countRows([trace, { spanCount: 9 }, trace])).toBe(1 + 3 + 5 + 9 + 5)
    expect(countRows([trace])).toBe(6)
  })

  it('shows as much of each trace as ten thousand spans in all allow', () => {
    expect(spansOfEach([{ spanCount: 10_000 }])).toBe(10_000)
    expect(spansOfEach([{ spanCount: 12_000 }])).toBe(10_000)
    expect(spansOfEach([{ spanCount: 9_000 }, { spanCount: 2_000 }])).toBe(5_000)
    expect(countRows([{ spanCount: 12_000 }])).toBe(10_001)
  })
})

describe('the axis of time', () => {
  it('has at most five round steps', () => {
    expect(timeTicks(402_000).map((tick) => tick.text)).toEqual(['0', '2 m', '4 m', '6 m'])
    expect(timeTicks(900).map((tick) => tick.text)).toEqual(['0', '200 ms', '400 ms', '600 ms', '800 ms'])
    expect(timeTicks(86_400_000 * 30).length).toBeLessThanOrEqual(31)
  })
})
