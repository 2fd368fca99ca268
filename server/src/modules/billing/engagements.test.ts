import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { dayAgo } from '../budget/budget-api-kit.ts'
import { charges, complete, london, ok, send, set, trySet, written, type Said } from './billing-api-kit.ts'

jest.setTimeout(60_000)

let world: TestServer
let tenant: TestTenant

beforeAll(async () => {
  world = await startTestServer()
  tenant = await launched()
}, 120_000)

afterAll(() => world.close())

/** A tenant with one event of £1.234567 for the project `launch` of northwind, in September. */
async function launched(): Promise<TestTenant> {
  const made = await london(world)
  await send(made, [
    ['2026-09-10T10:00:00Z', '1234.567', { agent: 'writer', client: 'northwind', project: 'launch', task: 'L1' }],
  ])
  return made
}

const PASS = { model: 'PASS_THROUGH' }
const LAUNCH = { projectKey: 'launch', effectiveFrom: '2026-09-01', terms: PASS }

const LIST = `query ($projectKey: String, $clientKey: String, $all: Boolean!) {
  engagements(projectKey: $projectKey, clientKey: $clientKey, withSuperseded: $all) {
    id project { key } client { key } effectiveFrom effectiveTo model currency note createdBy endedBy supersededBy
    terms { basis price markup prices { unit mode steps { above price per } } unit allowance discount cap }
  }
}`

interface Shown {
  id: string
  effectiveFrom: string
  effectiveTo: string | null
  model: string
  supersededBy: string | null
}

async function list(of: TestTenant, keys: object = {}, all = false): Promise<Shown[]> {
  return (await ok<{ engagements: Shown[] }>(of, LIST, { ...keys, all })).engagements
}

async function end(of: TestTenant, id: string, on: string): Promise<Said> {
  const document = `mutation ($id: ID!, $on: Date!) { endEngagement(id: $id, on: $on) { engagement { id effectiveTo } userErrors { code message field } } }`
  return (await ok<{ endEngagement: Said }>(of, document, { id, on })).endEngagement
}

const refusals = ({ userErrors }: Said) => userErrors.map(({ code, field }) => `${code} ${field?.join('.')}`)
const periods = (shown: Shown[]) => shown.map((one) => `${one.model} ${one.effectiveFrom} ${one.effectiveTo}`)

describe('setting terms', () => {
  it.each<[string, object, string]>([
    ['no place', { projectKey: null }, 'MISSING_FIELD input.projectKey'],
    ['two places', { clientKey: 'northwind' }, 'INVALID_FIELD input.clientKey'],
    ['an unknown project', { projectKey: 'nothing' }, 'NOT_FOUND input.projectKey'],
    ['an unknown client', { projectKey: null, clientKey: 'nobody' }, 'NOT_FOUND input.clientKey'],
    ['a key that no text holds', { projectKey: 'lau\u0000nch' }, 'NOT_FOUND input.projectKey'],
    ['an end before the beginning', { effectiveTo: '2026-09-01' }, 'INVALID_FIELD input.effectiveTo'],
    ['a note of 501 characters', { note: 'n'.repeat(501) }, 'INVALID_FIELD input.note'],
    ['a markup that is missing', { terms: { model: 'COST_PLUS' } }, 'MISSING_FIELD input.terms.markup'],
    ['a field of another model', { terms: { ...PASS, price: '5' } }, 'INVALID_FIELD input.terms.price'],
    ['half a penny', { terms: { model: 'PER_TASK', price: '0.005' } }, 'INVALID_FIELD input.terms.price'],
    [
      'steps that do not rise',
      {
        terms: {
          model: 'RATE_CARD',
          prices: [
            {
              unit: 'TOKENS',
              steps: [
                { above: '0', price: '1' },
                { above: '0', price: '2' },
              ],
            },
          ],
        },
      },
      'INVALID_FIELD input.terms.prices.0.steps.1.above',
    ],
  ])('refuses %s, and stores nothing', async (_what, change, refusal) => {
    const said = await trySet(tenant, { ...LAUNCH, ...change })
    expect(refusals(said)).toEqual([refusal])
    expect(said.engagement).toBeNull()
    expect(await list(tenant)).toEqual([])
  })

  it('keeps what was agreed, and who said so', async () => {
    const own = await launched()
    const terms = {
      ...{ model: 'RATE_CARD', discount: '0.1', cap: '5000' },
      prices: [
        {
          unit: 'TOKENS',
          steps: [
            { above: '0', price: '3', per: '1000000' },
            { above: '1000000', price: '2', per: '1000000' },
          ],
        },
      ],
    }
    const id = await set(own, { ...LAUNCH, terms, note: ' Agreed in the call ' })
    expect(await list(own, { clientKey: 'northwind' })).toEqual([
      {
        ...{
          id,
          project: { key: 'launch' },
          client: { key: 'northwind' },
          effectiveFrom: '2026-09-01',
          effectiveTo: null,
        },
        ...{ model: 'RATE_CARD', currency: 'GBP', note: 'Agreed in the call', createdBy: 'API key Test' },
        ...{ endedBy: null, supersededBy: null },
        terms: {
          ...{ basis: null, price: null, markup: null, unit: null, allowance: null, discount: '0.1', cap: '5000' },
          prices: [{ ...terms.prices[0], mode: 'GRADUATED' }],
        },
      },
    ])
    expect(await ok(own, 'query ($id: ID!) { node(id: $id) { id } engagement(id: $id) { model } }', { id })).toEqual({
      ...{ node: { id }, engagement: { model: 'RATE_CARD' } },
    })
    const { auditLog } = await ok<{ auditLog: object }>(own, '{ auditLog(first: 1) { nodes { action } } }')
    expect(auditLog).toEqual({ nodes: [{ action: 'setEngagement' }] })
  })

  it('ends those in force on its first day, supersedes those that begin on it, and leaves no gap and no overlap', async () => {
    const own = await launched()
    const first = await set(own, LAUNCH)
    expect(await set(own, LAUNCH)).toBe(first)
    await set(own, { ...LAUNCH, effectiveFrom: '2026-10-15', terms: { model: 'PER_TASK', price: '50' } })
    await set(own, { ...LAUNCH, effectiveFrom: '2026-10-15', terms: { model: 'PER_TASK', price: '60' } })
    expect(periods(await list(own))).toEqual(['PER_TASK 2026-10-15 null', 'PASS_THROUGH 2026-09-01 2026-10-15'])
    expect(await list(own, {}, true)).toHaveLength(3)
    // Before those that are there it must end by them.
    expect(await trySet(own, { ...LAUNCH, effectiveFrom: '2026-08-01' })).toMatchObject({
      engagement: null,
      userErrors: [{ code: 'OVERLAP', field: ['input', 'effectiveTo'] }],
    })
    await set(own, { ...LAUNCH, effectiveFrom: '2026-08-01', effectiveTo: '2026-09-01' })
    expect(periods(await list(own)).at(-1)).toBe('PASS_THROUGH 2026-08-01 2026-09-01')
  })

  it('by many at the same time makes one', async () => {
    const own = await launched()
    const ids = await Promise.all(Array.from({ length: 8 }, () => set(own, LAUNCH)))
    expect(new Set(ids).size).toBe(1)
    expect(await list(own, {}, true)).toHaveLength(1)
  })

  it('is refused by the database itself where two would charge one day', async () => {
    const own = await launched()
    await set(own, LAUNCH)
    const again = `INSERT INTO engagement (tenant_id, id, project_id, starts_on, model, terms, currency, created_by)
      SELECT tenant_id, gen_random_uuid(), project_id, '2027-01-01', model, terms, currency, created_by FROM engagement WHERE tenant_id = $1`
    await expect(world.owner.query(again, [own.id])).rejects.toThrow(/engagement_no_overlap/)
  })
})

describe('ending terms', () => {
  it('ends them on a day, or never lets them begin', async () => {
    const own = await launched()
    const id = await set(own, LAUNCH)
    expect(await end(own, id, '2026-11-01')).toEqual({ engagement: { id, effectiveTo: '2026-11-01' }, userErrors: [] })
    expect(await end(own, id, '2026-11-01')).toMatchObject({ userErrors: [] })
    expect(await end(own, id, '2026-12-01')).toMatchObject({ userErrors: [{ code: 'INVALID_FIELD', field: ['on'] }] })
    expect(await end(own, id, '2026-08-01')).toMatchObject({ userErrors: [{ code: 'INVALID_FIELD', field: ['on'] }] })
    expect(await end(own, id, '2026-09-01')).toMatchObject({ userErrors: [] })
    expect(await list(own)).toEqual([])
    expect(await list(own, {}, true)).toMatchObject([{ id, supersededBy: 'API key Test' }])
    expect((await charges(own, '2026-09-01')).charges).toEqual([])
  })

  it('does not know those of another tenant', async () => {
    const id = await set(await launched(), LAUNCH)
    expect(await end(tenant, id, '2026-11-01')).toMatchObject({
      engagement: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'] }],
    })
  })
})

describe('a closed month', () => {
  it('keeps its terms and its charges, whatever is told later', async () => {
    const own = await launched()
    await complete(own, 'L1', '2026-09-12T10:00:00Z')
    const id = await set(own, { ...LAUNCH, terms: { model: 'COST_PLUS', basis: 'DIRECT', markup: '0.5' } })
    // 1.234567 and half of it: 1.8518505.
    const before = await charges(own, '2026-09-01')
    expect(before.total.amount).toBe('1.85')
    await close(own, '2026-09-01')
    await send(own, [
      ['2026-09-11T10:00:00Z', '1000', { agent: 'writer', client: 'northwind', project: 'launch', task: 'L1' }],
    ])
    expect(await charges(own, '2026-09-01')).toEqual(before)
    for (const said of [
      await trySet(own, { ...LAUNCH, effectiveFrom: '2026-09-15' }),
      await trySet(own, {
        ...LAUNCH,
        effectiveFrom: '2026-08-01',
        effectiveTo: '2026-10-01',
        projectKey: null,
        clientKey: 'northwind',
      }),
      await end(own, id, '2026-09-20'),
    ]) {
      expect(said).toMatchObject({ engagement: null, userErrors: [{ code: 'PERIOD_CLOSED' }] })
    }
    // From the first open month on they may change.
    await set(own, { ...LAUNCH, effectiveFrom: '2026-10-01' })
    expect(await charges(own, '2026-09-01')).toMatchObject({
      total: before.total,
      charges: [{ lines: before.charges[0]?.lines }],
    })
  })
})

async function close(of: TestTenant, month: string): Promise<void> {
  const document = `mutation ($input: ClosePeriodInput!) { closePeriod(input: $input) { userErrors { code message } } }`
  const { closePeriod } = await ok<{ closePeriod: { userErrors: object[] } }>(of, document, {
    input: { month },
  })
  expect(closePeriod.userErrors).toEqual([])
}

describe('taking an outcome back', () => {
  const REVERSE = `mutation ($input: ReverseOutcomeInput!) { reverseOutcome(input: $input) { task { key } userErrors { code field } } }`
  const reverse = async (of: TestTenant, taskKey: string, reason = 'It did not hold') =>
    (
      await ok<{ reverseOutcome: { task: object | null; userErrors: object[] } }>(of, REVERSE, {
        input: { taskKey, reason },
      })
    ).reverseOutcome

  it('takes its price off this month, once, and leaves the month of the outcome as it was', async () => {
    const own = await launched()
    const tags = { project: 'launch' }
    const [longAgo, today] = [dayAgo(40), dayAgo(0)]
    await complete(own, 'O1', `${longAgo}T12:00:00Z`, tags)
    await complete(own, 'O2', `${longAgo}T12:00:00Z`, tags)
    await complete(own, 'O3', `${dayAgo(20)}T12:00:00Z`, tags)
    await send(own, [[`${longAgo}T12:00:00Z`, '1', { project: 'launch', task: 'O4' }]])
    expect(await reverse(own, 'O1')).toEqual({
      task: null,
      userErrors: [{ code: 'NOT_CHARGED', field: ['input', 'taskKey'] }],
    })
    await set(own, { ...LAUNCH, terms: { model: 'OUTCOME', price: '120', reversalDays: 41 } })
    const before = await charges(own, firstOf(longAgo))
    expect(await reverse(own, 'O1')).toEqual({ task: { key: 'O1' }, userErrors: [] })
    expect(await reverse(own, 'O1', 'Said again')).toEqual({ task: { key: 'O1' }, userErrors: [] })
    expect(await reverse(own, 'nothing')).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })
    expect(await reverse(own, 'O4')).toMatchObject({ userErrors: [{ code: 'NOT_COMPLETED' }] })
    expect(await reverse(own, 'O2', '  ')).toMatchObject({ userErrors: [{ code: 'MISSING_FIELD' }] })
    const now = await charges(own, firstOf(today))
    const taken = now.charges[0]?.lines.filter(({ kind }) => kind === 'REVERSAL') ?? []
    expect(taken.map(({ task, amount }) => [task?.key, amount.amount])).toEqual([['O1', '-120.00']])
    const unchanged = await charges(own, firstOf(longAgo))
    expect(unchanged.charges.map(written)).toEqual(before.charges.map(written))
    await set(own, { ...LAUNCH, terms: { model: 'OUTCOME', price: '120', reversalDays: 30 } })
    expect(await reverse(own, 'O2')).toMatchObject({ userErrors: [{ code: 'TOO_LATE' }] })
  })
})

const firstOf = (day: string) => `${day.slice(0, 8)}01`
