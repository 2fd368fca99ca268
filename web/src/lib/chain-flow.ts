import { formatFixed18, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { ChainTask } from './chain.ts'
import type { ColourOf } from './colours.ts'

/** A place that cost passes through: the task, an agent at its depth of the chain, a resource, or a remainder. */
export interface FlowPlace {
  id: string
  layer: number
  kind: 'task' | 'agent' | 'resource' | 'shared' | 'rest'
  name: string
  colour: string
  amount: string
}

/** What one place passed to the next: the cost of everything below it, and of how many calls. */
export interface FlowStep {
  from: string
  to: string
  amount: string
  calls: number
}

export interface ChainFlow {
  places: FlowPlace[]
  /** The dearest first. */
  steps: FlowStep[]
  /** Calls whose cost nobody knows; they are in no width. */
  unknown: number
}

/** Agents deeper in the chain are counted to the one that called them. */
const DEPTH_MAX = 4
const PLACES_MAX = 24
const OTHER_COLOUR = 'var(--chart-other)'

interface Place {
  layer: number
  kind: FlowPlace['kind']
  name: string
  colour: string
  amount: Fixed18
}

interface Step {
  from: string
  to: string
  amount: Fixed18
  calls: number
}

/**
 * Who called whom, and at what cost: every call's own cost goes from the task through the agents above it to the resource that it used. What a
 * place is given it passes on, so every layer of the picture is the whole cost. A shared use belongs to no agent (law L13): it goes from
 * the task straight to its resource. The same agent at two depths is two places, so that nothing flows back.
 */
export function chainFlow(task: ChainTask, colourOf: ColourOf): ChainFlow {
  const places = new Map<string, Place>()
  const steps = new Map<string, Step>()
  let unknown = 0
  const last = DEPTH_MAX + 1

  const enter = (id: string, amount: Fixed18, place: Omit<Place, 'amount'>): string => {
    const known = places.get(id)
    if (known === undefined) places.set(id, { ...place, amount })
    else known.amount += amount
    return id
  }
  const pass = (from: string, to: string, amount: Fixed18): void => {
    const id = `${from}\n${to}`
    const known = steps.get(id)
    if (known === undefined) steps.set(id, { from, to, amount, calls: 1 })
    else {
      known.amount += amount
      known.calls += 1
    }
  }

  for (const trace of task.traces) {
    // The agents above each depth of the branch that is walked.
    const above: { key: string; name: string }[][] = []
    for (const span of trace.spans) {
      const callers = span.depth === 0 ? [] : (above[span.depth - 1] ?? [])
      const isNew = span.agent != null && span.agent.key !== callers.at(-1)?.key
      const agents = isNew && span.agent != null ? [...callers, span.agent] : callers
      above[span.depth] = agents
      if (span.billing !== 'DIRECT' && span.billing !== 'WRAPPER' && span.billing !== 'SHARED') continue
      if (span.self == null) {
        unknown += 1
        continue
      }
      const amount = parseFixed18(span.self.amount)
      if (amount <= 0n) continue
      const isShared = span.billing === 'SHARED'
      let at = enter('task', amount, { layer: 0, kind: 'task', name: task.task.name, colour: 'var(--ink-3)' })
      const path = agents.slice(0, DEPTH_MAX)
      if (!isShared && path.length === 0) {
        const to = enter('1 none', amount, {
          layer: 1,
          kind: 'agent',
          name: 'No agent tag',
          colour: 'var(--chart-compare)',
        })
        pass(at, to, amount)
        at = to
      }
      for (const [depth, agent] of isShared ? [] : path.entries()) {
        const place = { layer: depth + 1, kind: 'agent' as const, name: agent.name, colour: colourOf(agent.key) }
        const to = enter(`${depth + 1} agent ${agent.key}`, amount, place)
        pass(at, to, amount)
        at = to
      }
      const name = span.resource ?? span.name
      const to = enter(`${isShared ? 'shared' : 'used'} ${name}`, amount, {
        layer: last,
        kind: isShared ? 'shared' : 'resource',
        name,
        colour: isShared ? 'var(--accent)' : OTHER_COLOUR,
      })
      pass(at, to, amount)
    }
  }
  return written(fewer(places, steps), unknown)
}

/** Keeps the dearest places and puts the others of each layer together. */
function fewer(places: ReadonlyMap<string, Place>, steps: ReadonlyMap<string, Step>) {
  if (places.size <= PLACES_MAX) return { places, steps }
  const byCost = [...places].sort(([, a], [, b]) => (a.amount === b.amount ? 0 : a.amount > b.amount ? -1 : 1))
  const kept = new Set(byCost.slice(0, PLACES_MAX).map(([id]) => id))
  const restOf = (id: string): string => (kept.has(id) ? id : `rest ${places.get(id)?.layer ?? 0}`)
  const some = new Map<string, Place>()
  for (const [id, place] of places) {
    const rest = restOf(id)
    const known = some.get(rest)
    if (known !== undefined) known.amount += place.amount
    else if (rest === id) some.set(id, { ...place })
    else {
      const name = place.kind === 'agent' ? 'Other agents' : 'Other resources'
      some.set(rest, { ...place, kind: 'rest', name, colour: OTHER_COLOUR })
    }
  }
  const joined = new Map<string, Step>()
  for (const step of steps.values()) {
    const [from, to] = [restOf(step.from), restOf(step.to)]
    const id = `${from}\n${to}`
    const known = joined.get(id)
    if (known === undefined) joined.set(id, { ...step, from, to })
    else {
      known.amount += step.amount
      known.calls += step.calls
    }
  }
  return { places: some, steps: joined }
}

/** Layers without a place are left out; amounts become text. */
function written(
  { places, steps }: { places: ReadonlyMap<string, Place>; steps: ReadonlyMap<string, Step> },
  unknown: number,
): ChainFlow {
  const layers = [...new Set([...places.values()].map((place) => place.layer))].sort((a, b) => a - b)
  return {
    places: [...places].map(([id, place]) => ({
      id,
      ...place,
      layer: layers.indexOf(place.layer),
      amount: formatFixed18(place.amount),
    })),
    steps: [...steps.values()]
      .sort((a, b) => (a.amount === b.amount ? (a.from + a.to < b.from + b.to ? -1 : 1) : a.amount > b.amount ? -1 : 1))
      .map((step) => ({ ...step, amount: formatFixed18(step.amount) })),
    unknown,
  }
}
