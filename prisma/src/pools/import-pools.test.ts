import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { readPoliciesOfPools } from '../sql/read-policies.ts'
import { readPoolAmounts, readPools, readPoolsOfMonth, readPoolTotals } from '../sql/read-pools.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { createPool } from './create-pool.ts'
import { importPools } from './import-pools.ts'
import { closeMonth, OWNER, policyInput, poolInput, poolWorld, type PoolWorld } from './pool-test-kit.ts'

let world: PoolWorld

beforeAll(async () => {
  world = await poolWorld()
}, 120_000)

afterAll(() => world.end())

/** Rows as they stand in a file without quotes. */
async function importText(tenantId: string, text: string, dryRun = false) {
  const [headings = '', ...lines] = text.trim().split('\n')
  const { rows, userErrors } = await importPools(world, tenantId, {
    headings: headings.split(','),
    rows: lines.map((line, at) => ({ line: at + 2, cells: line.split(',') })),
    dryRun,
    actor: OWNER,
  })
  return {
    outcomes: rows.map(({ line, name, outcome }) => `${line} ${name} ${outcome}`),
    errors: userErrors.map(({ code, message }) => `${code} ${message}`),
  }
}

async function everything(db: TenantSql): Promise<object> {
  const pools = await readPools(db, null)
  const ids = pools.map(({ id }) => id)
  return { pools, amounts: await readPoolAmounts(db, ids), policies: await readPoliciesOfPools(db, ids) }
}

const FILE = `
name,category,month,last_month,recurrence,amount,currency,method,basis,rate,scope,resource_provider,resource,capacity,note
Vectors,vector_database,2026-03,2026-12,monthly,100.00,GBP,USAGE,RESOURCE_USES,,,acme,vectors,1000,Contract 12
Vectors,VECTOR_DATABASE,2026-05,,,120,GBP,,,,,,,,
Gateway,ORCHESTRATION,2026-03-01,,,-7.50,GBP,OVERHEAD_RATE,,0.20,coding; research;,,,,Credit
Desk,OTHER,2026-03,,,3,GBP,,,,,,,,`

describe('an import of pools', () => {
  it('makes every pool of a file, with amounts that change and defaults where a cell is empty', async () => {
    const { tenantId, db, agents } = await world.tenant()
    expect(await importText(tenantId, FILE)).toEqual({
      outcomes: ['2 Vectors CREATED', '3 Vectors CHANGED', '4 Gateway CREATED', '5 Desk CREATED'],
      errors: [],
    })
    const march = await readPoolsOfMonth(db, '2026-03-01')
    expect(
      march.map(({ name, category, recurrence, lastMonth, amount, resourceName, capacity, policy }) => ({
        name,
        category,
        recurrence,
        lastMonth,
        amount: formatFixed18(amount),
        resourceName,
        capacity,
        policy: [policy?.method, policy?.basis, policy?.rate, policy?.scope, policy?.state],
      })),
    ).toEqual([
      {
        name: 'Desk',
        category: 'OTHER',
        recurrence: 'ONCE',
        lastMonth: '2026-03-01',
        amount: '3',
        resourceName: null,
        capacity: null,
        policy: ['USAGE', 'INVOCATIONS', null, [], 'APPROVED'],
      },
      {
        name: 'Gateway',
        category: 'ORCHESTRATION',
        recurrence: 'ONCE',
        lastMonth: '2026-03-01',
        amount: '-7.5',
        resourceName: null,
        capacity: null,
        policy: ['OVERHEAD_RATE', null, '0.2', [agents['coding'], agents['research']], 'APPROVED'],
      },
      {
        name: 'Vectors',
        category: 'VECTOR_DATABASE',
        recurrence: 'MONTHLY',
        lastMonth: '2026-12-01',
        amount: '100',
        resourceName: 'vectors',
        capacity: '1000.000000',
        policy: ['USAGE', 'RESOURCE_USES', null, [], 'APPROVED'],
      },
    ])
    const totals = await readPoolTotals(db, ['2026-04-01', '2026-05-01', '2027-01-01'])
    expect(totals.map(({ amount }) => formatFixed18(amount))).toEqual(['100', '120'])
  })

  it('is repeated without harm, in any order of the columns', async () => {
    const { tenantId, db } = await world.tenant()
    await importText(tenantId, FILE)
    const before = await everything(db)
    const backwards = FILE.trim()
      .split('\n')
      .map((line) => line.split(',').reverse().join(','))
      .join('\n')
    for (const text of [FILE, backwards]) {
      expect(await importText(tenantId, text)).toEqual({
        outcomes: ['2 Vectors UNCHANGED', '3 Vectors UNCHANGED', '4 Gateway UNCHANGED', '5 Desk UNCHANGED'],
        errors: [],
      })
    }
    expect(await everything(db)).toEqual(before)
  })

  it('that is tried says the same as the real one and keeps nothing', async () => {
    const { tenantId, db } = await world.tenant()
    const tried = await importText(tenantId, FILE, true)
    expect(await readPools(db, null)).toEqual([])
    expect(await importText(tenantId, FILE)).toEqual(tried)
  })

  it('names every wrong row by line and column, and then keeps nothing of the file', async () => {
    const { tenantId, db } = await world.tenant()
    await closeMonth(world.owner, tenantId, '2026-02-01')
    const { errors, outcomes } = await importText(
      tenantId,
      `name,category,month,amount,currency,method,basis,rate,scope,last_month,resource_provider,capacity
Good,OTHER,2026-03,1,GBP,,,,,,,
,OTHER,2026-03,1,GBP,,,,,,,
Category,DATABASE,2026-03,1,GBP,,,,,,,
Month,OTHER,March,1,GBP,,,,,,,
Day,OTHER,2026-03-02,1,GBP,,,,,,,
Amount,OTHER,2026-03,"1.000",GBP,,,,,,,
Penny,OTHER,2026-03,0.005,GBP,,,,,,,
Currency,OTHER,2026-03,1,GBp,,,,,,,
Method,OTHER,2026-03,1,GBP,FAIR,,,,,,
Basis,OTHER,2026-03,1,GBP,EQUAL,TOKENS,,,,,
Rate,OTHER,2026-03,1,GBP,OVERHEAD_RATE,,,,,,
Scope,OTHER,2026-03,1,GBP,,,,coding;reserch,,,
Last,OTHER,2026-03,1,GBP,,,,,2026-04,,
Resource,OTHER,2026-03,1,GBP,,,,,,acme,
Capacity,OTHER,2026-03,1,GBP,EQUAL,,,,,,5
Closed,OTHER,2026-02,1,GBP,,,,,,,
Good,OTHER,2026-03,2,GBP,,,,,,,
Short,OTHER`,
    )
    expect(errors).toEqual([
      'MISSING_FIELD line 3, name: The column name is empty.',
      'INVALID_FIELD line 4, category: "DATABASE" is none of VECTOR_DATABASE, EMBEDDING, TOOL_SUBSCRIPTION, ORCHESTRATION, MONITORING, OTHER.',
      'INVALID_DATE line 5, month: "March" is not the first day of a month such as 2026-03-01.',
      'INVALID_DATE line 6, month: "2026-03-02" is not the first day of a month such as 2026-03-01.',
      'INVALID_DECIMAL line 7, amount: "\\"1.000\\"" is not a decimal amount; write it like 12.34.',
      'INVALID_FIELD line 8, amount: "0.005" GBP is not in whole minor units; GBP has 2 decimals.',
      'UNKNOWN_CURRENCY line 9, currency: "GBp" is not an ISO 4217 currency code such as GBP.',
      'INVALID_FIELD line 10, method: "FAIR" is none of EQUAL, USAGE, REVENUE, OVERHEAD_RATE.',
      'INVALID_FIELD line 11, basis: The method EQUAL has no basis; only USAGE has.',
      'INVALID_FIELD line 12, rate: OVERHEAD_RATE needs a rate such as 0.20.',
      'NOT_FOUND line 13, scope: There is no agent "reserch"; an agent is there from its first event on.',
      'INVALID_FIELD line 14, last_month: A one-off pool is of one month; make it MONTHLY to go on.',
      'MISSING_FIELD line 15, resource: A resource_provider needs the resource beside it.',
      'INVALID_FIELD line 16, capacity: A capacity is compared with usage; the method EQUAL has none.',
      'PERIOD_CLOSED line 17, month: The month 2026-02 is closed; reopen it to change its shared costs.',
      'CONFLICT line 18, name: Line 2 says the amount of this pool and month already.',
      'COLUMN_COUNT line 19: The row has 2 columns, the headings 12.',
    ])
    expect(outcomes[0]).toBe('2 Good CREATED')
    expect(outcomes.slice(1).every((outcome) => outcome.endsWith(' REFUSED'))).toBe(true)
    expect(await readPools(db, null)).toEqual([])
  })

  it.each([
    ['name,category,month,amount,curency', 'UNKNOWN_COLUMN There is no column "curency"; there is name, '],
    ['name,category,month,amount', 'MISSING_COLUMN The file has no column currency; it needs '],
    ['name,category,month,amount,currency,Name', 'DUPLICATE_COLUMN The column name is there twice.'],
  ])('refuses the headings %s', async (headings, expected) => {
    const { tenantId } = await world.tenant()
    const { errors } = await importText(tenantId, `${headings}\nA,OTHER,2026-03,1,GBP,x`)
    expect(errors).toEqual([expect.stringContaining(expected)])
  })

  it('refuses a file of more rows than are done under one lock', async () => {
    const { tenantId } = await world.tenant()
    const rows = Array.from({ length: 1_001 }, (_, n) => `P${n},OTHER,2026-03,1,GBP`)
    const { errors } = await importText(tenantId, `name,category,month,amount,currency\n${rows.join('\n')}`)
    expect(errors).toEqual(['TOO_MANY_ITEMS The file has 1001 rows; the most is 1000.'])
  })

  it('changes amount and end of a pool that is there, and turns none into another', async () => {
    const { tenantId, db } = await world.tenant()
    const input = poolInput({
      name: 'Vectors',
      capacity: '10',
      policy: policyInput({ scope: ['coding'] }),
    })
    await createPool(world, tenantId, { input, actor: OWNER })
    const columns = 'name,category,month,amount,currency,recurrence,last_month,capacity,method,basis,scope,resource'
    const row = (text: string) => importText(tenantId, `${columns}\nVectors,${text}`)
    const before = await everything(db)
    for (const [text, column] of [
      ['OTHER,2026-04,90,GBP,,,,,,,', 'category'],
      ['VECTOR_DATABASE,2026-04,90,USD,,,,,,,', 'currency'],
      ['VECTOR_DATABASE,2026-04,90,GBP,ONCE,,,,,,', 'recurrence'],
      ['VECTOR_DATABASE,2026-04,90,GBP,,,11,,,,', 'capacity'],
      ['VECTOR_DATABASE,2026-04,90,GBP,,,,EQUAL,,,', 'method'],
      ['VECTOR_DATABASE,2026-04,90,GBP,,,,,TOKENS,,', 'basis'],
      ['VECTOR_DATABASE,2026-04,90,GBP,,,,,,coding;research,', 'scope'],
      ['VECTOR_DATABASE,2026-04,90,GBP,,,,,,,vectors', 'resource'],
      // Its months would meet those of the pool that is there.
      ['VECTOR_DATABASE,2026-02,90,GBP,MONTHLY,,,,,,', 'name'],
    ] as const)
      expect((await row(text)).errors).toEqual([
        expect.stringContaining(`CONFLICT line 2, ${column}: The pool "Vectors" `),
      ])
    expect(await everything(db)).toEqual(before)
    const same = 'VECTOR_DATABASE,2026-04,100,GBP,MONTHLY,,10.0,USAGE,INVOCATIONS,coding;coding,'
    expect((await row(same)).outcomes).toEqual(['2 Vectors UNCHANGED'])
    expect(await everything(db)).toEqual(before)
    expect(await row('VECTOR_DATABASE,2026-04,90,GBP,MONTHLY,2026-06,,,,,')).toEqual({
      outcomes: ['2 Vectors CHANGED'],
      errors: [],
    })
    const totals = await readPoolTotals(db, ['2026-03-01', '2026-04-01', '2026-06-01', '2026-07-01'])
    expect(totals.map(({ amount }) => formatFixed18(amount))).toEqual(['100', '90', '90'])
  })

  it('leaves one of each when the same file is imported by many at once', async () => {
    const { tenantId, db } = await world.tenant()
    const answers = await Promise.all(Array.from({ length: 5 }, () => importText(tenantId, FILE)))
    expect(answers.flatMap(({ errors }) => errors)).toEqual([])
    expect(answers.filter(({ outcomes }) => outcomes[0]?.endsWith('CREATED'))).toHaveLength(1)
    expect(await readPools(db, null)).toHaveLength(3)
  })
})
