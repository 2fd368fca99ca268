import { contributors } from '@outlay/domain/anomaly/contributors'
import { decompose, type Decomposition, type ResourceUse } from '@outlay/domain/anomaly/decompose'
import { formatFixed18, parseFixed18, ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import { bucketMinutes } from '@outlay/domain/periods/bucket'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds } from '@outlay/domain/periods/local-day'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { parseQuantitySum } from '@outlay/domain/usage/quantity'
import type { StoredContributor, StoredDecomposition } from '../alerts/alert-row.ts'
import { plainArray } from '../sql/pg-array.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { CostFinding } from './finding.ts'

/** Members named in each dimension. */
const FIRST = 5
/** Days before an incident whose mix is the usual one; of hours, where there are no daily cells. */
const USUAL_DAYS = 28
const USUAL_DAYS_OF_HOURS = 7
/** A project of more agents is not taken apart by resource: there are no daily cells of it, and its hours are too many. */
const AGENTS_MAX = 50

type Dimension = StoredContributor['dimension']

/** Where a dimension of a scope is found: the column that says the scope, and the one that says the member. */
interface Cells {
  dimension: Dimension
  grain: number
  scope: 'a' | 'b' | null
  told: 'a' | 'b'
}

const CELLS: Record<CostFinding['suspect'], readonly Cells[]> = {
  FLEET: [
    { dimension: 'AGENT', grain: Grain.AGENT, scope: null, told: 'a' },
    { dimension: 'CLIENT', grain: Grain.CLIENT, scope: null, told: 'a' },
    { dimension: 'PROJECT', grain: Grain.PROJECT, scope: null, told: 'a' },
    { dimension: 'RESOURCE', grain: Grain.RESOURCE, scope: null, told: 'a' },
  ],
  AGENT: [
    { dimension: 'CLIENT', grain: Grain.CLIENT_AGENT, scope: 'b', told: 'a' },
    { dimension: 'PROJECT', grain: Grain.PROJECT_AGENT, scope: 'b', told: 'a' },
    { dimension: 'RESOURCE', grain: Grain.AGENT_RESOURCE, scope: 'a', told: 'b' },
  ],
  CLIENT: [
    { dimension: 'AGENT', grain: Grain.CLIENT_AGENT, scope: 'a', told: 'b' },
    { dimension: 'RESOURCE', grain: Grain.CLIENT_RESOURCE, scope: 'a', told: 'b' },
  ],
  PROJECT: [{ dimension: 'AGENT', grain: Grain.PROJECT_AGENT, scope: 'a', told: 'b' }],
  RESOURCE: [
    { dimension: 'AGENT', grain: Grain.AGENT_RESOURCE, scope: 'b', told: 'a' },
    { dimension: 'CLIENT', grain: Grain.CLIENT_RESOURCE, scope: 'b', told: 'a' },
  ],
  AGENT_CLIENT: [],
}

/** Why an incident cost what it did. Amounts are in the reporting currency. */
export interface Explanation {
  /** By dimension, the largest first; each dimension adds up to the impact. */
  contributors: StoredContributor[]
  /** Adds up to the impact; null where it is not known. */
  decomposition: StoredDecomposition | null
  /** The impact of every agent in it. */
  byAgent: ReadonlyMap<string, Fixed18>
}

/** Says who and what made the cost of an incident more than was expected of its days, beside the mix of the days before it. */
export async function explainCost(db: TenantSql, finding: CostFinding, timeZone: string): Promise<Explanation> {
  const { suspect, place, incident } = finding
  const days = incident.flagged.map(({ day }) => day)
  const member = suspect === 'AGENT_CLIENT' ? place.b : place.a
  const listed: StoredContributor[] = []
  let byAgent: ReadonlyMap<string, Fixed18> = new Map()
  let resources: Uses | null = null
  let agents: string[] = []
  for (const cells of CELLS[suspect]) {
    const uses = await readUses(db, cells, { member, days, firstDay: finding.firstDay })
    const all = differences(uses, incident)
    listed.push(...named(cells.dimension, all, incident.impact))
    if (cells.dimension === 'AGENT') {
      byAgent = new Map(all)
      agents = [...new Set([...uses.usual, ...uses.actual].map(({ resourceId }) => resourceId))]
    }
    if (cells.dimension === 'RESOURCE') resources = uses
  }
  if (resources === null && agents.length <= AGENTS_MAX) {
    const ofAgents = suspect === 'AGENT_CLIENT' ? [place.b] : agents
    resources = await readUsesOfHours(db, finding, { agents: ofAgents, days, timeZone })
    listed.push(...named('RESOURCE', differences(resources, incident), incident.impact))
  }
  return { contributors: listed, decomposition: takeApart(resources, incident), byAgent }
}

/** What members used before, and on the flagged days. */
interface Uses {
  usual: ResourceUse[]
  actual: ResourceUse[]
}

function usesOf({ scope, told }: Cells): Prepared {
  return {
    name: `explain_uses_${told}_of_${scope ?? 'all'}`,
    text: `SELECT c.${told} AS id, d.is_flagged AS "isFlagged", sum(c.cost_direct + c.cost_shared)::text AS cost,
        sum(c.invocations)::text AS calls, sum(c.tokens)::text AS tokens
      FROM unnest($2::date[], $3::boolean[]) AS d(day, is_flagged)
      JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = $4 AND c.day = d.day
      WHERE ${scope === null ? '$5::uuid IS NOT NULL' : `c.${scope} = $5::uuid`}
      GROUP BY 1, 2 ORDER BY 1, 2`,
  }
}

interface UseRow {
  id: string
  isFlagged: boolean
  cost: string
  calls: string
  tokens: string
}

async function readUses(
  db: TenantSql,
  cells: Cells,
  { member, days, firstDay }: { member: string; days: readonly CalendarDate[]; firstDay: CalendarDate },
): Promise<Uses> {
  const usual = daysBefore(firstDay, USUAL_DAYS)
  const flags = [...usual.map(() => 'f'), ...days.map(() => 't')]
  const values = [plainArray([...usual, ...days]), plainArray(flags), cells.grain, member]
  return sorted(await db.query<UseRow>(usesOf(cells), values))
}

// The buckets are named one by one, so that each is looked up by its agents: of a range of them every cell would be read.
const HOURS: Prepared = {
  name: 'explain_uses_of_hours',
  text: `SELECT c.resource_id AS id, d.is_flagged AS "isFlagged", sum(c.cost_direct + c.cost_shared)::text AS cost,
      sum(c.invocations)::text AS calls, sum(c.tokens)::text AS tokens
    FROM unnest($2::timestamptz[], $3::timestamptz[], $4::boolean[]) AS d(first, after_last, is_flagged)
    CROSS JOIN LATERAL generate_series(d.first, d.after_last - interval '1 second', make_interval(mins => $5::int)) AS h(bucket)
    CROSS JOIN unnest($6::uuid[]) AS g(agent_id)
    JOIN rollup_fine c ON c.tenant_id = $1::uuid AND c.bucket = h.bucket AND c.agent_id = g.agent_id
    WHERE ($7::uuid IS NULL OR c.client_id = $7::uuid) AND ($8::uuid IS NULL OR c.project_id = $8::uuid)
    GROUP BY 1, 2 ORDER BY 1, 2`,
}

async function readUsesOfHours(
  db: TenantSql,
  { suspect, place, firstDay }: CostFinding,
  { agents, days, timeZone }: { agents: readonly string[]; days: readonly CalendarDate[]; timeZone: string },
): Promise<Uses> {
  const usual = daysBefore(firstDay, USUAL_DAYS_OF_HOURS)
  const bounds = [...usual, ...days].map((day) => dayBounds(day, timeZone))
  const rows = await db.query<UseRow>(HOURS, [
    plainArray(bounds.map(({ start }) => new Date(start).toISOString())),
    plainArray(bounds.map(({ end }) => new Date(end).toISOString())),
    plainArray([...usual.map(() => 'f'), ...days.map(() => 't')]),
    bucketMinutes(timeZone),
    plainArray(agents),
    suspect === 'AGENT_CLIENT' ? place.a : null,
    suspect === 'PROJECT' ? place.a : null,
  ])
  return sorted(rows)
}

const daysBefore = (day: CalendarDate, count: number): CalendarDate[] =>
  Array.from({ length: count }, (_, index) => addDays(day, index - count))

function sorted(rows: readonly UseRow[]): Uses {
  const uses: Uses = { usual: [], actual: [] }
  for (const { id, isFlagged, cost, calls, tokens } of rows) {
    const use = { resourceId: id, calls: BigInt(calls), tokens: parseQuantitySum(tokens), cost: parseFixed18(cost) }
    uses[isFlagged ? 'actual' : 'usual'].push(use)
  }
  return uses
}

/** By member, the largest first; what carries no tag is not a member. */
function differences({ usual, actual }: Uses, { impact, expected }: CostFinding['incident']): [string, Fixed18][] {
  const costs = (uses: readonly ResourceUse[]) => new Map(uses.map(({ resourceId, cost }) => [resourceId, cost]))
  const input = { impact, expected, usual: costs(usual), actual: costs(actual), first: Number.MAX_SAFE_INTEGER }
  return contributors(input).flatMap(({ id, amount }) => (id === null || id === NIL_UUID ? [] : [[id, amount]]))
}

/** The first of them and the rest, which is whatever is missing to the impact. */
export function named(
  dimension: Dimension,
  all: readonly (readonly [string, Fixed18])[],
  impact: Fixed18,
): StoredContributor[] {
  const first = all.slice(0, FIRST)
  const rest = first.reduce((left, [, amount]) => left - amount, impact)
  const rows: (readonly [string | null, Fixed18])[] = rest === 0n ? first : [...first, [null, rest]]
  return rows.map(([id, amount]) => ({
    dimension,
    id,
    amount: formatFixed18(amount),
    share: ratio(amount, impact, 4) ?? '0',
  }))
}

/** What no resource explains (events that came in between two reads) is a change of the mix. */
function takeApart(resources: Uses | null, incident: CostFinding['incident']): StoredDecomposition | null {
  if (resources === null) return null
  const { usual, actual } = resources
  const unexplained = actual.reduce((left, { cost }) => left - cost, incident.actual)
  const rest = { resourceId: '', calls: 0n, tokens: 0n, cost: unexplained }
  const parts = decompose({
    expected: incident.expected,
    usual,
    actual: unexplained === 0n ? actual : [...actual, rest],
  })
  return Object.fromEntries(
    Object.entries(parts).map(([part, amount]) => [part, formatFixed18(amount)]),
  ) as unknown as Record<keyof Decomposition, string>
}
