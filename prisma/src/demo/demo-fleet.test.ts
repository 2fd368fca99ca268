import { describe, expect, it } from '@jest/globals'
import { formatFixed18, parseFixed18, ratio } from '@outlay/domain/money/fixed18'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { parseInvocation } from '@outlay/domain/invocation/parse-invocation'
import { parseQuantity } from '@outlay/domain/usage/quantity'
import { costOf, parseUnitPrice } from '@outlay/domain/usage/unit-price'
import { demoFleet, type DemoFleet, type DemoInvocation } from './demo-fleet.ts'

const NOW = Date.UTC(2026, 10, 23, 14, 5)
const OCTOBER = rangeBounds({ from: '2026-10-01', to: '2026-11-01' }, 'Europe/London')
const WRAPPERS = new Set(['AGENT', 'OTHER'])

/** The cost of one invocation from the published rates alone; null where a meter has none. */
function costIn(fleet: DemoFleet, event: DemoInvocation): bigint | null {
  let sum = 0n
  for (const { meter, quantity } of event.usage) {
    const rates = fleet.rates.filter(
      (rate) =>
        rate.provider === event.provider &&
        rate.meter === meter &&
        rate.effectiveFrom <= event.occurredAt &&
        (rate.effectiveTo === undefined || event.occurredAt < rate.effectiveTo),
    )
    const exact = rates.find((rate) => rate.resource === event.resource)
    const rate = exact ?? rates.find(({ resource }) => resource === '*-index' && event.resource?.endsWith('-index'))
    if (rate === undefined) return null
    sum += costOf(parseUnitPrice({ price: rate.price.amount, per: rate.per }), parseQuantity(quantity))
  }
  return sum
}

function within(range: { start: number; end: number }, instant: string | undefined): boolean {
  const ms = instant === undefined ? NaN : Date.parse(instant)
  return ms >= range.start && ms < range.end
}

function agentMonth(fleet: DemoFleet, agent: string) {
  const own = fleet.invocations.filter((event) => event.agent === agent)
  const cost = own
    .filter((event) => within(OCTOBER, event.occurredAt) && event.sharedKey === undefined && !WRAPPERS.has(event.kind))
    .reduce((sum, event) => sum + (costIn(fleet, event) ?? 0n), 0n)
  const worked = new Set(own.map(({ task }) => task))
  const tasks = fleet.tasks.filter((task) => worked.has(task.key) && within(OCTOBER, task.completedAt)).length
  return { cost: formatFixed18(cost, 2), tasks, costPerTask: ratio(cost, BigInt(tasks) * 10n ** 18n, 2) }
}

function taskParts(fleet: DemoFleet, key: string) {
  const parts = { research: 0n, summarisation: 0n, campaign: 0n, shared: 0n }
  const seen = new Set<string>()
  for (const event of fleet.invocations) {
    if (event.task !== key || WRAPPERS.has(event.kind)) continue
    const cost = costIn(fleet, event) ?? 0n
    if (event.sharedKey !== undefined) {
      if (!seen.has(event.sharedKey)) parts.shared += cost
      seen.add(event.sharedKey)
    } else parts[event.agent as keyof typeof parts] += cost
  }
  const total = Object.values(parts).reduce((a, b) => a + b)
  return { ...Object.fromEntries(Object.entries(parts).map(([name, cost]) => [name, formatFixed18(cost, 2)])), total }
}

describe('the demo fleet', () => {
  const fleet = demoFleet(NOW)

  it('is the worked example in its last full month, to the last decimal', () => {
    expect(agentMonth(fleet, 'research')).toEqual({ cost: '1240.00', tasks: 620, costPerTask: '2' })
    expect(agentMonth(fleet, 'coding')).toEqual({ cost: '2180.00', tasks: 310, costPerTask: '7.03' })
    expect(agentMonth(fleet, 'summarisation')).toEqual({ cost: '85.00', tasks: 4200, costPerTask: '0.02' })
    expect(agentMonth(fleet, 'campaign')).toEqual({ cost: '430.00', tasks: 180, costPerTask: '2.39' })
  })

  it.each([
    ['market-entry-analysis', '50', '45.59', '0.9118'],
    ['market-entry-refresh', '5', '0.59', '0.118'],
  ])('prices %s at 4.41 with the shared query counted once', (key, billed, margin, marginRatio) => {
    const { total, ...parts } = taskParts(fleet, key)
    expect(parts).toEqual({ research: '1.9984', summarisation: '0.0198', campaign: '2.3894', shared: '0.0024' })
    expect(formatFixed18(total)).toBe('4.41')
    const task = fleet.tasks.find((candidate) => candidate.key === key)
    const revenue = parseFixed18(task?.billed?.amount ?? '0')
    expect(formatFixed18(revenue)).toBe(billed)
    expect(formatFixed18(revenue - total)).toBe(margin)
    expect(ratio(revenue - total, revenue, 4)).toBe(marginRatio)
    expect(within(OCTOBER, task?.completedAt)).toBe(true)
  })

  it('is the same for the same instant, and only grows within a month', () => {
    expect(JSON.stringify(demoFleet(NOW)) === JSON.stringify(fleet)).toBe(true)
    const later = new Map(demoFleet(NOW + 5 * 86_400_000).invocations.map((event) => [event.id, event]))
    expect(fleet.invocations.every((event) => JSON.stringify(later.get(event.id)) === JSON.stringify(event))).toBe(true)
    expect(later.size).toBeGreaterThan(fleet.invocations.length)
  })

  it('holds nothing of the future and only what the edge accepts', () => {
    const now = NOW * 1000
    const parsed = fleet.invocations.map((event) => parseInvocation(event, { now }))
    expect(new Set(parsed.map(({ id }) => id)).size).toBe(fleet.invocations.length)
    expect(Math.max(...parsed.map(({ endedAt }) => endedAt ?? 0))).toBeLessThanOrEqual(now)
    expect(fleet.tasks.every(({ completedAt }) => completedAt === undefined || Date.parse(completedAt) <= NOW)).toBe(
      true,
    )
    expect(new Set(fleet.tasks.map(({ key }) => key)).size).toBe(fleet.tasks.length)
  })

  it('has untagged and unpriced usage, so that the remainders show', () => {
    const october = fleet.invocations.filter((event) => within(OCTOBER, event.occurredAt))
    expect(october.filter((event) => event.agent === undefined).length).toBeGreaterThan(100)
    expect(october.filter((event) => event.agent !== undefined && event.client === undefined).length).toBeGreaterThan(
      100,
    )
    expect(october.filter((event) => event.provider === 'papermill').length).toBeGreaterThan(40)
  })

  it.each([
    ['the first minute of a month', Date.UTC(2026, 11, 1, 0, 1)],
    ['the last minute of a month', Date.UTC(2026, 9, 31, 23, 59)],
    ['the morning the clocks change', Date.UTC(2027, 2, 28, 1, 30)],
  ])('stays within 41,000 invocations at %s', (_, now) => {
    const { invocations, tasks } = demoFleet(now)
    expect(invocations.length).toBeGreaterThan(25_000)
    expect(invocations.length).toBeLessThan(41_000)
    expect(tasks.length).toBeGreaterThan(10_000)
  })
})
