/** Whether a rate's resource is a pattern: it contains `*`. */
export function isResourcePattern(resource: string): boolean {
  return resource.includes('*')
}

/** How much of a pattern is fixed text. The longer, the more specific. */
export function literalLength(pattern: string): number {
  return pattern.replaceAll('*', '').length
}

/**
 * Whether a name fits a pattern in which `*` stands for any text, also none; capitals matter. It looks at each piece once, from left
 * to right, so no pattern is slow.
 *
 *     matchesPattern('claude-*-latest', 'claude-opus-latest') // true
 *     matchesPattern('gpt-4*', 'gpt-4o')                      // true
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const pieces = pattern.split('*')
  const first = pieces[0] ?? ''
  if (pieces.length === 1) return name === first
  const last = pieces[pieces.length - 1] ?? ''
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
  const end = name.length - last.length
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
