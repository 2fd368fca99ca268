import { describe, expect, it } from '@jest/globals'
import { byDimension, measureText, projected, stateLook, sumName, timesText } from './alerts.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' as const })

describe('alerts in words', () => {
  it.each([
    ['6', '6×'],
    ['6.04', '6×'],
    ['1.55', '1.6×'],
    ['12.349', '12.3×'],
  ])('%s times is %s', (ratio, text) => {
    expect(timesText(ratio)).toBe(text)
  })

  it('say the measure behind them', () => {
    expect(measureText({ kind: 'COST_SPIKE', ratio: '6', score: '9.13' })).toBe('6× the usual, z 9.1')
    expect(measureText({ kind: 'CLIENT_BUDGET', threshold: '0.9' })).toBe('at 90\u00a0% of its budget')
    expect(measureText({ kind: 'NEW_RESOURCE' })).toBeNull()
  })

  it('are as loud as they are severe, while they are open', () => {
    expect(stateLook('OPEN', 'CRITICAL').tone).toBe('bad')
    expect(stateLook('OPEN', 'WARNING').tone).toBe('warn')
    expect(stateLook('ACKNOWLEDGED', 'CRITICAL').tone).toBe('neutral')
  })
})

describe('contributors', () => {
  const rows = [
    { dimension: 'PROJECT', amount: gbp('58.90') },
    { dimension: 'RESOURCE', amount: gbp('64.02') },
    { dimension: 'PROJECT', amount: gbp('5.12') },
  ]

  it('stand by what they are of', () => {
    expect(byDimension(rows).map((group) => [group.dimension, group.rows.length])).toEqual([
      ['PROJECT', 2],
      ['RESOURCE', 1],
    ])
  })

  it('are named by what they add up to, to the last decimal', () => {
    const projects = rows.filter((row) => row.dimension === 'PROJECT')
    expect(sumName(projects, { impact: gbp('64.020'), actual: gbp('91.92') })).toBe('Impact')
    expect(sumName(projects, { impact: gbp('1'), actual: gbp('64.02') })).toBe('Spent')
    expect(sumName(projects, { impact: gbp('64.020000000000000001'), actual: null })).toBe('Sum')
  })
})

describe('what it comes to if nothing changes', () => {
  const now = Date.parse('2026-11-23T14:00:00Z')

  it('goes on at the present pace until the end', () => {
    expect(projected(gbp('64.02'), gbp('18.74'), now, '2026-11-24T00:00:00Z')).toEqual(gbp('251.42'))
  })

  it('is not known of what is over, nor without a pace', () => {
    expect(projected(gbp('64.02'), gbp('18.74'), now, '2026-11-23T14:00:00Z')).toBeNull()
    expect(projected(gbp('64.02'), null, now, '2026-11-24T00:00:00Z')).toBeNull()
  })
})
