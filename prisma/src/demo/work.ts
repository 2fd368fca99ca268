import { Execution, type Draft, type DraftLine } from './draft.ts'
import type { AgentKey, WorkKind } from './fleet.ts'
import { marketEntryAnalysis } from './market-entry.ts'
import type { Random } from './random.ts'

export interface WorkOrder {
  key: string
  client: string | null
  project: string | null
  startMs: number
}

/** What a piece of work sends: its calls and the moment it was done. */
export interface Work {
  drafts: Draft[]
  endMs: number
}

/** Runs one piece of work of a kind, with token counts that vary around that kind's usual ones. */
export function runWork(kind: WorkKind, order: WorkOrder, random: Random): Work {
  switch (kind) {
    case 'research':
      return research(order, random)
    case 'coding':
      return coding(order, random)
    case 'summary':
      return summary(order, random)
    case 'campaign':
      return campaign(order, random)
    case 'market-entry':
      return marketEntryAnalysis(order, { random, vary: true })
    default:
      return kind satisfies never
  }
}

function research(order: WorkOrder, random: Random): Work {
  const agent = new OneAgent({ order, random, agent: 'research', name: 'Research Agent' })
  agent.use('Web search', 'TOOL', 'tools/web-search', { requests: random.between(2, 6) })
  // A scanned document in every ninth brief; its reader has no rate, so these stay unpriced until someone publishes one.
  if (random.below(9) === 0) {
    agent.use('Read a scanned document', 'TOOL', 'papermill/document-ocr', { pages: random.between(4, 40) }, 'NONE')
  }
  agent.think('Read the sources', { input_tokens: 60_000, output_tokens: 4_000 })
  agent.think('Write the findings', { input_tokens: 28_000, output_tokens: 4_000 })
  return agent.done()
}

function coding(order: WorkOrder, random: Random): Work {
  const agent = new OneAgent({ order, random, agent: 'coding', name: 'Coding Agent' })
  agent.use('Find the code', 'RETRIEVAL', 'vector-store/repo-index', { requests: 1 })
  agent.think('Plan the change', { input_tokens: 40_000, output_tokens: 3_000 })
  agent.think('Write the change', { input_tokens: 110_000, cache_read_tokens: 200_000, output_tokens: 14_000 })
  agent.use('Run the tests', 'TOOL', 'tools/sandbox', { seconds: random.between(120, 900) })
  agent.think('Review and mend', { input_tokens: 100_000, cache_read_tokens: 150_000, output_tokens: 10_000 })
  return agent.done()
}

/** One call, no agent span: the Summarisation Agent is a function around one prompt. */
function summary(order: WorkOrder, random: Random): Work {
  const execution = new Execution(order, random)
  const usage = vary({ input_tokens: 52_000, output_tokens: 3_000 }, random)
  const endMs = order.startMs + durationMs(usage)
  execution.call({
    agent: 'summarisation',
    parent: null,
    name: 'Summarise the document',
    kind: 'MODEL',
    provider: 'gateway',
    resource: 'small-model',
    usage,
    pricing: 'ELASTIC',
    startMs: order.startMs,
    endMs,
  })
  return { drafts: execution.drafts, endMs }
}

function campaign(order: WorkOrder, random: Random): Work {
  const agent = new OneAgent({ order, random, agent: 'campaign', name: 'Campaign Agent' })
  agent.use('Audience lookup', 'TOOL', 'tools/audience-lookup', { requests: 2 })
  agent.think('Draft the brief', { input_tokens: 24_000, output_tokens: 3_400 })
  agent.think('Draft the copy', { input_tokens: 40_000, output_tokens: 6_000 })
  agent.use('Render images', 'TOOL', 'tools/image-render', { images: random.between(2, 6) })
  agent.think('Critique and polish', { input_tokens: 9_000, output_tokens: 1_600 })
  return agent.done()
}

/** A trace of one agent whose calls follow one another. */
class OneAgent {
  readonly #execution: Execution
  readonly #random: Random
  readonly #agent: AgentKey
  readonly #span: string
  #nowMs: number

  constructor({ order, random, agent, name }: { order: WorkOrder; random: Random; agent: AgentKey; name: string }) {
    this.#execution = new Execution(order, random)
    this.#random = random
    this.#agent = agent
    this.#nowMs = order.startMs
    this.#span = this.#execution.agent({ agent, name, startMs: order.startMs, endMs: order.startMs })
  }

  /** A call of the large model; its token counts follow the month's sum. */
  think(name: string, tokens: Record<string, number>): void {
    this.#call({
      name,
      kind: 'MODEL',
      resource: 'gateway/large-reasoning',
      usage: vary(tokens, this.#random),
      pricing: 'ELASTIC',
    })
  }

  /** A call of a tool or an index, billed by the piece. */
  use(
    name: string,
    kind: 'TOOL' | 'RETRIEVAL',
    resource: string,
    usage: Record<string, number>,
    pricing: 'FIXED' | 'NONE' = 'FIXED',
  ): void {
    this.#call({ name, kind, resource, usage: linesOf(usage), pricing })
  }

  done(): Work {
    this.#execution.close(this.#span, this.#nowMs)
    return { drafts: this.#execution.drafts, endMs: this.#nowMs }
  }

  #call(call: Pick<Draft, 'name' | 'kind' | 'usage' | 'pricing'> & { resource: string }): void {
    const [provider = '', resource = ''] = call.resource.split('/')
    const startMs = this.#nowMs + this.#random.between(200, 2_000)
    this.#nowMs = startMs + durationMs(call.usage)
    this.#execution.call({
      ...call,
      provider,
      resource,
      agent: this.#agent,
      parent: this.#span,
      startMs,
      endMs: this.#nowMs,
    })
  }
}

/** Token counts between 60 and 140 % of the usual ones. */
function vary(tokens: Record<string, number>, random: Random): DraftLine[] {
  return linesOf(tokens).map((line) => ({
    ...line,
    quantity: (line.quantity * BigInt(random.between(60, 140))) / 100n,
  }))
}

function linesOf(usage: Record<string, number>): DraftLine[] {
  return Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity: BigInt(quantity) }))
}

/** Two seconds, and one for every 70 tokens written. */
function durationMs(usage: readonly DraftLine[]): number {
  const written = usage.find(({ meter }) => meter === 'output_tokens')?.quantity ?? 0n
  return 2_000 + Math.floor((Number.parseInt(written.toString(), 10) * 1_000) / 70)
}
