import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import { readPoliciesByIds, readPoliciesOfPools, readPolicyEvents, type PolicyRecord } from '../sql/read-policies.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { approvePolicy, proposePolicy } from './approve-policy.ts'
import { createPool } from './create-pool.ts'
import { changePolicy, draftPolicy, type DraftInput } from './draft-policy.ts'
import { endPool } from './end-pool.ts'
import { rejectPolicy, withdrawPolicy } from './end-policy.ts'
import type { PoolInput } from './parse-pool.ts'
import { closeMonth, OWNER, person, policyInput, poolInput, poolWorld, type PoolWorld } from './pool-test-kit.ts'
import type { Actor, Written } from './pool-writer.ts'
import { reviewPolicy } from './review-policy.ts'

const ANA = person('ana@example.test')
const BEN = person('ben@example.test')
const KEY = person('API key Nightly', { isPerson: false, mayOverride: true })

let world: PoolWorld

beforeAll(async () => {
  world = await poolWorld()
}, 120_000)

afterAll(() => world.end())

/** A tenant with one pool from March on, and what one does to its policies. */
async function story(fields: Partial<PoolInput> = {}, { actor = OWNER }: { actor?: Actor } = {}) {
  const { tenantId, db, agents } = await world.tenant()
  const pool = async (more: Partial<PoolInput> = {}): Promise<string> => {
    const { done, userErrors } = await createPool(world, tenantId, { input: poolInput({ ...fields, ...more }), actor })
    expect(userErrors).toEqual([])
    return done?.poolId ?? ''
  }
  const poolId = await pool()
  const draft = (by: Actor, input: Partial<DraftInput> = {}, of = poolId) =>
    draftPolicy(world, tenantId, {
      poolId: of,
      input: { ...policyInput(), effectiveFrom: '2026-05-01', ...input },
      actor: by,
    })
  const propose = (policyId: string, by: Actor) => proposePolicy(world, tenantId, { policyId, actor: by })
  const approve = (policyId: string, by: Actor, overrideReason: string | null = null) =>
    approvePolicy(world, tenantId, { policyId, overrideReason, actor: by })
  return {
    tenantId,
    db,
    agents,
    poolId,
    pool,
    draft,
    propose,
    approve,
    change: (policyId: string, by: Actor, input: Partial<DraftInput> = {}) =>
      changePolicy(world, tenantId, {
        policyId,
        input: { ...policyInput(), effectiveFrom: '2026-05-01', ...input },
        actor: by,
      }),
    reject: (policyId: string, by: Actor, reason: string) =>
      rejectPolicy(world, tenantId, { policyId, reason, actor: by }),
    withdraw: (policyId: string, by: Actor) => withdrawPolicy(world, tenantId, { policyId, actor: by }),
    review: (policyId: string, by: Actor, note: string | null = null) =>
      reviewPolicy(world, tenantId, { policyId, note, actor: by }),
    /** A version that waits for approval. */
    proposed: async (by: Actor, input: Partial<DraftInput> = {}, of = poolId): Promise<string> => {
      const policyId = idOf(await draft(by, input, of))
      idOf(await propose(policyId, by))
      return policyId
    },
    inForce: async (month: string) => policyInForce(await readPoliciesOfPools(db, [poolId]), month)?.version ?? null,
  }
}

function idOf({ done, userErrors }: Written<{ policyId: string }>): string {
  expect(userErrors).toEqual([])
  return done?.policyId ?? ''
}

function code<T>({ userErrors }: Written<T>): string[] {
  return userErrors.map((error) => `${error.code} ${(error.field ?? []).join('.')}: ${error.message}`)
}

async function read(db: TenantSql, policyId: string): Promise<PolicyRecord | undefined> {
  return (await readPoliciesByIds(db, [policyId]))[0]
}

async function history(db: TenantSql, policyId: string): Promise<string[]> {
  const events = await readPolicyEvents(db, [policyId])
  return events.map(({ action, actedBy, reason }) =>
    [action, actedBy, ...(reason === null ? [] : [reason])].join(' | '),
  )
}

describe('a policy', () => {
  it('counts from its month on when a person who did not write it has approved it', async () => {
    const { db, agents, draft, propose, approve, inForce } = await story()
    const content = {
      method: 'OVERHEAD_RATE',
      basis: null,
      rate: '0.20',
      scope: ['coding', 'research', 'coding'],
      fallback: ['PRIOR_PERIOD'],
      idle: 'SHARED',
      multipliers: [{ agent: 'coding', multiplier: '1.50' }],
      exemptions: [{ agent: 'support', from: '2026-05-01', to: '2026-07-01', reason: 'In training' }],
      note: 'As agreed in March',
    } as const
    const policyId = idOf(await draft(ANA, content))
    expect(await inForce('2026-05-01')).toBe(1)
    idOf(await propose(policyId, ANA))
    expect(await inForce('2026-05-01')).toBe(1)
    expect(code(await approve(policyId, ANA))).toEqual([
      'FOUR_EYES input.id: Version 2 was written by ana@example.test; a person who wrote none of it approves it.',
    ])
    idOf(await approve(policyId, { ...BEN, today: '2026-06-30' }))
    expect([await inForce('2026-04-01'), await inForce('2026-05-01')]).toEqual([1, 2])
    expect(await read(db, policyId)).toMatchObject({
      version: 2,
      state: 'APPROVED',
      method: 'OVERHEAD_RATE',
      basis: null,
      rate: '0.2',
      scope: [agents['coding'], agents['research']],
      fallback: ['PRIOR_PERIOD', 'HOLD'],
      idle: 'SHARED',
      multipliers: [{ agentId: agents['coding'], multiplier: '1.5' }],
      exemptions: [{ agentId: agents['support'], from: '2026-05-01', to: '2026-07-01', reason: 'In training' }],
      feeds: [],
      note: 'As agreed in March',
      reviewDueOn: '2026-07-01',
      approvedBy: 'ben@example.test',
      overrideReason: null,
    })
    expect(await history(db, policyId)).toEqual([
      'CREATED | ana@example.test',
      'PROPOSED | ana@example.test',
      'APPROVED | ben@example.test',
    ])
  })

  it('of a pool that is declared without the right to override waits for another person', async () => {
    const { db, poolId, approve, inForce } = await story({}, { actor: ANA })
    const [first] = await readPoliciesOfPools(db, [poolId])
    expect([first?.state, await inForce('2026-03-01')]).toEqual(['PROPOSED', null])
    const id = first?.id ?? ''
    expect(code(await approve(id, ANA))).toEqual([expect.stringMatching(/^FOUR_EYES /)])
    idOf(await approve(id, BEN))
    expect(await inForce('2026-03-01')).toBe(1)
  })

  it('is not approved by whoever changed it, though another began it', async () => {
    const { draft, change, propose, approve } = await story()
    const policyId = idOf(await draft(ANA))
    idOf(await change(policyId, BEN, { method: 'EQUAL', basis: null }))
    idOf(await propose(policyId, ANA))
    expect(code(await approve(policyId, BEN))).toEqual([expect.stringMatching(/^FOUR_EYES /)])
    idOf(await approve(policyId, person('cem@example.test')))
  })

  it('is approved alone by an owner, or by a key, only with a reason that stays beside it', async () => {
    for (const alone of [OWNER, KEY]) {
      const { db, proposed, approve } = await story()
      const policyId = await proposed(alone)
      expect(code(await approve(policyId, alone, ' '))).toEqual([
        expect.stringMatching(/^MISSING_FIELD input\.overrideReason: /),
      ])
      idOf(await approve(policyId, alone, ' Nobody else is here '))
      expect(await read(db, policyId)).toMatchObject({ overrideReason: 'Nobody else is here', approvedBy: alone.by })
      expect((await history(db, policyId)).at(-1)).toBe(`OVERRIDDEN | ${alone.by} | Nobody else is here`)
    }
  })

  it('of a person is not seen by a key as by a second person', async () => {
    const { proposed, approve } = await story()
    const policyId = await proposed(ANA)
    expect(code(await approve(policyId, { ...KEY, mayOverride: false }))).toEqual([
      expect.stringMatching(/^FOUR_EYES /),
    ])
    expect(code(await approve(policyId, KEY))).toEqual([expect.stringMatching(/^MISSING_FIELD /)])
  })

  it('of another person needs no reason from an owner', async () => {
    const { db, proposed, approve } = await story()
    const policyId = await proposed(ANA)
    idOf(await approve(policyId, OWNER, 'Said anyway'))
    expect(await read(db, policyId)).toMatchObject({ overrideReason: null, approvedBy: OWNER.by })
  })

  it('is changed as a draft only, proposed as a draft only, and ends where it ends', async () => {
    const { db, draft, change, propose, approve, reject, withdraw, review, proposed } = await story()
    const policyId = idOf(await draft(ANA))
    expect(code(await approve(policyId, BEN))).toEqual([
      'POLICY_STATE input.id: Version 2 of the policy of "Vector database" is DRAFT; only one that is PROPOSED can be approved.',
    ])
    expect(code(await reject(policyId, BEN, 'x'))).toEqual([
      expect.stringMatching(/^POLICY_STATE .*can be rejected\.$/),
    ])
    idOf(await change(policyId, ANA, { scope: ['coding'], effectiveFrom: '2026-06-01' }))
    expect(await read(db, policyId)).toMatchObject({ version: 2, effectiveFrom: '2026-06-01', state: 'DRAFT' })
    idOf(await propose(policyId, ANA))
    for (const answer of [await change(policyId, ANA), await propose(policyId, ANA)])
      expect(code(answer)).toEqual([expect.stringMatching(/^POLICY_STATE .* is PROPOSED; only one that is DRAFT /)])
    expect(code(await reject(policyId, BEN, ' '))).toEqual([expect.stringMatching(/^MISSING_FIELD input\.reason: /)])
    idOf(await reject(policyId, BEN, 'Support uses it as well'))
    const second = await proposed(ANA)
    idOf(await withdraw(second, ANA))
    for (const ended of [policyId, second])
      for (const answer of [
        await change(ended, ANA),
        await propose(ended, ANA),
        await approve(ended, BEN),
        await reject(ended, BEN, 'x'),
        await withdraw(ended, ANA),
        await review(ended, ANA),
      ])
        expect(code(answer)).toEqual([expect.stringMatching(/^POLICY_STATE /)])
    expect(await history(db, policyId)).toEqual([
      'CREATED | ana@example.test',
      'CHANGED | ana@example.test',
      'PROPOSED | ana@example.test',
      'REJECTED | ben@example.test | Support uses it as well',
    ])
  })

  it('is approved once by many who approve it at once', async () => {
    const { db, proposed, approve } = await story()
    for (let round = 0; round < 5; round += 1) {
      const policyId = await proposed(ANA)
      const people = Array.from({ length: 5 }, (_, index) => person(`p${index}@example.test`))
      const answers = await Promise.all(people.map((by) => approve(policyId, by)))
      expect(answers.filter(({ done }) => done !== null)).toHaveLength(1)
      expect((await history(db, policyId)).filter((event) => event.startsWith('APPROVED'))).toHaveLength(1)
    }
  })

  it('gets a version of its own from each of many who draft at once', async () => {
    const { db, poolId, draft } = await story()
    const answers = await Promise.all([ANA, BEN, OWNER, ANA, BEN, OWNER].map((by) => draft(by)))
    answers.forEach(idOf)
    const versions = await readPoliciesOfPools(db, [poolId])
    expect(versions.map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1])
  })

  it('does not begin in a closed month, nor reach one; where a later version keeps it from one it may', async () => {
    const { tenantId, proposed, approve, inForce } = await story()
    const [april, may] = [
      await proposed(ANA, { effectiveFrom: '2026-04-01' }),
      await proposed(ANA, { effectiveFrom: '2026-05-01' }),
    ]
    await closeMonth(world.owner, tenantId, '2026-05-01')
    const closed = 'PERIOD_CLOSED input.id: The month 2026-05 is closed; reopen it to change its shared costs.'
    expect(code(await approve(may, BEN))).toEqual([closed])
    expect(code(await approve(april, BEN))).toEqual([closed])
    expect([await inForce('2026-04-01'), await inForce('2026-05-01')]).toEqual([1, 1])
    await world.owner.query(`UPDATE period SET state = 'OPEN' WHERE tenant_id = $1`, [tenantId])
    idOf(await approve(may, BEN))
    await world.owner.query(`UPDATE period SET state = 'CLOSED' WHERE tenant_id = $1`, [tenantId])
    idOf(await approve(april, BEN))
    expect([await inForce('2026-04-01'), await inForce('2026-05-01')]).toEqual([2, 3])
  })

  it('is due again in the quarter after it was reviewed, and says who looked', async () => {
    const { db, poolId, review } = await story()
    const [first] = await readPoliciesOfPools(db, [poolId])
    expect(first?.reviewDueOn).toBe('2026-07-01')
    idOf(await review(first?.id ?? '', { ...ANA, today: '2026-11-30' }, 'Still right'))
    expect((await readPoliciesOfPools(db, [poolId]))[0]?.reviewDueOn).toBe('2027-01-01')
    expect((await history(db, first?.id ?? '')).at(-1)).toBe('REVIEWED | ana@example.test | Still right')
  })

  it('is refused outside the months of its pool, for what it says, and where there is none', async () => {
    const { draft, change, propose, approve, reject, withdraw, review } = await story({ lastMonth: '2026-06-01' })
    const nobody = uuidv7()
    const answers = [
      await draft(ANA, { effectiveFrom: '2026-02-01' }),
      await draft(ANA, { effectiveFrom: '2026-07-01' }),
      await draft(ANA, { effectiveFrom: '2026-05-02' }),
      await draft(ANA, { method: 'OVERHEAD_RATE', basis: null }),
      await draft(ANA, { multipliers: [{ agent: 'coding', multiplier: '-1' }] }),
      await draft(ANA, { scope: ['reserch'] }),
      await draft(ANA, { note: 'x'.repeat(1_001) }),
      await draft(ANA, {}, nobody),
      await change(nobody, ANA),
      await propose(nobody, ANA),
      await approve(nobody, ANA),
      await reject(nobody, ANA, 'x'),
      await withdraw(nobody, ANA),
      await review(nobody, ANA),
    ]
    expect(answers.flatMap(code).map((text) => text.split(': ')[0])).toEqual([
      ...Array.from({ length: 3 }, () => 'INVALID_DATE input.effectiveFrom'),
      'INVALID_FIELD input.rate',
      'NEGATIVE_DECIMAL input.multipliers',
      'NOT_FOUND input.scope.0',
      'INVALID_FIELD input.note',
      'NOT_FOUND input.poolId',
      ...Array.from({ length: 6 }, () => 'NOT_FOUND input.id'),
    ])
  })
})

describe('pools that feed pools', () => {
  it('are refused where they feed one another in a circle, with the circle named', async () => {
    const { pool, poolId, draft, proposed, approve } = await story({ name: 'A' })
    const [b, c] = [await pool({ name: 'B' }), await pool({ name: 'C' })]
    const feed = (to: string) => ({ feeds: [{ poolId: to, share: '0.5' }] })
    idOf(await approve(await proposed(ANA, feed(b)), BEN))
    idOf(await approve(await proposed(ANA, feed(c), b), BEN))
    const circle = 'POOL_CYCLE input.feeds: The pools feed one another in a circle: A → B → C → A.'
    expect(code(await draft(ANA, feed(poolId), c))).toEqual([circle])
    // Before B feeds anything there is no circle, but the version would still be there when it does.
    expect(code(await draft(ANA, { ...feed(poolId), effectiveFrom: '2026-03-01' }, c))).toEqual([circle])
  })

  it('may each be proposed while neither counts, and then only one of them is approved', async () => {
    const { pool, poolId, proposed, approve } = await story({ name: 'A' })
    const b = await pool({ name: 'B' })
    const [there, back] = [
      await proposed(ANA, { feeds: [{ poolId: b, share: '1' }] }),
      await proposed(ANA, { feeds: [{ poolId, share: '1' }] }, b),
    ]
    const answers = await Promise.all([approve(there, BEN), approve(back, BEN)])
    expect(answers.flatMap(code)).toEqual([expect.stringMatching(/^POOL_CYCLE .*: A → B → A\.$/)])
  })

  it('are checked by the month: what ended before feeds nobody, unless it is made to last', async () => {
    const { tenantId, pool, poolId, proposed, approve } = await story({ name: 'A', lastMonth: '2026-06-01' })
    const b = await pool({ name: 'B', lastMonth: null })
    idOf(await approve(await proposed(ANA, { feeds: [{ poolId: b, share: '1' }] }), BEN))
    const back = await proposed(ANA, { feeds: [{ poolId, share: '1' }], effectiveFrom: '2026-07-01' }, b)
    idOf(await approve(back, BEN))
    const answer = await endPool(world, tenantId, { input: { poolId, lastMonth: '2026-07-01' }, actor: ANA })
    expect(code(answer)).toEqual([expect.stringMatching(/^POOL_CYCLE .*: A → B → A\.$/)])
  })
})
