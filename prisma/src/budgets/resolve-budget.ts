import type { Budget } from '@outlay/domain/budgets/budget'
import { checkBudget, type BudgetWish } from '@outlay/domain/budgets/check-budget'
import { DomainError, quoted } from '@outlay/domain/errors'
import { convert } from '@outlay/domain/rating/fx-table'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { TenantSql } from '../sql/tenant-sql.ts'

const TABLES = { AGENT: 'agent', CLIENT: 'client', PROJECT: 'project' } as const

/**
 * A budget that nobody has set yet, as it would count: for who tries it out. Throws the DomainErrors that setBudget answers with.
 */
export async function resolveBudget(
  db: TenantSql,
  wish: BudgetWish,
  { currency, nowMs }: { currency: string; nowMs: number },
): Promise<Omit<Budget, 'id' | 'version'>> {
  const checked = checkBudget(wish)
  const memberId = await budgetMember(db, checked)
  const fx = await budgetFxRate(db, { from: checked.currency, to: currency, nowMs })
  const amount = fx === null ? checked.amount : convert(checked.amount, { factor: parseFixed18(fx), text: fx })
  return { ...checked, memberId, amount }
}

/** The member that a scope and key name. Throws DomainError NOT_FOUND: a budget makes no records. */
export async function budgetMember(
  db: TenantSql,
  { scope, key }: { scope: Budget['scope']; key: string | null },
): Promise<string> {
  const memberId = await findMember(db, { scope, key: key ?? '' })
  if (memberId === null)
    throw new DomainError('NOT_FOUND', `There is no ${scope.toLowerCase()} ${quoted(key ?? '')}.`, 'key')
  return memberId
}

/** The same; null when there is none. */
export async function findMember(
  db: TenantSql,
  { scope, key }: { scope: Budget['scope']; key: string },
): Promise<string | null> {
  if (scope === 'FLEET') return NIL_UUID
  const noun = TABLES[scope]
  const [row] = await db.query<{ id: string }>(
    { name: `budget_${noun}`, text: `SELECT id FROM ${noun} WHERE tenant_id = $1::uuid AND key = $2` },
    [key.replaceAll('\0', '')],
  )
  return row?.id ?? null
}

const FX_RATE = {
  name: 'budget_fx_rate',
  text: `SELECT trim_scale(rate)::text AS rate FROM fx_rate WHERE tenant_id = $1::uuid AND base = $2 AND quote = $3 AND date = $4::date`,
}

/** What converts a budget: the rate of today's UTC date, and no other (law L10). Null where none is needed. Throws FX_RATE_MISSING. */
export async function budgetFxRate(
  db: TenantSql,
  { from, to, nowMs }: { from: string; to: string; nowMs: number },
): Promise<string | null> {
  if (from === to) return null
  const day = new Date(nowMs).toISOString().slice(0, 10)
  const [row] = await db.query<{ rate: string }>(FX_RATE, [from, to, day])
  if (row === undefined) {
    throw new DomainError(
      'FX_RATE_MISSING',
      `There is no FX rate from ${from} to ${to} for ${day}; publish one, or give the amount in ${to}.`,
      'amount.currency',
    )
  }
  return row.rate
}
