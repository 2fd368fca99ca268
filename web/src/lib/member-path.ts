const FOLDERS: Readonly<Record<string, string>> = { AGENT: '/agents/', CLIENT: '/clients/', PROJECT: '/projects/' }

/** The page of an agent, a client or a project; null for what has none of its own. */
export function memberPath(dimension: string, key: string): string | null {
  const folder = FOLDERS[dimension]
  return folder === undefined ? null : folder + encodeURIComponent(key)
}
