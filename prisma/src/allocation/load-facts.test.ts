import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AllocationFacts } from '@outlay/domain/allocation/facts'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { randomFrom } from '../demo/random.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { addedTime, groupSum, isOfMonth, isOwn, placeOf, readEvents, type OracleEvent } from './facts-oracle.ts'
import { loadFacts } from './load-facts.ts'
import { OCTOBER, openAllocationWorld, type AllocationTenant, type AllocationWorld } from './test-world.ts'

let world: AllocationWorld
beforeAll(async () => {
  world = await openAllocationWorld()
}, 120_000)
afterAll(() => world.close())

const METERS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'requests', 'seconds', 'images', 'characters']

const POOL = '00000000-0000-7000-8000-000000000001'
const ANY_PROVIDER = '00000000-0000-7000-8000-000000000002'

/** Events around a month: all ways to be billed, tags missing, overlapping in time, of two months, over and under six lines. */
function history(seed: string, count: number): { id: string }[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, (_, n) => {
    const trace = random.below(30)
    const hasTrace = random.below(8) !== 0
    const kind = random.pick(['MODEL', 'TOOL', 'RETRIEVAL', 'AGENT'])
    // From a day before the local month begins to a day after it ends; a trace lasts ten minutes.
    const minutes = Math.floor((trace / 30) * 33 * 1440) + random.below(10)
    const at = Date.UTC(2026, 8, 30) + minutes * 60_000 + random.below(60_000)
    const meters = METERS
    const usage = meters
      .filter(() => random.below(3) !== 0)
      .map((meter) => ({ meter, quantity: String(random.below(500)) }))
    const isShared = random.below(6) === 0
    return {
      id: `${seed}-${n}`,
      kind,
      provider: random.pick(['acme', 'other']),
      resource: random.pick(['small-1', 'index']),
      occurredAt: new Date(at).toISOString(),
      usage,
      ...(random.below(2) === 0 ? { endedAt: new Date(at + random.below(400_000)).toISOString() } : {}),
      ...(random.below(10) === 0 ? {} : { agent: `agent-${random.below(4)}` }),
      ...(random.below(5) === 0 ? {} : { task: `task-${random.below(3) === 0 ? random.below(12) : trace % 12}` }),
      ...(random.below(4) === 0 ? {} : { client: `client-${random.below(3)}`, project: `project-${random.below(3)}` }),
      ...(hasTrace ? { trace: `trace-${trace}`, span: `span-${n}` } : {}),
      ...(hasTrace && n > 0 && random.below(2) === 0 ? { parentSpan: `span-${random.below(n)}` } : {}),
      ...(isShared && hasTrace ? { sharedKey: `key-${random.below(2)}` } : {}),
    }
  })
}

async function factsOf(tenant: AllocationTenant, timeZone: string, snapshot: string): Promise<AllocationFacts> {
  return tenantTransaction(world.pool, tenant.id, (client) =>
    loadFacts(client, {
      ...{
        tenantId: tenant.id,
        month: OCTOBER,
        snapshot,
        timeZone,
        currency: 'GBP',
        needsCompute: true,
        needsRevenue: true,
      },
      pools: [
        { poolId: POOL, resource: { provider: 'acme', name: 'index' }, agentIds: [] },
        { poolId: ANY_PROVIDER, resource: { provider: null, name: 'index' }, agentIds: [] },
      ],
    }),
  )
}

describe.each([
  ['Europe/London', 'a'],
  ['America/St_Johns', 'b'],
  ['Australia/Lord_Howe', 'c'],
])('the facts of a month in %s', (timeZone, seed) => {
  let tenant: AllocationTenant
  let facts: AllocationFacts
  let seen: OracleEvent[]
  let all: OracleEvent[]

  beforeAll(async () => {
    tenant = await world.tenant({ timeZone })
    await publishPrices(tenant)
    const items = history(seed, 1_500)
    // A parent that closes a circle is refused; the rest is what is tested.
    for (let at = 0; at < 1_200; at += 100) await recordLoosely(tenant, items.slice(at, at + 100))
    for (const n of [3, 50, 51, 52, 400, 777]) await tenant.void(`${seed}-${n}`).catch(() => {})
    for (let n = 0; n < 12; n += 1) {
      const completedAt =
        n % 4 === 3 ? '2026-09-30T02:00:00Z' : `2026-10-${String(2 + n * 2).padStart(2, '0')}T10:00:00Z`
      await tenant.task({
        key: `task-${n}`,
        client: `client-${n % 3}`,
        ...(n % 5 === 0 ? {} : { completedAt }),
        billed: { amount: `${n}.5`, currency: n % 6 === 5 ? 'EUR' : 'GBP' },
      })
    }
    const { rows } = await world.owner.query<{ now: string }>('SELECT clock_timestamp()::text AS now')
    const snapshot = rows[0]?.now ?? ''
    const before = await factsOf(tenant, timeZone, snapshot)
    // Leaves only: they count for themselves, and change nothing of what was there.
    const late = items
      .slice(1_200)
      .map((item) => ({ ...item, kind: 'MODEL', parentSpan: undefined, span: `late-${item.id}` }))
    await recordLoosely(tenant, late)
    facts = await factsOf(tenant, timeZone, snapshot)
    expect(sortedFacts(facts)).toEqual(sortedFacts(before))
    const events = await readEvents(world.owner, tenant.id, snapshot)
    expect(events.filter(({ isSeen }) => !isSeen).length).toBeGreaterThan(100)
    all = events.filter(({ isSeen }) => isSeen)
    seen = all.filter((event) => isOfMonth(event, OCTOBER, timeZone))
    expect(new Set(all.map(({ billing }) => billing))).toEqual(
      new Set(['DIRECT', 'WRAPPER', 'CLAIMED', 'SHARED', 'REPORT', 'VOID']),
    )
  }, 120_000)

  it('are what its events come to one by one', () => {
    const own = seen.filter(isOwn)
    const places = facts.usage.map((row) => ({
      ...row,
      key: `${row.agentId} ${row.taskId} ${row.clientId} ${row.projectId}`,
    }))
    expect(
      groupSum(
        places,
        ({ key }) => key,
        ({ invocations }) => invocations,
      ),
    ).toEqual(groupSum(own, placeOf, () => 1n))
    expect(
      groupSum(
        places,
        ({ key }) => key,
        ({ tokens }) => tokens,
      ),
    ).toEqual(groupSum(own, placeOf, ({ tokens }) => BigInt(tokens) * 1_000_000n))
    expect(
      groupSum(
        places,
        ({ key }) => key,
        ({ direct }) => direct,
      ),
    ).toEqual(groupSum(own, placeOf, ({ cost }) => cost))
  })

  it('count an instant of an agent in a trace once, in one place', () => {
    const own = seen.filter(isOwn)
    const added = addedTime(own)
    const expected = groupSum(own, placeOf, ({ id }) => BigInt(Math.round(added.get(id) ?? 0)))
    const places = facts.usage.map((row) => ({
      ...row,
      key: `${row.agentId} ${row.taskId} ${row.clientId} ${row.projectId}`,
    }))
    expect(
      groupSum(
        places,
        ({ key }) => key,
        ({ computeMicros }) => computeMicros,
      ),
    ).toEqual(expected)
    const scattered = new Set(own.map(({ agent, trace }) => `${agent} ${trace}`)).size
    expect(new Set(own.map((event) => `${event.trace} ${placeOf(event)}`)).size).toBeGreaterThan(scattered)
  })

  it('recognise what tasks of the month were billed, over all who worked on them in any month', async () => {
    const { rows } = await world.owner.query<{ id: string; billed: string }>(
      `SELECT id, billed_amount::text AS billed FROM task WHERE tenant_id = $1 AND completed_on >= '2026-10-01' AND completed_on < '2026-11-01'
         AND billed_currency = 'GBP'`,
      [tenant.id],
    )
    expect(facts.revenue.length).toBeGreaterThan(3)
    const revenue = Object.fromEntries(
      facts.revenue.map(({ taskId, agents }) => [
        taskId,
        groupSum(
          agents,
          (agent) => agent.agentId,
          (agent) => agent.direct,
        ),
      ]),
    )
    const ofTask = (task: string) => all.filter((event) => isOwn(event) && event.task === task)
    expect(revenue).toEqual(
      Object.fromEntries(
        rows.map(({ id }) => [
          id,
          groupSum(
            ofTask(id),
            ({ agent }) => agent ?? '',
            ({ cost }) => cost,
          ),
        ]),
      ),
    )
    const outside = facts.revenue.some(({ taskId }) =>
      ofTask(taskId).some((event) => !isOfMonth(event, OCTOBER, timeZone)),
    )
    expect(outside).toBe(true)
  })

  it('name who touched a shared resource in which chain, reports included', () => {
    const chainOf = ({ task, trace, id }: OracleEvent) => task ?? (trace === null ? `event:${id}` : `trace:${trace}`)
    const touches = seen.filter(({ billing, agent }) => agent !== null && !['VOID', 'CLAIMED'].includes(billing))
    for (const [poolId, isOfPool] of [
      [POOL, (event: OracleEvent) => event.resource === 'acme/index'],
      [ANY_PROVIDER, (event: OracleEvent) => event.resource.endsWith('/index')],
    ] as const) {
      const tokens = groupSum(
        seen.filter(isOwn),
        (event) => `${chainOf(event)} ${event.agent}`,
        (event) => BigInt(event.tokens) * 1_000_000n,
      )
      const expected = Object.fromEntries(
        touches.filter(isOfPool).map((event) => {
          const key = `${chainOf(event)} ${event.agent}`
          return [key, tokens[key] ?? 0n]
        }),
      )
      const uses = facts.resourceUses.get(poolId) ?? []
      expect(uses).toHaveLength(Object.keys(expected).length)
      expect(Object.fromEntries(uses.map((use) => [`${use.chain} ${use.agentId}`, use.tokens]))).toEqual(expected)
      for (const { taskId, clientId } of uses) {
        const client = all.find(({ task }) => task === taskId)?.taskClient
        if (taskId !== NIL_UUID && client != null) expect(clientId).toBe(client)
      }
    }
  })

  it('have a key for everybody they name', () => {
    for (const { agentId, taskId } of facts.usage) {
      expect(facts.agentKeys.get(agentId)).toMatch(/^agent-/)
      if (taskId !== NIL_UUID) expect(facts.taskKeys.get(taskId)).toMatch(/^task-/)
    }
  })
})

/** All but what `other` sells as `index`, which stays without a price. */
async function publishPrices(tenant: AllocationTenant): Promise<void> {
  const rates = [
    ['acme', 'small-1'],
    ['acme', 'index'],
    ['other', 'small-1'],
  ].flatMap(([provider = '', resource = '']) =>
    METERS.map((meter, n) => ({
      ...{ provider, resource, meter, per: '1000', effectiveFrom: '2020-01-01T00:00:00Z' },
      price: { amount: `0.${n + 1}25`, currency: 'GBP' },
    })),
  )
  const { userErrors } = await publishRates({ pool: world.pool }, tenant.id, rates)
  expect(userErrors).toEqual([])
}

async function recordLoosely(tenant: AllocationTenant, items: object[]): Promise<void> {
  await tenant.record(...items).catch((error: Error) => {
    if (!error.message.includes('CYCLE')) throw error
  })
}

function sortedFacts(facts: AllocationFacts): unknown {
  const text = (row: object) =>
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
  return {
    usage: facts.usage.map(text).sort(),
    revenue: facts.revenue.map((task) => text({ ...task, agents: task.agents.map(text).sort() })).sort(),
    uses: [...facts.resourceUses].map(([pool, uses]) => [pool, uses.map(text).sort()]),
  }
}
