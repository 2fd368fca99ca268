/** Whether an event of the alias is of a kind that consumes by itself (domain/src/chains/wrapper-billing.ts). */
export function isLeafKind(alias: string): string {
  return `${alias}.kind IN ('MODEL', 'EMBEDDING', 'TOOL', 'RETRIEVAL')`
}

/** Whether an event of the alias states any quantity above 0. */
export function hasUsage(alias: string): string {
  return `EXISTS (SELECT 1 FROM unnest(${alias}.quantities) q WHERE q > 0)`
}

/** Whether an event of the alias reported consumption, billed or not: what makes its agent one that took part in its task. */
export function reportsConsumption(alias: string): string {
  return `${alias}.billing <> 'VOID' AND (${isLeafKind(alias)} OR ${hasUsage(alias)})`
}

/** Finds a row when the event of alias `e` was replaced by one that stands at the same span; $1 is the tenant. */
export const REPLACED_IN_PLACE = `SELECT 1 FROM invocation_correction c
  JOIN invocation_key k ON k.tenant_id = $1::uuid AND k.id = c.replacement_id
  JOIN invocation r ON r.tenant_id = $1::uuid AND r.occurred_at = k.occurred_at AND r.id = k.id
  WHERE c.tenant_id = $1::uuid AND c.invocation_id = e.id AND r.trace_id = e.trace_id AND r.span_id = e.span_id`
