import { hrefWith } from './search-params.ts'
import { spendDimension } from './spend.ts'

/**
 * Where the cost of a day that an alert is about shows how it is made; null of a resource, whose name may be that of two providers, and of what
 * spend cannot be filtered by.
 */
export function dayArithmeticHref(
  subject: readonly { dimension: string; key?: string | null }[],
  day: string,
): string | null {
  const tags: [string, string][] = []
  for (const { dimension, key } of subject) {
    const known = spendDimension(dimension)
    if (known === null || known.id === 'resource' || key == null) return null
    tags.push([known.id, key])
  }
  const kept = Object.fromEntries(tags)
  return hrefWith('/spend', {
    ...{ period: 'custom', from: day, to: day, basis: 'attributed', ...kept },
    sum: ['attributed', ...tags.map(([id, key]) => `${id}:${key}`)],
  })
}
