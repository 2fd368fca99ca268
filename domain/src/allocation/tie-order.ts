/** An agent, and the key that breaks ties: keys are the sender's own and never change. */
export interface AgentRef {
  id: string
  key: string
}

/** Texts in the order of their UTF-16 code units, as everywhere ties are broken (law L8): -1, 0 or 1. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Agents in the order in which ties are broken. */
export function byKey(a: AgentRef, b: AgentRef): number {
  return compareTexts(a.key, b.key) || compareTexts(a.id, b.id)
}
