import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

jest.setTimeout(60_000)

let test: TestServer
let tenant: TestTenant

const FAILED = 'calls cost { amount currency } retriedCalls retriedCost { amount } unknownCalls'
const OCTOBER = 'range: { from: "2026-10-01", to: "2026-11-01" }'

/** A call of five seconds at 0.01 a token. */
function call(id: string, at: string, tokens: number, more: object = {}): object {
  const begins = Date.parse(`2026-10-07T${at}Z`)
  return {
    ...{ id, kind: 'MODEL', provider: 'lab', resource: 'large', agent: 'research', client: 'acme', project: 'alpha' },
    ...{ trace: 't', span: id, usage: [{ meter: 'input_tokens', quantity: String(tokens) }] },
    ...{ occurredAt: new Date(begins).toISOString(), endedAt: new Date(begins + 5_000).toISOString() },
    ...more,
  }
}

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'Europe/London' })
  const failure = 'timeout'
  const price = { amount: '0.01', currency: 'GBP' }
  const rates = [
    { provider: 'lab', resource: 'large', meter: 'input_tokens', effectiveFrom: '2026-01-01T00:00:00Z', price },
  ]
  const invocations = [
    // Failed at 1.00 and tried again; the second attempt succeeded.
    call('a1', '09:00:00', 100, { failure }),
    call('a2', '09:00:06', 100),
    // Failed at 0.30, and nobody tried again.
    call('b1', '10:00:00', 30, { failure, trace: 'u' }),
    // Of another project: failed at 0.07.
    call('c1', '11:00:00', 7, { failure, trace: 'v', project: 'beta' }),
    // Of no project, and without a price.
    call('d1', '12:00:00', 7, { failure, trace: 'w', project: null, resource: 'unheard-of' }),
    // In the month before.
    call('e1', '09:00:00', 500, { failure, trace: 'x', occurredAt: '2026-09-30T22:59:59Z', endedAt: null }),
    // A project in which nothing failed.
    call('f1', '13:00:00', 9, { trace: 'y', project: 'gamma' }),
  ]
  const { data, errors } = await tenant.ask(
    `mutation ($rates: [RateInput!]!, $invocations: [InvocationInput!]!) {
      publishRates(input: { rates: $rates }) { userErrors { message } }
      recordInvocations(input: { invocations: $invocations }) { accepted rejected { message } }
    }`,
    { rates, invocations },
  )
  expect(errors).toEqual([])
  expect(data).toEqual({
    publishRates: { userErrors: [] },
    recordInvocations: { accepted: invocations.length, rejected: [] },
  })
})

afterAll(() => test?.close())

function failed(calls: number, amount: string, retriedCalls: number, retried: string, unknownCalls = 0): object {
  return {
    ...{ calls, cost: { amount, currency: 'GBP' }, retriedCalls, retriedCost: { amount: retried }, unknownCalls },
  }
}

describe('what failed calls cost', () => {
  it('is said of each project, and nothing of one in which none failed', async () => {
    const { data, errors } = await tenant.ask(
      `{ projectCosts(${OCTOBER}) { nodes { project { key } failed { ${FAILED} } } } projectCost(key: "alpha", ${OCTOBER}) { failed { ${FAILED} } } }`,
    )
    expect(errors).toEqual([])
    const alpha = failed(2, '1.30', 1, '1.00')
    expect(data).toEqual({
      projectCosts: {
        nodes: [
          { project: { key: 'alpha' }, failed: alpha },
          { project: { key: 'gamma' }, failed: failed(0, '0.00', 0, '0.00') },
          { project: { key: 'beta' }, failed: failed(1, '0.07', 0, '0.00') },
        ],
      },
      projectCost: { failed: alpha },
    })
  })

  it('is said of the fleet, that of no project and that without a price included', async () => {
    const { data, errors } = await tenant.ask(`{ fleetCost(${OCTOBER}) { failed { ${FAILED} } } }`)
    expect(errors).toEqual([])
    expect(data).toEqual({ fleetCost: { failed: failed(4, '1.37', 1, '1.00', 1) } })
  })
})
