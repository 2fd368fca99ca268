import { describe, expect, it } from '@jest/globals'
import { agentColours } from './colours.ts'

const agent = (key: string, day: number) => ({ key, createdAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z` })

describe('the colour of an agent', () => {
  it('is its own for the four known ones, whatever else is there', () => {
    const colourOf = agentColours([
      agent('zeta', 1),
      agent('campaign', 9),
      agent('research', 8),
      agent('coding-agent', 7),
    ])
    expect(colourOf('research')).toBe('var(--chart-1)')
    expect(colourOf('coding-agent')).toBe('var(--chart-2)')
    expect(colourOf('campaign')).toBe('var(--chart-4)')
    expect(colourOf('zeta')).toBe('var(--chart-3)')
  })

  it('follows the order of creation, so a new agent changes nobody’s colour', () => {
    const some = [agent('b', 2), agent('a', 1)]
    const before = agentColours(some)
    const after = agentColours([agent('0', 3), ...some])
    expect(['a', 'b'].map(before)).toEqual(['a', 'b'].map(after))
  })

  it('is that of "other" beyond eight, and for no agent', () => {
    const colourOf = agentColours(Array.from({ length: 9 }, (_, index) => agent(`agent-${index}`, index + 1)))
    expect(colourOf('agent-8')).toBe('var(--chart-other)')
    expect(colourOf(null)).toBe('var(--chart-other)')
  })
})
