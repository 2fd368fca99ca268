/** An entity keeps its colour on every page: known agents have a fixed place, others follow in the order they were created. */

const KNOWN: Readonly<Record<string, number>> = { research: 1, coding: 2, summarisation: 3, campaign: 4 }
const PALETTE_SIZE = 8

function knownPlace(key: string): number | undefined {
  return KNOWN[key.replace(/[-_ ]?agent$/i, '').toLowerCase()]
}

export type ColourOf = (key: string | null | undefined) => string

/**
 * Colours for agents, as CSS values. Beyond eight agents the rest share the colour of "other": at most eight series are told apart by
 * colour, and each row carries its name anyway.
 */
export function agentColours(agents: readonly { key: string; createdAt: string }[]): ColourOf {
  const places = new Map<string, number>()
  const taken = new Set<number>()
  for (const { key } of agents) {
    const place = knownPlace(key)
    if (place !== undefined && !taken.has(place)) {
      places.set(key, place)
      taken.add(place)
    }
  }
  const free = Array.from({ length: PALETTE_SIZE }, (_, index) => index + 1).filter((place) => !taken.has(place))
  const rest = agents.filter(({ key }) => !places.has(key))
  rest.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.key < b.key ? -1 : 1))
  rest.forEach(({ key }, index) => {
    const place = free[index]
    if (place !== undefined) places.set(key, place)
  })
  return (key) => {
    const place = key ? places.get(key) : undefined
    return place === undefined ? 'var(--chart-other)' : `var(--chart-${place})`
  }
}
