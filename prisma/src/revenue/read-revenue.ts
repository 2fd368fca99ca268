import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { plainArray } from '../sql/pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from '../sql/tenant-sql.ts'
import type { EarningTerms } from './earning-terms.ts'
import { addRevenue, NO_REVENUE, type Revenue } from './revenue.ts'

interface RevenueAsked {
  range: DateRange
  currency: string
  terms: EarningTerms
}

/** From $5 on: the days on which places are unbilled, and the days on which projects have terms of their own. */
const UNBILLED_DAYS =
  'unnest($5::uuid[], $6::uuid[], $7::date[], $8::date[]) AS u(client_id, project_id, starts_on, ends_on)'
const OWN_TERMS = 'unnest($9::uuid[], $10::date[], $11::date[]) AS x(project_id, starts_on, ends_on)'

const isOn = (days: string) =>
  `t.completed_on >= ${days}.starts_on AND (${days}.ends_on IS NULL OR t.completed_on < ${days}.ends_on)`

// The terms of a project are asked first, and those of the client where it has none on the day: so a task is found once.
const UNBILLED_TASKS = `
  SELECT t.client_id, t.project_id, t.billed_amount FROM task t JOIN ${UNBILLED_DAYS} ON u.project_id = t.project_id AND ${isOn('u')}
  WHERE t.tenant_id = $1::uuid AND t.completed_on >= $2::date AND t.completed_on < $3::date AND t.billed_currency = $4
  UNION ALL
  SELECT t.client_id, t.project_id, t.billed_amount FROM task t JOIN ${UNBILLED_DAYS} ON u.client_id = t.client_id AND ${isOn('u')}
  WHERE t.tenant_id = $1::uuid AND t.completed_on >= $2::date AND t.completed_on < $3::date AND t.billed_currency = $4
    AND NOT EXISTS (SELECT 1 FROM ${OWN_TERMS} WHERE x.project_id = t.project_id AND ${isOn('x')})`

function billed(name: string, of: { all: string; unbilledBy: string; where?: string }): Prepared {
  return {
    name,
    text: `SELECT b.id, sum(b.billed)::text AS billed FROM (
        ${of.all}
        UNION ALL
        SELECT ${of.unbilledBy}, -1, -t.billed_amount FROM (${UNBILLED_TASKS}) t${of.where ?? ''}
      ) b GROUP BY b.id HAVING sum(b.tasks) <> 0`,
  }
}

const BY_CLIENT = billed(PLANNED_EACH_TIME, {
  all: `SELECT v.client_id AS id, v.tasks, v.billed FROM client_revenue v
        WHERE v.tenant_id = $1::uuid AND v.day >= $2::date AND v.day < $3::date AND v.currency = $4`,
  unbilledBy: `coalesce(t.client_id, '${NIL_UUID}')`,
})

const BY_PROJECT = billed(PLANNED_EACH_TIME, {
  all: `SELECT t.project_id AS id, 1 AS tasks, t.billed_amount AS billed FROM task t
        WHERE t.tenant_id = $1::uuid AND t.completed_on >= $2::date AND t.completed_on < $3::date AND t.billed_currency = $4
          AND t.project_id IS NOT NULL AND ($12::uuid[] IS NULL OR t.project_id = ANY ($12::uuid[]))`,
  unbilledBy: 't.project_id',
  where: ' WHERE t.project_id IS NOT NULL AND ($12::uuid[] IS NULL OR t.project_id = ANY ($12::uuid[]))',
})

function parameters({ range, currency, terms: { unbilled, except } }: RevenueAsked): unknown[] {
  return [
    ...[range.from, range.to, currency],
    plainArray(unbilled.map(({ clientId }) => clientId)),
    plainArray(unbilled.map(({ projectId }) => projectId)),
    plainArray(unbilled.map(({ startsOn }) => startsOn)),
    plainArray(unbilled.map(({ endsOn }) => endsOn)),
    plainArray(except.map(({ projectId }) => projectId)),
    plainArray(except.map(({ startsOn }) => startsOn)),
    plainArray(except.map(({ endsOn }) => endsOn)),
  ]
}

type BilledRow = Record<'id' | 'billed', string>

function toMap(rows: readonly BilledRow[], charged: readonly (readonly [string, bigint])[]): Map<string, Revenue> {
  const all = new Map<string, Revenue>()
  const add = (id: string, revenue: Revenue) => all.set(id, addRevenue(all.get(id) ?? NO_REVENUE, revenue))
  for (const row of rows) add(row.id, { charged: null, billed: parseFixed18(row.billed) })
  for (const [id, amount] of charged) add(id, { charged: amount, billed: null })
  return all
}

/** The revenue of every client in a range; nil: of what has none. Who has no revenue is absent. */
export async function readClientRevenue(db: TenantSql, asked: RevenueAsked): Promise<Map<string, Revenue>> {
  const rows = await db.query<BilledRow>(BY_CLIENT, parameters(asked))
  return toMap(
    rows,
    asked.terms.charged.map(({ clientId, amount }) => [clientId ?? NIL_UUID, amount]),
  )
}

/**
 * The revenue of every project in a range, or of some. Terms of a client charge for no project: what its work earns under them is in the
 * client's revenue alone.
 */
export async function readProjectRevenue(
  db: TenantSql,
  asked: RevenueAsked & { projectIds: readonly string[] | null },
): Promise<Map<string, Revenue>> {
  const { projectIds, terms } = asked
  const values = [...parameters(asked), projectIds === null ? null : plainArray(projectIds)]
  const rows = await db.query<BilledRow>(BY_PROJECT, values)
  return toMap(
    rows,
    terms.charged.flatMap(({ projectId, amount }) =>
      projectId === null || projectIds?.includes(projectId) === false ? [] : [[projectId, amount] as const],
    ),
  )
}

/** The revenue of the fleet: that of all clients, and of what has none. */
export function sumOfRevenue(of: ReadonlyMap<string, Revenue>): Revenue {
  return [...of.values()].reduce(addRevenue, NO_REVENUE)
}
