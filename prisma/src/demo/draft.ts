import type { InvocationKind } from '@outlay/domain/rollup/grain'
import type { AgentKey, WorkKind } from './fleet.ts'
import type { Random } from './random.ts'

export interface DraftLine {
  meter: string
  /** Whole units: tokens, calls, images, seconds, pages. */
  quantity: bigint
}

/** An invocation of the demo before its token counts are final. */
export interface Draft {
  id: string
  agent: AgentKey | null
  task: string | null
  client: string | null
  project: string | null
  trace: string | null
  span: string | null
  parentSpan: string | null
  kind: InvocationKind
  provider: string | null
  resource: string | null
  name: string
  startMs: number
  endMs: number
  sharedKey: string | null
  usage: readonly DraftLine[]
  /**
   * How it counts in its agent's direct cost of the month: ELASTIC token counts may be scaled to meet the month's sum, FIXED ones may
   * not, NONE costs the agent nothing (agent spans, shared uses, usage without a price).
   */
  pricing: 'ELASTIC' | 'FIXED' | 'NONE'
}

/** A unit of work of the demo; amounts are pence. */
export interface TaskDraft {
  key: string
  name: string
  kind: WorkKind
  client: string | null
  project: string | null
  status: 'COMPLETED' | 'FAILED'
  billedPence: bigint | null
  startMs: number
  endMs: number
}

/** What a call needs to say beyond what its execution knows. */
export interface CallDraft {
  agent: AgentKey
  /** The agent's span; null for an agent that opens none. */
  parent: string | null
  name: string
  kind: InvocationKind
  provider: string
  resource: string
  usage: readonly DraftLine[]
  pricing: Draft['pricing']
  startMs: number
  endMs: number
  sharedKey?: string
}

/** One trace of a task under construction: agent spans and the calls below them. */
export class Execution {
  readonly drafts: Draft[] = []
  readonly #task: { key: string; client: string | null; project: string | null }
  readonly #random: Random
  readonly #trace: string

  constructor(task: { key: string; client: string | null; project: string | null }, random: Random) {
    this.#task = task
    this.#random = random
    this.#trace = random.hex(32)
  }

  /** Adds an agent's span, which consumes nothing itself; the answer is its span id, the parent of its calls. */
  agent(span: { agent: AgentKey; name: string; parent?: string; startMs: number; endMs: number }): string {
    return this.#add({
      ...span,
      parentSpan: span.parent ?? null,
      kind: 'AGENT',
      provider: null,
      resource: null,
      usage: [],
      pricing: 'NONE',
      sharedKey: null,
    })
  }

  /** Adds a call, usually below an agent's span. */
  call({ parent, sharedKey, ...call }: CallDraft): void {
    this.#add({ ...call, parentSpan: parent, sharedKey: sharedKey ?? null })
  }

  /** Lets an agent's span end with its last call, as a tracer closes it. */
  close(span: string, endMs: number): void {
    const draft = this.drafts.find((candidate) => candidate.span === span)
    if (draft !== undefined) draft.endMs = endMs
  }

  #add(draft: Omit<Draft, 'id' | 'task' | 'client' | 'project' | 'trace' | 'span'>): string {
    const { key, client, project } = this.#task
    const span = this.#random.hex(16)
    this.drafts.push({
      agent: draft.agent,
      parentSpan: draft.parentSpan,
      kind: draft.kind,
      provider: draft.provider,
      resource: draft.resource,
      name: draft.name,
      startMs: draft.startMs,
      endMs: draft.endMs,
      sharedKey: draft.sharedKey,
      usage: draft.usage,
      pricing: draft.pricing,
      id: `demo-${key}-${this.drafts.length + 1}`,
      task: key,
      client,
      project,
      trace: this.#trace,
      span,
    })
    return span
  }
}
