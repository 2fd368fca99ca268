/** A repeatable source of whole numbers: the same seed gives the same demo fleet on every machine. */
export interface Random {
  /** A whole number in [0, below). */
  below(below: number): number
  /** A whole number in [min, max]. */
  between(min: number, max: number): number
  /** One of the items. */
  pick<T>(items: readonly T[]): T
  /** One of the items, as often as its weight says. */
  weighted<T>(items: readonly { weight: number; item: T }[]): T
  /** `length` hexadecimal digits. */
  hex(length: number): string
}

/** Makes a source from a text: mulberry32, started from an FNV-1a hash of it. Not for secrets. */
export function randomFrom(seed: string): Random {
  let state = fnv1a(seed)
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number) => next() % limit
  const at = <T>(items: readonly T[], index: number): T => {
    if (index < 0 || index >= items.length) throw new RangeError(`No item ${index} in a list of ${items.length}`)
    return items[index] as T
  }
  return {
    below,
    between: (min, max) => min + below(max - min + 1),
    pick: (items) => at(items, below(items.length)),
    weighted: (items) => {
      let left = below(items.reduce((sum, { weight }) => sum + weight, 0))
      for (const { weight, item } of items) {
        if (left < weight) return item
        left -= weight
      }
      return at(items, items.length - 1).item
    },
    hex: (length) => {
      let text = ''
      while (text.length < length) text += next().toString(16).padStart(8, '0')
      return text.slice(0, length)
    },
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}
