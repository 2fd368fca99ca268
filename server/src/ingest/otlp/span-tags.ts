import { BAGGAGE_PREFIX, SERVICE_NAME, TAG_ALIASES } from './alias-table.ts'
import { firstText } from './attribute.ts'
import type { Attributes, OtlpSpan } from './otlp-request.ts'

export type TagName = keyof typeof TAG_ALIASES
export type Tags = Record<TagName, string | null>

export const TAG_NAMES = Object.keys(TAG_ALIASES) as TagName[]
export const NO_TAGS: Readonly<Tags> = { agent: null, task: null, client: null, project: null }

export interface ResolvedTags {
  tags: Tags
  /** The tags that the span and its resource state themselves, whoever else was in the same export. */
  stated: Tags
  /** The agent is only the name of the service: any named agent further up knows better. */
  isAgentFromService: boolean
}

/** Tags from one place: what is named `outlay.*` is meant for us, the other names mean what they mean elsewhere. */
interface Found {
  /** Task, client and project only: for agents the nearest name of any kind wins. */
  explicit: Tags
  alias: Tags
}

const NOTHING: Found = { explicit: NO_TAGS, alias: NO_TAGS }

/**
 * The tags of every span, by position: from the span, then its ancestors in the same export (nearest first), then the resource, then
 * W3C baggage that a collector put on the span or its ancestors.
 *
 * - A task, client or project named `outlay.*` anywhere on that way outranks other names nearer by: a framework that stamps
 *   `session.id` on every span does not hide the task that somebody stated at the root.
 * - For agents the nearest name wins, whatever it is called: a sub-agent is its own agent.
 * - No agent at all: the resource's `service.name`.
 *
 * `parents` gives each span's parent position, -1 for none; it may hold cycles, which are cut.
 */
export function resolveTags(spans: readonly OtlpSpan[], parents: readonly number[]): ResolvedTags[] {
  const onSpans = spans.map((span) => foundIn(span.attributes, PLAIN))
  const inBaggage = spans.map((span) => foundIn(span.attributes, BAGGAGE))
  const onResources = new Map<Attributes, Found>()
  const combineAt = (position: number, span: OtlpSpan): Tags => {
    const onResource = onResources.get(span.resource) ?? foundIn(span.resource, PLAIN)
    onResources.set(span.resource, onResource)
    return combine([onSpans[position]!, onResource, inBaggage[position]!])
  }
  const stated = spans.map((span, position) => withServiceName(combineAt(position, span), span))
  for (const position of parentsFirst(parents)) {
    const parent = parents[position]!
    if (parent === -1) continue
    onSpans[position] = inherit(onSpans[position]!, onSpans[parent]!)
    inBaggage[position] = inherit(inBaggage[position]!, inBaggage[parent]!)
  }
  return spans.map((span, position) => {
    const combined = combineAt(position, span)
    const tags = withServiceName(combined, span)
    const isAgentFromService = combined.agent === null && tags.agent !== null
    return { tags, stated: stated[position]!, isAgentFromService }
  })
}

function combine(places: readonly Found[]): Tags {
  const explicit = places.reduce<Tags>((tags, place) => fill(tags, place.explicit), NO_TAGS)
  return places.reduce<Tags>((tags, place) => fill(tags, place.alias), explicit)
}

function withServiceName(tags: Tags, span: OtlpSpan): Tags {
  return tags.agent === null ? { ...tags, agent: firstText(span.resource, [SERVICE_NAME]) } : tags
}

interface Names {
  prefix: string
  explicit: Record<TagName, string>
  alias: Record<TagName, readonly string[]>
}

const PLAIN = prefixed('')
const BAGGAGE = prefixed(BAGGAGE_PREFIX)

function prefixed(prefix: string): Names {
  const explicit = {} as Record<TagName, string>
  const alias = {} as Record<TagName, readonly string[]>
  for (const tag of TAG_NAMES) {
    const [own, ...others] = TAG_ALIASES[tag].map((name) => prefix + name)
    explicit[tag] = own!
    alias[tag] = others
  }
  return { prefix, explicit, alias }
}

function foundIn(attributes: Attributes, names: Names): Found {
  if (!hasPrefix(attributes, names.prefix)) return NOTHING
  const explicit = { ...NO_TAGS }
  const alias = { ...NO_TAGS }
  for (const tag of TAG_NAMES) {
    explicit[tag] = firstText(attributes, [names.explicit[tag]])
    alias[tag] = firstText(attributes, names.alias[tag])
  }
  alias.agent = explicit.agent ?? alias.agent ?? agentEntity(attributes)
  explicit.agent = null
  return { explicit, alias }
}

function hasPrefix(attributes: Attributes, prefix: string): boolean {
  if (prefix === '') return attributes.size > 0
  for (const name of attributes.keys()) if (name.startsWith(prefix)) return true
  return false
}

/** OpenLLMetry names the agent in the entity of its agent span; entities of tasks, tools and workflows name those. */
function agentEntity(attributes: Attributes): string | null {
  if (attributes.get('traceloop.span.kind') !== 'agent') return null
  return firstText(attributes, ['traceloop.entity.name'])
}

function inherit(own: Found, above: Found): Found {
  if (above === NOTHING) return own
  return { explicit: fill(own.explicit, above.explicit), alias: fill(own.alias, above.alias) }
}

function fill(tags: Tags, from: Tags): Tags {
  if (from === NO_TAGS) return tags
  return {
    agent: tags.agent ?? from.agent,
    task: tags.task ?? from.task,
    client: tags.client ?? from.client,
    project: tags.project ?? from.project,
  }
}

/** All positions, each after its parent; where parents form a cycle, one of it comes first. */
export function parentsFirst(parents: readonly number[]): number[] {
  const order: number[] = []
  const isPlaced = new Uint8Array(parents.length)
  const isOpen = new Uint8Array(parents.length)
  for (let start = 0; start < parents.length; start++) {
    const path: number[] = []
    for (let at = start; at !== -1 && isPlaced[at] === 0 && isOpen[at] === 0; at = parents[at]!) {
      isOpen[at] = 1
      path.push(at)
    }
    for (let at = path.pop(); at !== undefined; at = path.pop()) {
      isPlaced[at] = 1
      order.push(at)
    }
  }
  return order
}
