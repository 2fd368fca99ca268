import { describe, expect, it } from '@jest/globals'
import { BASES } from './basis.ts'
import { readSpend } from './spend.ts'
import { belowZero, stackOf } from './spend-stack.ts'

type Trend = Parameters<typeof stackOf>[0]['trend']
type Line = Trend['rows'][number]

const STEPS = ['2026-11-01', '2026-11-02']

/** A row of two days, of which a tenth is chain-shared. */
function line(key: string | null, amounts: [string, string]): Line {
  return {
    keys: [{ dimension: 'AGENT', key, label: key ?? 'No agent tag' }],
    series: amounts.map((amount, i) => ({
      start: `${STEPS[i]}T00:00:00Z`,
      end: `${STEPS[i]}T23:59:59Z`,
      isPartial: i === 1,
      cost: {
        direct: { amount, currency: 'GBP' },
        chainShared: { amount: '0.1', currency: 'GBP' },
        total: { amount: `${amount}.1`, currency: 'GBP' },
      },
    })),
  }
}

const agents = (count: number) => Array.from({ length: count }, (_, i) => line(`a${i}`, [String(20 - i), '1']))
const stack = (trend: Trend, basis = BASES[0], by = 'agent') =>
  stackOf({
    trend,
    basis,
    by: readSpend({ by }).by,
    colourOf: (key) => (key === 'a1' ? 'var(--chart-1)' : 'var(--chart-other)'),
  })

describe('a stack of series', () => {
  it('has eight rows by name and all others as one, adding up to each point', () => {
    const { points, series } = stack({ rows: agents(12), other: line(null, ['5', '0']) })
    expect(series.map(({ name }) => name)).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'Other agents'])
    expect(series.at(-1)).toMatchObject({ amounts: ['47', '4'], total: '51', colour: 'var(--chart-other)' })
    expect(points.map(({ cost, isPartial }) => [cost.total.amount, isPartial])).toEqual([
      ['179', false],
      ['12', true],
    ])
  })

  it('names a ninth row that is the only other one, and a remainder', () => {
    const { series } = stack({ rows: [...agents(8), line(null, ['1', '1'])], other: null })
    expect(series.at(-1)).toMatchObject({ name: 'Without agent', colour: 'var(--chart-compare)', amounts: ['1', '1'] })
  })

  it('gives agents their own colour, and every series another', () => {
    const { series } = stack({ rows: [...agents(4), line(null, ['1', '1'])], other: null })
    expect(series.map(({ colour }) => colour)).toEqual(
      [2, 1, 3, 4].map((place) => `var(--chart-${place})`).concat('var(--chart-compare)'),
    )
  })

  it('counts the parts of the basis', () => {
    expect(stack({ rows: [line('a', ['1', '2'])], other: null }, BASES[1]).series[0]?.amounts).toEqual(['1.1', '2.1'])
  })

  it('says what it cannot draw', () => {
    expect(belowZero(stack({ rows: [line('a', ['1', '-2'])], other: null }).series)).toBe('2')
  })
})
