import type { BudgetScope } from '@outlay/domain/budgets/budget'
import { formatFixed18, parseFixed18, ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { StoredContributor } from './alert-row.ts'

const FIRST = 5

/** Which cells know the members of what a scope spends on: the column that is fixed, and the one that is told. */
const CELLS: Record<BudgetScope, { dimension: StoredContributor['dimension']; grain: number; told: 'a' | 'b' }[]> = {
  FLEET: [
    { dimension: 'AGENT', grain: Grain.AGENT, told: 'a' },
    { dimension: 'CLIENT', grain: Grain.CLIENT, told: 'a' },
    { dimension: 'RESOURCE', grain: Grain.RESOURCE, told: 'a' },
  ],
  AGENT: [
    { dimension: 'CLIENT', grain: Grain.CLIENT_AGENT, told: 'a' },
    { dimension: 'RESOURCE', grain: Grain.AGENT_RESOURCE, told: 'b' },
  ],
  CLIENT: [
    { dimension: 'AGENT', grain: Grain.CLIENT_AGENT, told: 'b' },
    { dimension: 'RESOURCE', grain: Grain.CLIENT_RESOURCE, told: 'b' },
  ],
  PROJECT: [{ dimension: 'AGENT', grain: Grain.PROJECT_AGENT, told: 'b' }],
}

function members(told: 'a' | 'b'): Prepared {
  const fixed = told === 'a' ? 'b' : 'a'
  return {
    name: `limit_contributors_${told}`,
    text: `SELECT c.${told} AS id, sum(c.cost_direct + c.cost_shared)::text AS cost FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = $2 AND c.${fixed} = $3::uuid AND c.day >= $4::date AND c.day < $5::date AND c.${told} <> '${NIL_UUID}'
      GROUP BY 1 HAVING sum(c.cost_direct + c.cost_shared) > 0 ORDER BY sum(c.cost_direct + c.cost_shared) DESC, 1 LIMIT ${FIRST}`,
  }
}

/** Who spent most of what a scope has spent in some days; with the rest, each dimension adds up to it. */
export async function limitContributors(
  db: TenantSql,
  spending: {
    scope: BudgetScope
    memberId: string
    from: CalendarDate | null
    to: CalendarDate | null
    spent: Fixed18
  },
): Promise<StoredContributor[]> {
  const { scope, memberId, from, to, spent } = spending
  const found = await Promise.all(
    CELLS[scope].map(async ({ dimension, grain, told }) => {
      const days = [from ?? '-infinity', to ?? 'infinity']
      const rows = await db.query<{ id: string; cost: string }>(members(told), [grain, memberId, ...days])
      const named = rows.map(({ id, cost }) => contributor(dimension, id, parseFixed18(cost), spent))
      const rest = rows.reduce((left, { cost }) => left - parseFixed18(cost), spent)
      return rest === 0n ? named : [...named, contributor(dimension, null, rest, spent)]
    }),
  )
  return found.flat()
}

function contributor(
  dimension: StoredContributor['dimension'],
  id: string | null,
  amount: Fixed18,
  whole: Fixed18,
): StoredContributor {
  return { dimension, id, amount: formatFixed18(amount), share: ratio(amount, whole, 6) ?? '0' }
}
