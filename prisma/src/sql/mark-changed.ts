/**
 * Says that what some local days come to, or what is stored of their events, has changed, in the transaction that changes it: whoever
 * watches budgets compares the generation of a day with the one it has looked at, so nothing is missed whatever ends in between, and what
 * was added up from the events of a day holds for one generation. `days` selects different values of `day`; $1 is the tenant, whose writer
 * is alone with these rows.
 */
export const MARK_CHANGED = (days: string): string => `INSERT INTO sums_change AS m (tenant_id, day, generation)
  SELECT $1::uuid, d.day, 1 FROM (${days}) d ORDER BY d.day
  ON CONFLICT (tenant_id, day) DO UPDATE SET generation = m.generation + 1`
