import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import { ask, startTestServer, type Answer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(() => test.close())

type Asking = (query: string, variables?: Record<string, unknown>) => Promise<Answer>
type Payload = Record<string, unknown> & { userErrors: { code: string; message: string; field: string[] | null }[] }

const POLICY = `{ version state effectiveFrom method basis rate scope { key } fallback idle multipliers { agent { key } multiplier }
  exemptions { agent { key } from to reason } feeds { pool { name } share } note reviewDueOn isReviewDue createdBy approvedBy
  overrideReason mayApprove mayOverride history { action reason actedBy } }`

const POOL = `{ id name category recurrence month firstMonth lastMonth amount { amount currency } amountConverted { amount currency }
  amounts { fromMonth revision amount { amount } note setBy isInForce } method basis rate scope { key } resource { provider name } capacity
  policy { id version } policies { id version state } createdBy }`

/** A tenant with three agents, and what its people and its key ask. */
async function world() {
  const tenant = await test.tenant()
  for (const key of ['research', 'coding', 'support']) {
    await test.owner.query('INSERT INTO agent (tenant_id, id, key, name) VALUES ($1, $2, $3, $3)', [
      tenant.id,
      uuidv7(),
      key,
    ])
  }
  // Most is asked by a key, which may do what an owner may: signing in takes a second.
  return { tenant, as: asPerson(tenant), admin: tenant.ask }
}

function asPerson(tenant: TestTenant) {
  return async (role: 'OWNER' | 'FINANCE' | 'VIEWER' | 'CLIENT'): Promise<Asking> => {
    if (role === 'CLIENT') {
      await test.owner.query(
        `INSERT INTO client (tenant_id, id, key, name) VALUES ($1, $2, 'acme', 'acme') ON CONFLICT DO NOTHING`,
        [tenant.id, uuidv7()],
      )
    }
    const cookie = await tenant.signedIn(role, role === 'CLIENT' ? 'acme' : undefined)
    const headers = { cookie, 'x-outlay-tenant': tenant.key }
    return (query, variables) => ask(test.url, headers, query, variables)
  }
}

/** Asks a mutation and answers its payload. */
async function change(
  asking: Asking,
  call: string,
  { types = '', variables = {}, fields }: { types?: string; variables?: object; fields: string },
): Promise<Payload> {
  const answer = await asking(
    `mutation M${types} { change: ${call} { ${fields} userErrors { code message field } } }`,
    variables as Record<string, unknown>,
  )
  expect(answer.errors).toEqual([])
  return (answer.data as unknown as { change: Payload }).change
}

const poolInput = (fields: object = {}) => ({
  name: 'Vector database',
  category: 'VECTOR_DATABASE',
  month: '2026-03-01',
  amount: { amount: '100', currency: 'GBP' },
  ...fields,
})

const create = (asking: Asking, fields: object = {}) =>
  change(asking, 'createCostPool(input: $input)', {
    types: '($input: CostPoolInput!)',
    variables: { input: poolInput(fields) },
    fields: `costPool ${POOL}`,
  })

interface Created {
  id: string
  policies: { id: string; version: number; state: string }[]
  [field: string]: unknown
}

async function created(asking: Asking, fields: object = {}): Promise<Created> {
  const { costPool, userErrors } = await create(asking, fields)
  expect(userErrors).toEqual([])
  return costPool as Created
}

const setAmount = (asking: Asking, input: object) =>
  change(asking, 'setCostPoolAmount(input: $input)', {
    types: '($input: SetCostPoolAmountInput!)',
    variables: { input },
    fields: `costPool ${POOL}`,
  })

const draft = (asking: Asking, input: object) =>
  change(asking, 'draftAllocationPolicy(input: $input)', {
    types: '($input: DraftAllocationPolicyInput!)',
    variables: { input: { effectiveFrom: '2026-05-01', method: 'EQUAL', ...input } },
    fields: `policy { id ${POLICY.slice(1)}`,
  })

const move = (asking: Asking, name: string, id: string, more: Record<string, string> = {}) => {
  const said = Object.entries(more).map(([argument, text]) => `, ${argument}: ${JSON.stringify(text)}`)
  return change(asking, `${name}AllocationPolicy(id: "${id}"${said.join('')})`, { fields: `policy ${POLICY}` })
}

async function proposed(asking: Asking, input: object): Promise<string> {
  const { policy, userErrors } = await draft(asking, input)
  expect(userErrors).toEqual([])
  const { id } = policy as { id: string }
  expect((await move(asking, 'propose', id)).userErrors).toEqual([])
  return id
}

async function pools(asking: Asking, args = ''): Promise<object[]> {
  const answer = await asking(`{ costPools${args} { name month amount { amount } policy { version } } }`)
  expect(answer.errors).toEqual([])
  return (answer.data as unknown as { costPools: object[] }).costPools
}

const closeMarch = (tenant: TestTenant, state: string) =>
  test.owner.query(
    `INSERT INTO period (tenant_id, month, state, edition) VALUES ($1, '2026-03-01', $2, 1)
     ON CONFLICT (tenant_id, month) DO UPDATE SET state = EXCLUDED.state`,
    [tenant.id, state],
  )

describe('a cost pool', () => {
  it('is declared once, shows what it says, and is found by its month and its id', async () => {
    const { admin } = await world()
    const pool = await created(admin, {
      recurrence: 'MONTHLY',
      method: 'USAGE',
      basis: 'RESOURCE_USES',
      scope: ['support', 'coding'],
      resource: { provider: 'acme', name: 'vectors' },
      capacity: '1000.5',
      note: 'Contract 12',
    })
    expect(pool).toEqual({
      id: expect.stringMatching(/^pol_/),
      name: 'Vector database',
      category: 'VECTOR_DATABASE',
      recurrence: 'MONTHLY',
      month: '2026-03-01',
      firstMonth: '2026-03-01',
      lastMonth: null,
      amount: { amount: '100.00', currency: 'GBP' },
      amountConverted: { amount: '100.00', currency: 'GBP' },
      amounts: [
        {
          fromMonth: '2026-03-01',
          revision: 1,
          amount: { amount: '100.00' },
          note: 'Contract 12',
          setBy: 'API key Test',
          isInForce: true,
        },
      ],
      method: 'USAGE',
      basis: 'RESOURCE_USES',
      rate: null,
      scope: [{ key: 'coding' }, { key: 'support' }],
      resource: { provider: 'acme', name: 'vectors' },
      capacity: '1000.5',
      policy: { id: expect.stringMatching(/^apl_/), version: 1 },
      policies: [{ id: expect.any(String), version: 1, state: 'APPROVED' }],
      createdBy: 'API key Test',
    })
    const retried = await create(admin, { recurrence: 'MONTHLY' })
    expect(retried).toEqual({
      costPool: null,
      userErrors: [
        {
          code: 'CONFLICT',
          message:
            'The pool "Vector database" is already there for 2026-03 and on; set its amount, or choose another name.',
          field: ['input', 'name'],
        },
      ],
    })
    const listed = { name: 'Vector database', amount: { amount: '100.00' }, policy: { version: 1 } }
    expect(await pools(admin, '(month: "2026-02-01")')).toEqual([])
    expect(await pools(admin, '(month: "2026-04-01")')).toEqual([{ ...listed, month: '2026-04-01' }])
    const { data } = await admin(
      `{ one: costPool(id: "${pool.id}") { name } node(id: "${pool.id}") { id __typename ... on CostPool { name } }
         policy: node(id: "${pool.policies[0]?.id}") { __typename ... on AllocationPolicy { version pool { name } } }
         none: costPool(id: "pol_${'0'.repeat(26)}") { name } }`,
    )
    expect(data).toEqual({
      one: { name: 'Vector database' },
      node: { id: pool.id, __typename: 'CostPool', name: 'Vector database' },
      policy: { __typename: 'AllocationPolicy', version: 1, pool: { name: 'Vector database' } },
      none: null,
    })
  })

  it('is looked at in the current month, or in the nearest of its own, where no month is asked for', async () => {
    const { admin } = await world()
    await created(admin, { name: 'Past', month: '2020-01-01', recurrence: 'MONTHLY', lastMonth: '2020-03-01' })
    await created(admin, { name: 'Future', month: '2199-01-01' })
    await created(admin, { name: 'Now', month: '2020-01-01', recurrence: 'MONTHLY' })
    const now = new Date().toISOString().slice(0, 7)
    expect(await pools(admin)).toMatchObject([
      { name: 'Future', month: '2199-01-01' },
      { name: 'Now', month: `${now}-01` },
      { name: 'Past', month: '2020-03-01' },
    ])
  })

  it.each([
    ['a typo in an agent', { scope: ['reserch'] }, 'NOT_FOUND', ['input', 'scope', '0']],
    ['half a penny', { amount: { amount: '10.005', currency: 'GBP' } }, 'INVALID_FIELD', ['input', 'amount']],
    [
      'an unknown currency',
      { amount: { amount: '10', currency: 'GPB' } },
      'UNKNOWN_CURRENCY',
      ['input', 'amount', 'currency'],
    ],
    ['no rate for OVERHEAD_RATE', { method: 'OVERHEAD_RATE' }, 'INVALID_FIELD', ['input', 'rate']],
    ['a month that begins late', { month: '2026-03-02' }, 'INVALID_DATE', ['input', 'month']],
  ])('with %s is refused, and nothing is left of it', async (_what, fields, code, field) => {
    const { admin } = await world()
    expect(await create(admin, fields)).toEqual({
      costPool: null,
      userErrors: [{ code, message: expect.any(String), field }],
    })
    expect(await pools(admin)).toEqual([])
  })

  it('may be a credit, without a basis where its method has none', async () => {
    const { admin } = await world()
    const amount = { amount: '-250.10', currency: 'GBP' }
    expect(await created(admin, { amount, method: 'REVENUE' })).toMatchObject({
      amount,
      method: 'REVENUE',
      basis: null,
    })
  })

  it('in another currency is converted by the rate of the last day of its month, once there is one', async () => {
    const { tenant, admin } = await world()
    const pool = await created(admin, { amount: { amount: '10', currency: 'USD' } })
    expect(pool).toMatchObject({ amount: { amount: '10.00', currency: 'USD' }, amountConverted: null })
    const rates = [{ date: '2026-03-31', base: 'USD', quote: 'GBP', rate: '0.78945' }]
    await tenant.ask(
      'mutation M($input: PublishFxRatesInput!) { publishFxRates(input: $input) { userErrors { code } } }',
      {
        input: { rates },
      },
    )
    const { data } = await admin(`{ costPool(id: "${pool.id}") { amountConverted { amount currency } } }`)
    expect(data).toEqual({ costPool: { amountConverted: { amount: '7.89', currency: 'GBP' } } })
  })

  it('changes its amount from a month on and keeps what was said before', async () => {
    const { admin } = await world()
    const { id } = await created(admin, { recurrence: 'MONTHLY' })
    const may = { poolId: id, fromMonth: '2026-05-01' }
    await setAmount(admin, { ...may, amount: { amount: '120', currency: 'GBP' }, note: 'A guess' })
    const { costPool, userErrors } = await setAmount(admin, { ...may, amount: { amount: '125', currency: 'GBP' } })
    expect(userErrors).toEqual([])
    expect(costPool).toMatchObject({
      month: '2026-05-01',
      amount: { amount: '125.00' },
      amounts: [
        { fromMonth: '2026-05-01', revision: 2, amount: { amount: '125.00' }, note: null, isInForce: true },
        { fromMonth: '2026-05-01', revision: 1, amount: { amount: '120.00' }, note: 'A guess', isInForce: false },
        { fromMonth: '2026-03-01', revision: 1, amount: { amount: '100.00' }, isInForce: false },
      ],
    })
    const amounts = async (month: string) => (await pools(admin, `(month: "${month}")`)) as { amount: object }[]
    expect((await amounts('2026-04-01'))[0]?.amount).toEqual({ amount: '100.00' })
    expect((await amounts('2026-06-01'))[0]?.amount).toEqual({ amount: '125.00' })
    const ended = await change(admin, `endCostPool(input: { poolId: "${id}", lastMonth: "2026-05-01" })`, {
      fields: 'costPool { month lastMonth }',
    })
    expect(ended).toEqual({ costPool: { month: '2026-05-01', lastMonth: '2026-05-01' }, userErrors: [] })
    expect(await amounts('2026-06-01')).toEqual([])
    const late = await setAmount(admin, {
      poolId: id,
      fromMonth: '2026-06-01',
      amount: { amount: '1', currency: 'GBP' },
    })
    expect(late.userErrors).toMatchObject([{ code: 'INVALID_DATE', field: ['input', 'fromMonth'] }])
  })

  it('is read by staff, changed by those who keep the money, and is not there for a client', async () => {
    const { tenant, as, admin } = await world()
    const { id, policies } = await created(admin)
    const viewer = await as('VIEWER')
    expect(await pools(viewer)).toHaveLength(1)
    expect(await pools((query) => readingKey(tenant, query))).toHaveLength(1)
    const end = `mutation { endCostPool(input: { poolId: "${id}", lastMonth: "2026-05-01" }) { userErrors { code } } }`
    const approve = `mutation { approveAllocationPolicy(id: "${policies[0]?.id}") { userErrors { code } } }`
    const client = await as('CLIENT')
    for (const mutation of [end, approve])
      for (const answer of [await viewer(mutation), await client(mutation), await readingKey(tenant, mutation)])
        expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    for (const query of ['{ costPools { name } }', `{ costPool(id: "${id}") { name } }`])
      expect((await client(query)).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
    for (const node of [id, policies[0]?.id])
      expect((await client(`{ node(id: "${node}") { id } }`)).data).toEqual({ node: null })
  })

  async function readingKey(tenant: TestTenant, query: string): Promise<Answer> {
    return ask(test.url, { authorization: `Bearer ${await tenant.keyWith('read')}` }, query)
  }
})

describe('an allocation policy', () => {
  it('is written by one person and approved by another, and its history says so', async () => {
    const { as, admin } = await world()
    const [author, other] = [await as('FINANCE'), await as('FINANCE')]
    const { id: poolId } = await created(admin, { recurrence: 'MONTHLY' })
    const drafted = await draft(author, {
      poolId,
      method: 'USAGE',
      basis: 'TOKENS',
      scope: ['coding', 'research'],
      fallback: ['PRIOR_PERIOD', 'EQUAL'],
      idle: 'SHARED',
      multipliers: [{ agent: 'coding', multiplier: '2.50' }],
      exemptions: [{ agent: 'research', from: '2026-06-01', reason: 'Moves to a plan of its own' }],
      note: 'As agreed',
    })
    const { id } = drafted['policy'] as { id: string }
    expect(await move(author, 'approve', id)).toMatchObject({
      policy: null,
      userErrors: [{ code: 'POLICY_STATE', field: ['id'] }],
    })
    await move(author, 'propose', id)
    const seenBy = async (asking: Asking) =>
      (await asking(`{ node(id: "${id}") { ... on AllocationPolicy { mayApprove mayOverride } } }`)).data
    expect(await seenBy(author)).toEqual({ node: { mayApprove: false, mayOverride: false } })
    expect(await seenBy(other)).toEqual({ node: { mayApprove: true, mayOverride: false } })
    expect(await seenBy(await as('VIEWER'))).toEqual({ node: { mayApprove: false, mayOverride: false } })
    expect(await move(author, 'approve', id, { overrideReason: 'I am right' })).toMatchObject({
      policy: null,
      userErrors: [{ code: 'FOUR_EYES', field: ['id'] }],
    })
    expect(await pools(admin, '(month: "2026-05-01")')).toMatchObject([{ policy: { version: 1 } }])
    expect(await move(other, 'approve', id)).toEqual({
      policy: {
        version: 2,
        state: 'APPROVED',
        effectiveFrom: '2026-05-01',
        method: 'USAGE',
        basis: 'TOKENS',
        rate: null,
        scope: [{ key: 'coding' }, { key: 'research' }],
        fallback: ['PRIOR_PERIOD', 'EQUAL', 'HOLD'],
        idle: 'SHARED',
        multipliers: [{ agent: { key: 'coding' }, multiplier: '2.5' }],
        exemptions: [
          { agent: { key: 'research' }, from: '2026-06-01', to: null, reason: 'Moves to a plan of its own' },
        ],
        feeds: [],
        note: 'As agreed',
        reviewDueOn: expect.stringMatching(/^\d{4}-(01|04|07|10)-01$/),
        isReviewDue: false,
        createdBy: expect.stringMatching(/^finance-/),
        approvedBy: expect.stringMatching(/^finance-/),
        overrideReason: null,
        mayApprove: false,
        mayOverride: false,
        history: [
          { action: 'CREATED', reason: null, actedBy: expect.any(String) },
          { action: 'PROPOSED', reason: null, actedBy: expect.any(String) },
          { action: 'APPROVED', reason: null, actedBy: expect.any(String) },
        ],
      },
      userErrors: [],
    })
    expect(await pools(admin, '(month: "2026-04-01")')).toMatchObject([{ policy: { version: 1 } }])
    expect(await pools(admin, '(month: "2026-05-01")')).toMatchObject([{ policy: { version: 2 } }])
  })

  it('of a pool that finance declares waits for another person, and the pool is not run until then', async () => {
    const { as } = await world()
    const [author, other] = [await as('FINANCE'), await as('FINANCE')]
    const { policies, ...pool } = await created(author)
    expect(pool).toMatchObject({ policy: null, method: 'USAGE' })
    expect(policies).toMatchObject([{ version: 1, state: 'PROPOSED' }])
    expect((await move(other, 'approve', policies[0]?.id ?? '')).userErrors).toEqual([])
    expect(await pools(author)).toMatchObject([{ policy: { version: 1 } }])
  })

  it('is approved by its own author only as an owner who says why, and that is shown', async () => {
    const { as } = await world()
    const owner = await as('OWNER')
    const { id: poolId } = await created(owner, { recurrence: 'MONTHLY' })
    const id = await proposed(owner, { poolId })
    const seen = await owner(`{ node(id: "${id}") { ... on AllocationPolicy { mayApprove mayOverride } } }`)
    expect(seen.data).toEqual({ node: { mayApprove: false, mayOverride: true } })
    expect(await move(owner, 'approve', id)).toMatchObject({
      userErrors: [{ code: 'MISSING_FIELD', field: ['overrideReason'] }],
    })
    const { policy, userErrors } = await move(owner, 'approve', id, { overrideReason: 'Finance is on holiday' })
    expect(userErrors).toEqual([])
    expect(policy).toMatchObject({
      overrideReason: 'Finance is on holiday',
      history: [{}, {}, { action: 'OVERRIDDEN', reason: 'Finance is on holiday' }],
    })
  })

  it('is edited as a draft only, and rejected or withdrawn it never counts', async () => {
    const { as, admin } = await world()
    const [author, other] = [await as('FINANCE'), await as('FINANCE')]
    const { id: poolId } = await created(admin, { recurrence: 'MONTHLY' })
    const edit = (id: string, input: object) =>
      change(author, 'changeAllocationPolicy(id: $id, input: $input)', {
        types: '($id: ID!, $input: AllocationPolicyInput!)',
        variables: { id, input: { effectiveFrom: '2026-05-01', method: 'EQUAL', ...input } },
        fields: 'policy { state method scope { key } }',
      })
    const { id } = (await draft(author, { poolId }))['policy'] as { id: string }
    expect(await edit(id, { method: 'REVENUE', scope: ['coding'] })).toEqual({
      policy: { state: 'DRAFT', method: 'REVENUE', scope: [{ key: 'coding' }] },
      userErrors: [],
    })
    expect(await edit(id, { scope: ['reserch'] })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['input', 'scope', '0'] }],
    })
    await move(author, 'propose', id)
    expect(await edit(id, {})).toMatchObject({ policy: null, userErrors: [{ code: 'POLICY_STATE', field: ['id'] }] })
    expect(await move(other, 'reject', id, { reason: ' ' })).toMatchObject({
      userErrors: [{ code: 'MISSING_FIELD', field: ['reason'] }],
    })
    expect(await move(other, 'reject', id, { reason: 'Support uses it as well' })).toMatchObject({
      policy: {
        state: 'REJECTED',
        history: [{}, {}, {}, { action: 'REJECTED', reason: 'Support uses it as well' }],
      },
    })
    const second = await proposed(author, { poolId })
    expect(await move(author, 'withdraw', second)).toMatchObject({ policy: { state: 'WITHDRAWN', version: 3 } })
    expect(await pools(admin, '(month: "2026-05-01")')).toMatchObject([{ policy: { version: 1 } }])
  })

  it('does not begin in a closed month', async () => {
    const { tenant, as, admin } = await world()
    const [author, other] = [await as('FINANCE'), await as('FINANCE')]
    const { id: poolId } = await created(admin, { recurrence: 'MONTHLY' })
    const id = await proposed(author, { poolId, effectiveFrom: '2026-03-01' })
    await closeMarch(tenant, 'CLOSED')
    expect((await move(other, 'approve', id)).userErrors).toEqual([
      {
        code: 'PERIOD_CLOSED',
        message: 'The month 2026-03 is closed; reopen it to change its shared costs.',
        field: ['id'],
      },
    ])
    const amount = { amount: '1', currency: 'GBP' }
    for (const { userErrors } of [
      await create(admin, { name: 'Late' }),
      await setAmount(admin, { poolId, fromMonth: '2026-03-01', amount }),
    ])
      expect(userErrors).toMatchObject([{ code: 'PERIOD_CLOSED' }])
    await closeMarch(tenant, 'SOFT_CLOSED')
    expect((await move(other, 'approve', id)).userErrors).toEqual([])
  })

  it('is due for review in the quarter after, by those only that split something now, and moves on when reviewed', async () => {
    const { tenant, admin } = await world()
    const monthly = { month: '2020-01-01', recurrence: 'MONTHLY' }
    const first = await created(admin, monthly)
    await created(admin, { ...monthly, name: 'Ended', lastMonth: '2020-06-01' })
    await created(admin, { name: 'One-off', month: '2020-01-01' })
    const second = await proposed(admin, { poolId: first.id, effectiveFrom: '2020-02-01' })
    await move(admin, 'approve', second, { overrideReason: 'Alone' })
    await test.owner.query(`UPDATE allocation_policy SET review_due_on = '2020-04-01' WHERE tenant_id = $1`, [
      tenant.id,
    ])
    const due = async () => {
      const { data } = await admin('{ costPools { name policies { version isReviewDue } } }')
      const all = (
        data as unknown as { costPools: { name: string; policies: { version: number; isReviewDue: boolean }[] }[] }
      ).costPools
      return all.flatMap(({ name, policies }) =>
        policies.filter(({ isReviewDue }) => isReviewDue).map(({ version }) => `${name} v${version}`),
      )
    }
    expect(await due()).toEqual(['Vector database v2'])
    const { policy, userErrors } = await move(admin, 'review', second, { note: 'Still right' })
    expect(userErrors).toEqual([])
    const { reviewDueOn } = policy as unknown as { reviewDueOn: string }
    const today = new Date().toISOString().slice(0, 10)
    expect(reviewDueOn > today).toBe(true)
    expect(policy).toMatchObject({ history: [{}, {}, {}, { action: 'REVIEWED', reason: 'Still right' }] })
    expect(await due()).toEqual([])
  })

  it('of pools that feed one another in a circle is refused, with the circle named', async () => {
    const { admin } = await world()
    const a = await created(admin, { name: 'A', recurrence: 'MONTHLY' })
    const b = await created(admin, { name: 'B', recurrence: 'MONTHLY', feeds: [{ poolId: a.id, share: '0.25' }] })
    expect((await draft(admin, { poolId: a.id, feeds: [{ poolId: b.id, share: '1' }] })).userErrors).toEqual([
      {
        code: 'POOL_CYCLE',
        message: 'The pools feed one another in a circle: A → B → A.',
        field: ['input', 'feeds'],
      },
    ])
    const { data } = await admin(`{ costPool(id: "${b.id}") { policy { feeds { pool { name } share } } } }`)
    expect(data).toEqual({ costPool: { policy: { feeds: [{ pool: { name: 'A' }, share: '0.25' }] } } })
  })
})

describe('an import of pools', () => {
  const importCsv = (asking: Asking, csv: string, dryRun?: boolean) =>
    change(asking, 'importCostPools(input: $input)', {
      types: '($input: ImportCostPoolsInput!)',
      variables: { input: { csv, ...(dryRun === undefined ? {} : { dryRun }) } },
      fields: 'created changed unchanged rows { line name outcome message }',
    })

  const CSV = [
    '\ufeffname,Category,month,amount,currency,recurrence,note',
    '"Vectors, EU",VECTOR_DATABASE,2026-03,100,GBP,MONTHLY,"two',
    'lines"',
    '"Vectors, EU",VECTOR_DATABASE,2026-05,120,GBP,,',
    '',
    'Credit,OTHER,2026-03,-7.50,GBP,,',
  ].join('\r\n')

  it('is tried, done, and done again without harm', async () => {
    const { admin } = await world()
    const row = (line: number, name: string, outcome: string) => ({ line, name, outcome, message: null })
    const done = {
      created: 2,
      changed: 1,
      unchanged: 0,
      rows: [row(3, 'Vectors, EU', 'CREATED'), row(4, 'Vectors, EU', 'CHANGED'), row(6, 'Credit', 'CREATED')],
      userErrors: [],
    }
    expect(await importCsv(admin, CSV, true)).toEqual(done)
    expect(await pools(admin)).toEqual([])
    expect(await importCsv(admin, CSV)).toEqual(done)
    const may = await pools(admin, '(month: "2026-05-01")')
    expect(may).toMatchObject([{ name: 'Vectors, EU', amount: { amount: '120.00' }, policy: { version: 1 } }])
    expect(await importCsv(admin, CSV)).toMatchObject({ created: 0, changed: 0, unchanged: 3, userErrors: [] })
    expect(await pools(admin, '(month: "2026-05-01")')).toEqual(may)
  })

  it('names what is wrong by line and column, and then keeps nothing', async () => {
    const { admin } = await world()
    const text = 'name,category,month,amount,currency\nGood,OTHER,2026-03,1,GBP\nBad,OTHER,2026-03,0.005,GBP\n'
    const message = '"0.005" GBP is not in whole minor units; GBP has 2 decimals.'
    expect(await importCsv(admin, text)).toEqual({
      created: 1,
      changed: 0,
      unchanged: 0,
      rows: [
        { line: 2, name: 'Good', outcome: 'CREATED', message: null },
        { line: 3, name: 'Bad', outcome: 'REFUSED', message },
      ],
      userErrors: [
        { code: 'INVALID_FIELD', message: `line 3, amount: ${message}`, field: ['input', 'csv', '3', 'amount'] },
      ],
    })
    expect(await pools(admin)).toEqual([])
    expect((await importCsv(admin, 'name,colour\nA,red')).userErrors).toMatchObject([
      { code: 'UNKNOWN_COLUMN', message: expect.stringContaining('There is no column "colour"') },
    ])
    expect((await importCsv(admin, 'name\n"A')).userErrors).toMatchObject([{ code: 'INVALID_CSV' }])
    expect((await importCsv(admin, '')).userErrors).toMatchObject([{ code: 'INVALID_CSV' }])
  })
})
