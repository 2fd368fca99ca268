import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { charges, london, ok, send, set, written, type Sent, type ShownMonth } from './billing-api-kit.ts'

jest.setTimeout(60_000)

let world: TestServer
let tenant: TestTenant

const OCTOBER = '2026-10-01'
const NOVEMBER = '2026-11-01'

/** 90.00 an hour in steps of six minutes, 10 % off, at least 60.00 a month. */
const TERMS = { model: 'TIME', price: '90', incrementMinutes: 6, discount: '0.1', minimum: '60' }

const work = (task: string, from: string, to: string): Sent => {
  const tags = { agent: 'writer', client: 'northwind', project: 'launch', task, endedAt: `2026-10-12T${to}:00Z` }
  return [`2026-10-12T${from}:00Z`, '10', tags]
}

beforeAll(async () => {
  world = await startTestServer()
  tenant = await london(world)
  await send(tenant, [
    work('L1', '09:00', '09:20'),
    work('L1', '09:10', '09:31'),
    work('L2', '09:05', '09:11'),
    // 23:30 to 00:30 in London: half an hour of September, and half an hour of October.
    ['2026-09-30T22:30:00Z', '10', { agent: 'writer', project: 'launch', task: 'L2', endedAt: '2026-09-30T23:30:00Z' }],
    work('L3', '11:00', '11:00'),
  ])
}, 120_000)

afterAll(() => world.close())

function lines({ charges: shown }: ShownMonth): string[] {
  const [one, ...others] = shown
  if (one === undefined || others.length > 0) throw new Error('not one charge')
  return [...written(one), `total ${one.total.amount}`]
}

async function closeOctober(): Promise<void> {
  const { closePeriod } = await ok<{ closePeriod: { userErrors: object[] } }>(
    tenant,
    'mutation ($input: ClosePeriodInput!) { closePeriod(input: $input) { userErrors { code message } } }',
    { input: { month: OCTOBER } },
  )
  expect(closePeriod.userErrors).toEqual([])
}

// L1: 09:00–09:20 and 09:10–09:31 are 31 minutes: 36, 0.6 hours, 54.00. L2: 30 minutes of the night and six of the morning: 0.6 hours.
// 108.00 less 10.80.
const IN_OCTOBER = [
  'TIME 0.6 × 90.00 = 54.00',
  'TIME 0.6 × 90.00 = 54.00',
  'DISCOUNT -0.1 × 108.00 = -10.80',
  'total 97.20',
]

describe('terms by the hour', () => {
  it('can be tried, set and read, with the minutes they are rounded to', async () => {
    const input = { projectKey: 'launch', effectiveFrom: OCTOBER, terms: TERMS }
    const { chargePreview } = await ok<{ chargePreview: { charge: { total: { amount: string } } } }>(
      tenant,
      'query ($input: EngagementInput!) { chargePreview(input: $input, month: "2026-10-01") { charge { total { amount } } } }',
      { input },
    )
    expect(chargePreview.charge.total.amount).toBe('97.20')
    await set(tenant, input)
    expect(await ok(tenant, '{ engagements { model terms { price incrementMinutes reversalDays } } }')).toEqual({
      engagements: [{ model: 'TIME', terms: { price: '90', incrementMinutes: 6, reversalDays: null } }],
    })
    expect(lines(await charges(tenant, OCTOBER))).toEqual(IN_OCTOBER)
    const [charge] = (await charges(tenant, OCTOBER)).charges
    expect(charge?.lines.map(({ task, description }) => [task?.key, description])).toEqual([
      ['L2', 'Time on task L2, in steps of 6 min'],
      ['L1', 'Time on task L1, in steps of 6 min'],
      [undefined, 'Discount of 10 %'],
    ])
  })

  it('charge what comes late for a closed month in the first open one, and say so', async () => {
    await closeOctober()
    // 09:25–09:40: six minutes were there and nine are new.
    await send(tenant, [work('L1', '09:25', '09:40')])
    expect(lines(await charges(tenant, OCTOBER))).toEqual(IN_OCTOBER)
    const november = await charges(tenant, NOVEMBER)
    // Nine minutes are twelve: 0.2 hours, 18.00 less 1.80, and up to 60.00.
    expect(lines(november)).toEqual([
      'TIME 0.2 × 90.00 = 18.00',
      'DISCOUNT -0.1 × 18.00 = -1.80',
      'MINIMUM 1 × 43.80 = 43.80',
      'total 60.00',
    ])
    expect(november.charges[0]?.lines[0]?.description).toBe(
      'Time on task L1, in steps of 6 min; 9 min of it came late for closed months',
    )
  })
})
