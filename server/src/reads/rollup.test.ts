import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'

type Dimension = 'AGENT' | 'CLIENT' | 'PROJECT' | 'TASK' | 'PROVIDER' | 'RESOURCE' | 'KIND'

const DIMENSIONS: Dimension[] = ['AGENT', 'CLIENT', 'PROJECT', 'TASK', 'PROVIDER', 'RESOURCE', 'KIND']

interface Row {
  keys: { dimension: Dimension; key: string | null; label: string }[]
  cost: {
    direct: { amount: string }
    chainShared: { amount: string }
    invocations: string
    tokens: string
    unpricedInvocations: string
  }
  series?: { start: string; cost: { total: { amount: string }; invocations: string } }[]
}

interface Rollup {
  rows: Row[]
  other: Row | null
  total: Row['cost']
}

let test: TestServer
let tenant: TestTenant

/** A generated fleet of 400 events over five weeks that change clocks, each tag missing now and then, some uses shared. */
function events() {
  let seed = 20260323
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * n)
  }
  const maybe = (name: string, prefix: string, n: number) =>
    random(8) === 0 ? {} : { [name]: `${prefix}${random(n)}` }
  return Array.from({ length: 400 }, (_, i) => {
    const at = Date.UTC(2026, 2, 10) + random(35 * 24 * 60) * 60_000
    const isSearch = random(5) === 0
    const usage = isSearch
      ? [{ meter: 'requests', quantity: '1' }]
      : [{ meter: 'input_tokens', quantity: String(1 + random(5000)) }]
    return {
      id: `e${i}`,
      occurredAt: new Date(at).toISOString(),
      ...maybe('agent', 'agent-', 5),
      ...maybe('client', 'client-', 4),
      ...maybe('project', 'project-', 3),
      ...maybe('task', 'task-', 12),
      trace: `trace-${random(30)}`,
      kind: isSearch ? 'RETRIEVAL' : 'MODEL',
      ...(random(9) === 0
        ? {}
        : { provider: ['lab', 'store'][random(2)], resource: ['large', 'small', 'unheard-of'][random(3)] }),
      ...(isSearch ? { sharedKey: `index-${random(3)}` } : {}),
      usage,
    }
  })
}

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'America/St_Johns' })
  const rates = [
    { provider: 'lab', amount: '0.000123456789' },
    { provider: 'store', amount: '0.0007' },
  ].flatMap(({ provider, amount }) =>
    ['large', 'small'].flatMap((resource) =>
      ['input_tokens', 'requests'].map((meter) => ({
        provider,
        resource,
        meter,
        price: { amount, currency: 'GBP' },
        effectiveFrom: '2026-01-01T00:00:00Z',
      })),
    ),
  )
  const published = await tenant.ask(
    'mutation P($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }',
    { rates },
  )
  expect(published.data).toEqual({ publishRates: { userErrors: [] } })
  expect(published.errors).toEqual([])
  const recorded = await tenant.ask(
    'mutation R($events: [InvocationInput!]!) { recordInvocations(input: { invocations: $events }) { accepted rejected { message } } }',
    { events: events() },
  )
  expect(recorded.data).toEqual({ recordInvocations: { accepted: 400, rejected: [] } })
}, 120_000)

afterAll(async () => {
  await test.close()
})

const RANGE = 'range: { from: "2026-03-12", to: "2026-04-10" }'
const COST = 'direct { amount } chainShared { amount } invocations tokens unpricedInvocations'

async function rollup(args: string, more = ''): Promise<Rollup> {
  const row = `keys { dimension key label } cost { ${COST} } ${more}`
  const { data, errors } = await tenant.ask(
    `{ costRollup(${RANGE}, ${args}) { rows { ${row} } other { ${row} } total { ${COST} } } }`,
  )
  expect(errors).toEqual([])
  return (data as never as { costRollup: Rollup }).costRollup
}

const COLUMN: Record<Dimension, string> = {
  AGENT: "CASE WHEN i.billing = 'SHARED' THEN NULL ELSE a.key END",
  CLIENT: "CASE WHEN i.billing = 'SHARED' THEN coalesce(tc.key, c.key) ELSE c.key END",
  PROJECT: "CASE WHEN i.billing = 'SHARED' THEN coalesce(tp.key, p.key) ELSE p.key END",
  TASK: 't.key',
  PROVIDER: 'r.provider',
  RESOURCE: "r.provider || '/' || r.name",
  KIND: 'i.kind',
}

/** The same sums straight from the events, as the superuser: nothing shared with the code under test but the table of events. */
async function ledger(dimensions: Dimension[], where = 'true'): Promise<string[]> {
  const columns = dimensions.map((dimension) => COLUMN[dimension]).join(', ')
  const { rows } = await test.owner.query<{ line: string }>(
    `SELECT concat_ws('|', VARIADIC ARRAY[${dimensions.map((dimension) => `coalesce(${COLUMN[dimension]}, '-')`).join(', ')},
       trim_scale(coalesce(sum(i.cost) FILTER (WHERE i.billing <> 'SHARED'), 0))::text, trim_scale(coalesce(sum(i.cost) FILTER (WHERE i.billing = 'SHARED'), 0))::text,
       count(*)::text, (count(*) FILTER (WHERE i.status = 'UNPRICED'))::text]) AS line
     FROM invocation i LEFT JOIN agent a ON a.id = i.agent_id LEFT JOIN client c ON c.id = i.client_id LEFT JOIN project p ON p.id = i.project_id
     LEFT JOIN task t ON t.id = i.task_id LEFT JOIN client tc ON tc.id = t.client_id LEFT JOIN project tp ON tp.id = t.project_id
     LEFT JOIN resource r ON r.id = i.resource_id
     WHERE i.tenant_id = $1 AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND ${where}
       AND (i.occurred_at AT TIME ZONE 'America/St_Johns')::date >= '2026-03-12' AND (i.occurred_at AT TIME ZONE 'America/St_Johns')::date < '2026-04-10'
     GROUP BY ${columns}`,
    [tenant.id],
  )
  return rows.map(({ line }) => line).sort()
}

const trimmed = (amount: string) => amount.replace(/\.?0+$/, '')

function lines(rows: Row[]): string[] {
  return rows
    .map(({ keys, cost }) =>
      [
        ...keys.map(({ dimension, key, label }) => (key === null ? '-' : dimension === 'RESOURCE' ? label : key)),
        trimmed(cost.direct.amount),
        trimmed(cost.chainShared.amount),
        cost.invocations,
        cost.unpricedInvocations,
      ].join('|'),
    )
    .sort()
}

const pairs = DIMENSIONS.flatMap((first) =>
  DIMENSIONS.filter((second) => second !== first).map((second) => [first, second]),
)
const shapes: Dimension[][] = [
  ...DIMENSIONS.map((dimension) => [dimension]),
  ...(pairs as Dimension[][]),
  ['AGENT', 'CLIENT', 'RESOURCE'],
  ['TASK', 'AGENT', 'KIND'],
]

describe('costRollup', () => {
  it.each(shapes.map((shape) => [shape.join(' × '), shape] as const))(
    'by %s is what the events add up to',
    async (_name, shape) => {
      const { rows, other } = await rollup(`groupBy: [${shape.join(', ')}], top: 500`)
      expect(other).toBeNull()
      expect(lines(rows)).toEqual(await ledger(shape))
    },
  )

  it.each([
    ['agents', '"agent-1", "agent-2", "nobody"', `i.billing <> 'SHARED' AND a.key IN ('agent-1', 'agent-2')`],
    [
      'clients',
      '"client-0"',
      `(CASE WHEN i.billing = 'SHARED' THEN coalesce(tc.key, c.key) ELSE c.key END) = 'client-0'`,
    ],
    [
      'projects',
      '"project-2"',
      `(CASE WHEN i.billing = 'SHARED' THEN coalesce(tp.key, p.key) ELSE p.key END) = 'project-2'`,
    ],
    ['tasks', '"task-3", "task-4"', `t.key IN ('task-3', 'task-4')`],
    ['providers', '"lab"', `r.provider = 'lab'`],
    ['resources', '"store/large", "small"', `(r.name = 'small' OR r.provider || '/' || r.name = 'store/large')`],
    ['kinds', 'RETRIEVAL', `i.kind = 'RETRIEVAL'`],
  ])('keeps only what the filter by %s says, in every view', async (name, keys, where) => {
    for (const dimension of DIMENSIONS) {
      const { rows } = await rollup(`groupBy: [${dimension}], top: 500, filter: { ${name}: [${keys}] }`)
      expect(lines(rows)).toEqual(await ledger([dimension], where))
    }
  })

  it('shows the most expensive rows and the rest as one, with nothing lost between them', async () => {
    const whole = await rollup('groupBy: [TASK], top: 500')
    const cut = await rollup('groupBy: [TASK], top: 3')
    expect(cut.rows).toEqual(whole.rows.slice(0, 3))
    expect(cut.total).toEqual(whole.total)
    expect(cut.other?.keys).toEqual([{ dimension: 'TASK', key: null, label: `${whole.rows.length - 3} more` }])
    const sum = [...cut.rows, ...(cut.other === null ? [] : [cut.other])].reduce(
      (total, row) => total + BigInt(row.cost.invocations),
      0n,
    )
    expect(String(sum)).toBe(whole.total.invocations)
  })

  it.each(['HOUR', 'DAY', 'WEEK', 'MONTH'])(
    'by %s gives every row and the rest a series that adds up to it',
    async (granularity) => {
      for (const shape of ['AGENT', 'KIND', 'TASK, AGENT', 'CLIENT, PROVIDER']) {
        const { rows, other } = await rollup(
          `groupBy: [${shape}], top: 4, granularity: ${granularity}`,
          'series { start cost { total { amount } invocations } }',
        )
        for (const row of [...rows, ...(other === null ? [] : [other])]) {
          const counted = (row.series ?? []).reduce((sum, point) => sum + BigInt(point.cost.invocations), 0n)
          expect([shape, row.keys, String(counted)]).toEqual([shape, row.keys, row.cost.invocations])
        }
      }
    },
  )

  it('names the remainder instead of leaving it out', async () => {
    const { rows } = await rollup('groupBy: [AGENT, CLIENT], top: 500')
    const labels = new Set(rows.flatMap(({ keys }) => keys.filter(({ key }) => key === null).map(({ label }) => label)))
    expect(labels).toEqual(new Set(['No agent tag', 'No client tag']))
  })

  it.each([
    ['groupBy: []', 'groupBy'],
    ['groupBy: [AGENT, AGENT]', 'groupBy'],
    ['groupBy: [AGENT, CLIENT, TASK, KIND]', 'groupBy'],
    ['groupBy: [AGENT], top: 0', 'top'],
    ['groupBy: [AGENT], top: 1000000000', 'top'],
  ])('refuses %s and names the argument', async (args, argument) => {
    const { errors } = await tenant.ask(`{ costRollup(${RANGE}, ${args}) { total { invocations } } }`)
    expect(errors.map(({ extensions }) => [extensions['code'], extensions['argument']])).toEqual([
      ['BAD_USER_INPUT', argument],
    ])
  })
})
