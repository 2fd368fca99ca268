import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { publishPrices, spendAll } from '../budget/budget-api-kit.ts'

let test: TestServer
let tenant: TestTenant

/** A root without a cost and five calls of £1 to £5 below it. */
beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'UTC' })
  await publishPrices(tenant)
  const at = (n: number) => `2026-03-02T10:00:0${n}Z`
  const tags = (n: number) => ({ id: `e${n}`, trace: 't', span: `s${n}`, task: 'T', name: `call ${n}` })
  await spendAll(tenant, [
    { pounds: 0, at: at(0), tags: { ...tags(0), usage: [] } },
    ...[3, 1, 5, 2, 4].map((pounds, i) => ({ pounds, at: at(i + 1), tags: { ...tags(i + 1), parentSpan: 's0' } })),
  ])
  await spendAll(tenant, [{ pounds: 7, at: at(9), tags: { id: 'alone' } }])
}, 120_000)

afterAll(async () => {
  await test.close()
})

async function data(query: string): Promise<unknown> {
  const answer = await tenant.ask(query)
  expect(answer.errors).toEqual([])
  return answer.data
}

it('answers a part of the spans, depth first, with what all of them come to', async () => {
  expect(
    await data(`{ trace(traceId: "t") { spanCount selfTotal { amount } dearestSpans(first: 2) { name self { amount } }
      first: spans(first: 2) { name subtree { amount } } rest: spans(skip: 4) { name } none: spans(skip: 6) { name } } }`),
  ).toEqual({
    trace: {
      spanCount: 6,
      selfTotal: { amount: '15.00' },
      dearestSpans: [
        { name: 'call 3', self: { amount: '5.00' } },
        { name: 'call 5', self: { amount: '4.00' } },
      ],
      first: [
        { name: 'call 0', subtree: { amount: '15.00' } },
        { name: 'call 1', subtree: { amount: '3.00' } },
      ],
      rest: [{ name: 'call 4' }, { name: 'call 5' }],
      none: [],
    },
  })
})

it('finds the span of one invocation, with the cost below it', async () => {
  expect(
    await data(`{ root: invocation(id: "e0") { span { spanId depth subtree { amount } } }
      call: invocation(id: "e3") { span { spanId depth subtree { amount } } }
      alone: invocation(id: "alone") { span { spanId } } }`),
  ).toEqual({
    root: { span: { spanId: 's0', depth: 0, subtree: { amount: '15.00' } } },
    call: { span: { spanId: 's3', depth: 1, subtree: { amount: '5.00' } } },
    alone: { span: null },
  })
})

it.each([
  ['spans(first: 0)', 'first'],
  ['spans(first: 10001)', 'first'],
  ['spans(skip: -1)', 'skip'],
  ['dearestSpans(first: 101)', 'first'],
])('refuses %s', async (field, argument) => {
  const { errors } = await tenant.ask(`{ trace(traceId: "t") { ${field} { name } } }`)
  expect(errors.map((error) => error.extensions)).toMatchObject([{ code: 'BAD_USER_INPUT', argument }])
})
