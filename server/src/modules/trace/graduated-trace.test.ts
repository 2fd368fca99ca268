import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { startTestServer, type TestServer } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(async () => {
  await test.close()
})

it('shows what an event used once by meter, and the arithmetic of every step that it crosses', async () => {
  const tenant = await test.tenant()
  const step = (meter: string, aboveMonthlyQuantity: string, amount: string) => ({
    provider: 'lab',
    resource: 'large',
    meter,
    price: { amount, currency: 'GBP' },
    effectiveFrom: '2026-01-01T00:00:00Z',
    aboveMonthlyQuantity,
  })
  const steps = [
    step('input_tokens', '0', '0.03'),
    step('input_tokens', '1000', '0.02'),
    step('output_tokens', '50', '1'),
  ]
  expect((await publishRates({ pool: test.server.pool }, tenant.id, steps)).userErrors).toEqual([])
  const event = (id: string, usage: Record<string, string>) => ({
    id,
    provider: 'lab',
    resource: 'large',
    trace: 'tr',
    occurredAt: '2026-03-02T10:00:00Z',
    usage: Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity })),
  })
  const recorded = await tenant.ask(
    'mutation R($events: [InvocationInput!]!) { recordInvocations(input: { invocations: $events }) { accepted unpriced } }',
    { events: [event('a', { input_tokens: '1500' }), event('b', { input_tokens: '10', output_tokens: '80' })] },
  )
  expect(recorded.data).toEqual({ recordInvocations: { accepted: 2, unpriced: 1 } })
  const { data, errors } = await tenant.ask(`{
    trace(traceId: "tr") { cost { direct { amount } tokens } spans { invocationId status self { amount } usage { meter quantity } unpricedMeters
      ratedLines { meter quantity unitPrice { amount } amount { amount } } } }
    unpricedUsage(range: { from: "2026-03-01", to: "2026-04-01" }) { meter invocations quantity }
  }`)
  expect(errors).toEqual([])
  const line = (meter: string, quantity: string, unitPrice: string, amount: string) => ({
    meter,
    quantity,
    unitPrice: { amount: unitPrice },
    amount: { amount },
  })
  expect(data).toEqual({
    trace: {
      cost: { direct: { amount: '40.00' }, tokens: '1590' },
      spans: [
        {
          invocationId: 'a',
          status: 'RATED',
          self: { amount: '40.00' },
          usage: [{ meter: 'input_tokens', quantity: '1500' }],
          unpricedMeters: [],
          ratedLines: [line('input_tokens', '1000', '0.03', '30.00'), line('input_tokens', '500', '0.02', '10.00')],
        },
        {
          invocationId: 'b',
          status: 'UNPRICED',
          self: null,
          usage: [
            { meter: 'input_tokens', quantity: '10' },
            { meter: 'output_tokens', quantity: '80' },
          ],
          unpricedMeters: ['output_tokens'],
          ratedLines: [line('input_tokens', '10', '0.02', '0.20'), line('output_tokens', '30', '1.00', '30.00')],
        },
      ],
    },
    // The part below the first step, and no more.
    unpricedUsage: [{ meter: 'output_tokens', invocations: '1', quantity: '50' }],
  })
})
