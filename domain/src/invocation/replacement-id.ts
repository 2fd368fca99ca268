const PREFIX = 'cor_'

/** The id of an event that replaces another, from a uuid: `cor_0190…`. Senders cannot use such ids. */
export function replacementId(uuid: string): string {
  return PREFIX + uuid
}

/** Whether an id belongs to the events that corrections make. */
export function isReplacementId(id: string): boolean {
  return id.startsWith(PREFIX)
}
