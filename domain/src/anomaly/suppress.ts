import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'

export interface Suspect {
  id: string
  scope: 'FLEET' | 'CLIENT' | 'PROJECT' | 'RESOURCE' | 'AGENT' | 'AGENT_CLIENT'
  /** Of AGENT and AGENT_CLIENT. */
  agentId: string | null
  /** The flagged days. */
  days: readonly CalendarDate[]
  impact: Fixed18
  /** Of an AGENT: its impact within a broader suspect, by the id of that. */
  explains(broader: string): Fixed18
}

/** An agent explains a broader incident when at least so many per cent of the impact are its own. */
const EXPLAINED_PERCENT = 70n

/**
 * Which incidents say nothing new, and by whose they are explained: a jump of the fleet (or a client, project, resource) is suppressed by
 * the agent that makes at least 70 % of it on the same days, and an agent's jump for one client by the agent's own. Of several agents the one
 * that explains most, then the smaller id. Agents themselves are never suppressed.
 *
 *     suppressions([fleet, agent]) // Map { fleet.id => agent.id }, where the agent makes £180 of the fleet's £200
 */
export function suppressions(suspects: readonly Suspect[]): Map<string, string> {
  const agents = suspects.filter(({ scope }) => scope === 'AGENT')
  const suppressed = new Map<string, string>()
  for (const suspect of suspects) {
    const sameDays = agents.filter((agent) => agent.days.some((day) => suspect.days.includes(day)))
    const by = explanation(suspect, sameDays)
    if (by !== null) suppressed.set(suspect.id, by.id)
  }
  return suppressed
}

function explanation(suspect: Suspect, agents: readonly Suspect[]): Suspect | null {
  switch (suspect.scope) {
    case 'AGENT':
      return null
    case 'AGENT_CLIENT':
      return firstById(agents.filter(({ agentId }) => agentId === suspect.agentId))
    case 'FLEET':
    case 'CLIENT':
    case 'PROJECT':
    case 'RESOURCE':
      return mostExplaining(suspect, agents)
    default:
      return suspect.scope satisfies never
  }
}

function mostExplaining(suspect: Suspect, agents: readonly Suspect[]): Suspect | null {
  let best: { agent: Suspect; explained: Fixed18 } | null = null
  for (const agent of agents) {
    const explained = agent.explains(suspect.id)
    if (explained <= 0n || explained * 100n < suspect.impact * EXPLAINED_PERCENT) continue
    if (best === null || explained > best.explained || (explained === best.explained && agent.id < best.agent.id)) {
      best = { agent, explained }
    }
  }
  return best?.agent ?? null
}

function firstById(agents: readonly Suspect[]): Suspect | null {
  return agents.reduce<Suspect | null>((first, agent) => (first === null || agent.id < first.id ? agent : first), null)
}
