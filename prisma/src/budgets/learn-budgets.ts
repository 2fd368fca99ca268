import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Watch } from '../alerts/evaluate-limits.ts'

const LEARN = `
INSERT INTO budget_expectation AS x (tenant_id, budget_id, day, amount_base)
SELECT $1::uuid, b.id, e.day, e.expected
FROM budget b
JOIN series_expectation e ON e.tenant_id = $1::uuid AND e.day >= $2::date AND e.day <= $3::date AND e.grain = ${Grain.AGENT}
  AND e.a = b.member_id AND e.b = '${NIL_UUID}'
WHERE b.tenant_id = $1::uuid AND b.is_learned AND b.ended_at IS NULL AND e.expected > 0
ORDER BY b.id, e.day
ON CONFLICT (tenant_id, budget_id, day) DO UPDATE SET amount_base = EXCLUDED.amount_base, computed_at = clock_timestamp()
WHERE x.amount_base <> EXCLUDED.amount_base`

/**
 * Tells the budgets that learn what their agents are expected to cost on `day` and on the day after. Where nothing is expected yet (an agent of
 * fewer than three days) the amount that was set holds.
 */
export async function learnBudgets({ client, tenantId }: Watch, day: CalendarDate): Promise<void> {
  await client.query(LEARN, [tenantId, day, addDays(day, 1)])
}
