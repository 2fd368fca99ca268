const FOLDERS: Readonly<Record<string, string>> = { AGENT: '/agents/', CLIENT: '/clients/', PROJECT: '/projects/' }

/** The page of an agent, a client or a project; null for what has none of its own. Who is limited to clients has none of agents. */
export function memberPath(dimension: string, key: string, { isLimited = false } = {}): string | null {
  if (isLimited && dimension === 'AGENT') return null
  const folder = FOLDERS[dimension]
  return folder === undefined ? null : folder + encodeURIComponent(key)
}
