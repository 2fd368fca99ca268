import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { change, dayAgo, daysAgo, publishPrices, spendAll } from '../budget/budget-api-kit.ts'

jest.setTimeout(60_000)

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'UTC' })
  await publishPrices(tenant)
  // £20 a day for eight weeks, but for one day of £200.
  await spendAll(
    tenant,
    Array.from({ length: 56 }, (_, i) => ({ pounds: i === 4 ? 200 : 20, at: daysAgo(i + 1) })),
  )
}, 120_000)

afterAll(async () => {
  await test.close()
})

const update = (input: object) =>
  change(
    tenant,
    `mutation ($input: DetectorInput!) { updateDetector(input: $input) {
      detector { isEnabled disabledKinds minExcess { amount } coldExcess { amount } escalateAfterMinutes updatedBy } userErrors { code field } } }`,
    { input },
  )
const annotate = (input: object) =>
  change(
    tenant,
    `mutation ($input: AnnotationInput!) { addAnnotation(input: $input) { annotation { id scope key label day note } userErrors { code field } } }`,
    { input },
  )

describe('the detector', () => {
  it.each([
    ['minExcess', { minExcess: '-1' }],
    ['coldExcess', { coldExcess: '-0.01' }],
    ['disabledKinds', { disabledKinds: ['FLEET_CEILING'] }],
    ['escalateAfterMinutes', { escalateAfterMinutes: -5 }],
    ['escalateAfterMinutes', { escalateAfterMinutes: 43_201 }],
  ])('refuses a wrong %s and stays as it is', async (field, input) => {
    expect(await update({ isEnabled: false, ...input })).toEqual({
      detector: null,
      userErrors: [{ code: 'INVALID_FIELD', field: ['input', field] }],
    })
    expect((await tenant.ask('{ detector { isEnabled updatedBy } }')).data).toEqual({
      detector: { isEnabled: true, updatedBy: null },
    })
  })

  it('would have found the one day, and not where its excess is not worth telling', async () => {
    const find = async (input: object) => {
      const { data, errors } = await tenant.ask(
        `query ($input: DetectorInput) { detectorBacktest(input: $input, days: 20) {
          sentence firings { firstDay lastDay kind subject { dimension key } } } }`,
        { input },
      )
      expect(errors).toEqual([])
      return (data as unknown as { detectorBacktest: { sentence: string; firings: object[] } }).detectorBacktest
    }
    const { firings } = await find({})
    const spike = { firstDay: dayAgo(5), lastDay: dayAgo(5), kind: 'COST_SPIKE' }
    expect(firings).toContainEqual({ ...spike, subject: [{ dimension: 'AGENT', key: 'writer' }] })
    // The agent explains the whole of the fleet's day, which is not told beside it.
    expect(firings).not.toContainEqual({ ...spike, subject: [] })
    expect(await find({ minExcess: '1000' })).toEqual({
      sentence: 'It would have found nothing in the last 20 days.',
      firings: [],
    })
  })

  it('keeps what is left out', async () => {
    await update({ minExcess: '7.5', escalateAfterMinutes: 30 })
    expect(await update({ disabledKinds: ['CHAIN_SHAPE'] })).toEqual({
      detector: {
        isEnabled: true,
        disabledKinds: ['CHAIN_SHAPE'],
        minExcess: { amount: '7.50' },
        coldExcess: { amount: '20.00' },
        escalateAfterMinutes: 30,
        updatedBy: 'API key Test',
      },
      userErrors: [],
    })
    expect(await update({ escalateAfterMinutes: 0 })).toMatchObject({ detector: { escalateAfterMinutes: null } })
  })
})

describe('annotations', () => {
  it.each([
    ['an unknown key', { scope: 'AGENT', key: 'nobody' }, 'NOT_FOUND', 'key'],
    ['no key', { scope: 'AGENT' }, 'MISSING_FIELD', 'key'],
    ['a key of the fleet', { scope: 'FLEET', key: 'x' }, 'INVALID_FIELD', 'key'],
    ['no note', { scope: 'FLEET', note: ' ' }, 'MISSING_FIELD', 'note'],
  ])('refuse %s', async (_name, given, code, field) => {
    expect(await annotate({ day: dayAgo(3), note: 'launch', ...given })).toEqual({
      annotation: null,
      userErrors: [{ code, field: ['input', field] }],
    })
  })

  it('are kept, listed by scope, and taken back', async () => {
    const { annotation } = await annotate({ scope: 'AGENT', key: 'writer', day: dayAgo(3), note: ' launch ' })
    const said = { scope: 'AGENT', key: 'writer', label: 'writer', day: dayAgo(3), note: 'launch' }
    expect(annotation).toMatchObject(said)
    const list = async (args: string) =>
      (
        (await tenant.ask(`{ annotations${args} { scope key label day note } }`)).data as unknown as {
          annotations: object[]
        }
      ).annotations
    expect(await list('')).toEqual([said])
    expect(await list('(scope: CLIENT)')).toEqual([])
    expect(await list('(scope: AGENT, key: "nobody")')).toEqual([])
    const { id } = annotation as unknown as { id: string }
    const end = 'mutation ($id: ID!) { endAnnotation(id: $id) { annotation { note } userErrors { code } } }'
    for (let i = 0; i < 2; i += 1)
      expect(await change(tenant, end, { id })).toEqual({ annotation: { note: 'launch' }, userErrors: [] })
    expect(await list('')).toEqual([])
  })
})

describe('the forecast', () => {
  it('is of the running month, between its low and its high, with what it has cost so far', async () => {
    const { data, errors } = await tenant.ask(
      '{ forecast(scope: AGENT, key: "writer") { from spent { amount } p10 { amount } p50 { amount } p90 { amount } days { day } accuracy { windows } } }',
    )
    expect(errors).toEqual([])
    const { forecast } = data as unknown as {
      forecast: Record<'spent' | 'p10' | 'p50' | 'p90', { amount: string }> & { from: string; days: { day: string }[] }
    }
    const of = (name: 'spent' | 'p10' | 'p50' | 'p90') => Number(forecast[name].amount)
    expect(forecast.from).toBe(`${dayAgo(0).slice(0, 7)}-01`)
    expect(forecast.days[0]?.day).toBe(forecast.from)
    expect(of('spent') <= of('p10') && of('p10') <= of('p50') && of('p50') <= of('p90')).toBe(true)
  })

  it('is null without a past, and refuses months that are over', async () => {
    const other = await test.tenant()
    expect((await other.ask('{ forecast { p50 { amount } } }')).data).toEqual({ forecast: null })
    for (const args of [
      'month: "2020-01-01"',
      'month: "2099-01-01"',
      'month: "2099-01-02"',
      'scope: AGENT',
      'key: "x"',
    ]) {
      const refused = await other.ask(`{ forecast(${args}) { p50 { amount } } }`)
      expect(refused.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  })
})
