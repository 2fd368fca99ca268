import type { Channel, Delivered, Delivery, Item, Kind, TaskChange, TenantFacts, Usage } from './delivery.ts'
import { instant, instantText, localDate, type Micros, startOfDay } from './local-time.ts'
import { malformedItems } from './malformed-items.ts'
import { publishedFxRates, publishedRates, ratesOfALatePrice } from './price-list.ts'
import { Random } from './random.ts'
import type { Range } from './views.ts'

/** A tenant's month to generate: `range` must lie in the past and should hold a DST change of the zone. */
export interface MonthPlan extends TenantFacts {
  seed: number
  range: Range
  /** An instant in the range at which prices change. */
  priceChange: string
  /** Instants worth an event just before, at and just after: the DST change, above all. */
  edges: readonly string[]
}

interface World {
  random: Random
  plan: MonthPlan
  start: Micros
  end: Micros
  tasks: Task[]
  count: number
}

interface Task {
  key: string
  client?: string
  project?: string
}

const agents = ['research', 'coding', 'summariser', 'campaign', 'Zoë’s agent', 'qa "nightly"', 'a,b', 'x'.repeat(256)]
const clients = ['northwind', 'contoso', 'Ørsted & Söhne', 'tailspin', 'fabrikam', 'wingtip', "o'neill"]
const projects = ['atlas', 'borealis', 'cumulus', 'drumlin', 'esker', '東京 rollout', 'fjord']

/**
 * At least 3,000 events with everything a month can hold, and the order in which they arrive. The same plan gives the
 * same deliveries, byte for byte, except for the events in the future, which follow the clock.
 */
export function generateMonth(plan: MonthPlan): Delivery[] {
  const random = new Random(plan.seed)
  const world: World = {
    random,
    plan,
    start: startOfDay(plan.range.from, plan.timeZone),
    end: startOfDay(plan.range.to, plan.timeZone),
    tasks: [],
    count: 0,
  }
  world.tasks = Array.from({ length: 240 }, (_, index) => task(random, index))
  const items = [
    ...Array.from({ length: 330 }, () => chain(world)).flat(),
    ...Array.from({ length: 900 }, () => lone(world)),
    ...edgeEvents(world),
    ...cycles(world),
  ]
  return deliveries(world, items)
}

function task(random: Random, index: number): Task {
  const client = random.chance(0.9) ? random.pick(clients) : undefined
  const project = random.chance(0.7) ? random.pick(projects) : undefined
  return { key: `task ${index}`, client, project }
}

// ---- Events ---------------------------------------------------------------------------------------------------------

/** One trace: agents one to four deep, each with leaves, and shared uses that several of them report. */
function chain(world: World): Item[] {
  const { random } = world
  const trace = random.hex(32)
  const at = world.start + BigInt(Math.floor(random.next() * Number(world.end - world.start)))
  const task = random.chance(0.88) ? random.pick(world.tasks) : undefined
  const tags = (): Partial<Item> => ({
    trace,
    task: task !== undefined && random.chance(0.95) ? task.key : undefined,
    client: random.chance(0.85) ? (task?.client ?? maybe(random, 0.5, clients)) : maybe(random, 0.3, clients),
    project: random.chance(0.8) ? (task?.project ?? maybe(random, 0.3, projects)) : undefined,
  })
  const items: Item[] = []
  const sharedKeys = Array.from({ length: random.int(0, 2) }, (_, index) => `use-${index}`)
  const depth = random.int(1, 4)
  let parent: string | undefined
  for (let level = 0; level < depth; level += 1) {
    const agent = maybe(random, 0.95, agents)
    const span = random.hex(16)
    const isWorkflow = level === 0 && random.chance(0.2)
    items.push(wrapper(world, { ...tags(), agent, span, parentSpan: parent, at, isWorkflow }))
    // A deepest agent now and then has no leaves: then its own usage is what is billed.
    const leaves = level === depth - 1 && random.chance(0.3) ? 0 : random.int(1, 4)
    for (let index = 0; index < leaves; index += 1) {
      const leafAt = at + BigInt(random.int(0, 900_000_000))
      items.push({ ...leaf(world, leafAt), ...tags(), agent, span: random.hex(16), parentSpan: span })
    }
    for (const sharedKey of sharedKeys)
      if (random.chance(leaves === 0 ? 0.2 : 0.6))
        items.push({ ...sharedUse(world, at, sharedKey), ...tags(), agent, parentSpan: span })
    if (leaves > 0 && random.chance(0.1)) {
      const model = items.at(-1)
      if (model?.span !== undefined)
        items.push({ ...leaf(world, at + 5n), ...tags(), agent, span: random.hex(16), parentSpan: model.span })
    }
    parent = span
  }
  return items.map(withoutBlanks)
}

function wrapper(world: World, place: Partial<Item> & { at: Micros; isWorkflow: boolean }): Item {
  const { random } = world
  const { at, isWorkflow, ...tags } = place
  const claims = random.chance(0.6)
  return {
    ...tags,
    id: nextId(world),
    kind: isWorkflow ? 'OTHER' : 'AGENT',
    provider: claims ? 'acme' : undefined,
    resource: claims ? 'small-1' : undefined,
    name: 'invoke_agent',
    occurredAt: instantText(at),
    endedAt: instantText(at + BigInt(random.int(1, 900_000_000))),
    usage: claims ? tokens(random) : [],
  }
}

function sharedUse(world: World, at: Micros, sharedKey: string): Item {
  const { random } = world
  const isKnown = random.chance(0.9)
  return {
    id: nextId(world),
    kind: 'RETRIEVAL',
    provider: 'globex',
    resource: isKnown ? 'vector-db' : 'unheard-of-store',
    occurredAt: instantText(at + BigInt(random.int(0, 60_000_000))),
    // Each reporter has its own reading of the same use; only the first recorded one counts.
    usage: [{ meter: 'requests', quantity: String(random.int(1, 9)) }],
    span: random.hex(16),
    sharedKey,
  }
}

/** An event outside any trace, with any of its tags missing. */
function lone(world: World): Item {
  const { random } = world
  const at = world.start + BigInt(Math.floor(random.next() * Number(world.end - world.start)))
  const task = random.chance(0.6) ? random.pick(world.tasks) : undefined
  return withoutBlanks({
    ...leaf(world, at),
    agent: maybe(random, 0.85, agents),
    task: task?.key,
    client: random.chance(0.7) ? (task?.client ?? random.pick(clients)) : maybe(random, 0.2, clients),
    project: random.chance(0.5) ? (task?.project ?? random.pick(projects)) : undefined,
  })
}

function leaf(world: World, at: Micros): Item {
  const { random } = world
  const what = random.pick(leafKinds)(random)
  return {
    id: nextId(world),
    occurredAt: instantText(at),
    endedAt: random.chance(0.5) ? instantText(at + BigInt(random.int(0, 30_000_000))) : undefined,
    ...what,
  }
}

type Leaf = Pick<Item, 'provider' | 'resource' | 'usage' | 'qualifiers'> & { kind?: Kind }

/** What leaves consume; models appear twice because they are most of a real month. */
const leafKinds: readonly ((random: Random) => Leaf)[] = [
  (random) => ({ provider: 'acme', resource: 'small-1', usage: tokens(random) }),
  (random) => ({ kind: 'MODEL', provider: 'acme', resource: 'large-1', usage: tokens(random) }),
  (random) => ({ kind: 'MODEL', provider: 'acme', resource: 'large-1', usage: tokens(random) }),
  // Exactly at, and one above, the threshold of the dearer tier.
  (random) => ({
    kind: 'MODEL',
    provider: 'acme',
    resource: 'large-1',
    usage: [
      { meter: 'input_tokens', quantity: random.pick(['7000', '7001', '8000', '8001']) },
      { meter: 'cache_read_tokens', quantity: random.pick(['0', '1000']) },
      { meter: 'output_tokens', quantity: '17' },
    ],
  }),
  (random) => ({
    kind: 'MODEL',
    provider: 'acme',
    resource: 'large-1',
    usage: tokens(random),
    qualifiers: { tier: random.pick(['batch', 'standard']) },
  }),
  (random) => ({
    kind: 'MODEL',
    provider: 'acme',
    resource: random.pick(['mini-1', 'mini-2', 'mini-pro-7']),
    usage: tokens(random),
  }),
  (random) => ({ kind: 'MODEL', provider: 'initech', resource: 'euro-model', usage: tokens(random) }),
  (random) => ({ kind: 'MODEL', provider: 'initech', resource: 'late-1', usage: tokens(random) }),
  (random) => ({ kind: 'MODEL', provider: 'acme', resource: 'gratis', usage: tokens(random) }),
  (random) => ({
    kind: 'TOOL',
    provider: 'globex',
    resource: 'search',
    usage: [{ meter: 'requests', quantity: String(random.int(0, 3)) }],
  }),
  () => ({ kind: 'TOOL', provider: 'acme', resource: 'search', usage: [{ meter: 'requests', quantity: '1' }] }),
  (random) => ({
    kind: 'EMBEDDING',
    provider: 'globex',
    resource: 'embed',
    usage: [
      { meter: 'input_tokens', quantity: String(random.int(1, 5000)) },
      { meter: 'seconds', quantity: `${random.int(0, 9)}.${String(random.int(0, 999_999)).padStart(6, '0')}` },
    ],
  }),
  (random) => ({
    kind: 'RETRIEVAL',
    provider: 'globex',
    resource: 'vector-db',
    usage: [{ meter: 'requests', quantity: String(random.int(1, 20)) }],
  }),
  // No rate anywhere, a rate for only one of two meters, and no name to look a rate up by.
  (random) => ({ kind: 'MODEL', provider: 'globex', resource: 'mystery', usage: tokens(random) }),
  (random) => ({
    kind: 'MODEL',
    provider: 'acme',
    resource: 'small-1',
    usage: [...tokens(random), { meter: 'images', quantity: String(random.int(1, 4)) }],
  }),
  (random) => ({ kind: 'MODEL', resource: random.chance(0.5) ? 'nameless' : undefined, usage: tokens(random) }),
]

function tokens(random: Random): Usage[] {
  const usage: Usage[] = [
    { meter: 'input_tokens', quantity: String(random.int(0, 12_000)) },
    { meter: 'output_tokens', quantity: String(random.int(1, 2500)) },
  ]
  if (random.chance(0.4)) usage.push({ meter: 'cache_read_tokens', quantity: String(random.int(1, 9000)) })
  if (random.chance(0.1)) usage.push({ meter: 'reasoning_tokens', quantity: String(random.int(1, 999)) })
  return usage
}

/** Around the price change, the DST change, the range's own ends and a few midnights: one microsecond before, at, after. */
function edgeEvents(world: World): Item[] {
  const { plan, random } = world
  const someDay = localDate((world.start + world.end) / 2n, plan.timeZone)
  const instants = [
    instant(plan.priceChange),
    ...plan.edges.map(instant),
    world.start,
    world.end,
    startOfDay(someDay, plan.timeZone),
  ]
  return instants.flatMap((edge) =>
    [-1n, 0n, 1n].flatMap((shift) =>
      ['small-1', 'large-1', 'mini-1'].map((resource) =>
        withoutBlanks({
          id: nextId(world),
          agent: random.pick(agents),
          task: random.pick(world.tasks).key,
          client: random.pick(clients),
          kind: 'MODEL',
          provider: 'acme',
          resource,
          occurredAt: instantText(edge + shift),
          usage: [
            { meter: 'input_tokens', quantity: '1000' },
            { meter: 'output_tokens', quantity: '1' },
          ],
        }),
      ),
    ),
  )
}

/** Spans that name each other as parent, in rings of one, two and three, each with a priced leaf below. */
function cycles(world: World): Item[] {
  const { random } = world
  return [1, 2, 3, 2].flatMap((size) => {
    const trace = random.hex(32)
    const spans = Array.from({ length: size }, () => random.hex(16))
    return spans.flatMap((span, index) => {
      const at = world.start + BigInt(random.int(1, 1_000_000_000))
      const ring = {
        ...leaf(world, at),
        trace,
        agent: random.pick(agents),
        span,
        parentSpan: spans[(index + 1) % size],
      }
      const below = { ...leaf(world, at), trace, agent: random.pick(agents), span: random.hex(16), parentSpan: span }
      return [withoutBlanks(ring), withoutBlanks(below)]
    })
  })
}

// ---- Arrival --------------------------------------------------------------------------------------------------------

function deliveries(world: World, items: readonly Item[]): Delivery[] {
  const { random, plan } = world
  const arriving = random.shuffled<Delivered>([
    ...items.map(sound),
    ...items.filter(() => random.chance(0.07)).map(sound),
    ...items.filter(() => random.chance(0.012)).map((item) => sound(contradicting(random, item))),
  ])
  const batches = intoBatches(random, arriving)
  const changes = taskChanges(world)
  const firstHalf = batches.slice(0, Math.floor(batches.length / 2))
  return [
    { kind: 'rates', rates: publishedRates(plan) },
    { kind: 'fxRates', rates: publishedFxRates(plan) },
    ...interleaved(random, firstHalf, changes.slice(0, changes.length / 2)),
    // Published when half of the month has arrived: what was recorded before stays unpriced (law L12).
    { kind: 'rates', rates: ratesOfALatePrice(plan) },
    ...interleaved(random, batches.slice(firstHalf.length), changes.slice(changes.length / 2)),
  ]
}

function sound(item: Item): Delivered {
  return { kind: 'sound', item }
}

/** The same id with other content: whichever arrives first stays, the other is refused. */
function contradicting(random: Random, item: Item): Item {
  if (random.chance(0.5)) return { ...item, agent: item.agent === 'research' ? 'coding' : 'research' }
  return { ...item, usage: [{ meter: 'requests', quantity: '123456' }] }
}

function intoBatches(random: Random, arriving: readonly Delivered[]): Delivery[] {
  const batches: Delivery[] = []
  let next = 0
  while (next < arriving.length) {
    const size = random.chance(0.3) ? random.int(1, 3) : random.int(20, 350)
    const channel: Channel = random.pick(['JSON', 'NDJSON', 'GRAPHQL'])
    const items = arriving.slice(next, next + size)
    for (const bad of malformedItems(channel))
      if (random.chance(0.06)) items.splice(random.int(0, items.length), 0, bad)
    batches.push({ kind: 'batch', channel, gzip: channel !== 'GRAPHQL' && random.chance(0.5), items })
    next += size
  }
  return batches
}

/** Names, clients, billed prices and completions, some before and some after the task's events, some changed twice. */
function taskChanges({ random, plan, start, end, tasks }: World): TaskChange[] {
  const changes = tasks.flatMap((task): TaskChange[] => {
    const result: TaskChange[] = []
    if (random.chance(0.3)) result.push({ key: task.key, client: random.pick(clients) })
    if (random.chance(0.2)) result.push({ key: task.key, project: random.pick(projects) })
    if (random.chance(0.6))
      result.push({
        key: task.key,
        status: 'COMPLETED',
        completedAt: instantText(start + BigInt(Math.floor(random.next() * 1.1 * Number(end - start)))),
        billed: random.chance(0.7)
          ? { amount: `${random.int(0, 90)}.${random.int(10, 99)}`, currency: plan.currency }
          : undefined,
      })
    return result
  })
  return random.shuffled(changes.map(withoutBlanks))
}

function interleaved(random: Random, batches: readonly Delivery[], changes: readonly TaskChange[]): Delivery[] {
  const result = [...batches]
  for (const change of changes) result.splice(random.int(0, result.length), 0, { kind: 'task', change })
  return result
}

// ---- Small things ---------------------------------------------------------------------------------------------------

function nextId(world: World): string {
  world.count += 1
  return `evt-${world.plan.seed}-${world.count}`
}

function maybe(random: Random, probability: number, some: readonly string[]): string | undefined {
  return random.chance(probability) ? random.pick(some) : undefined
}

function withoutBlanks<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
}
