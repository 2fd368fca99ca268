import type { DemoTask } from '@outlay/db/demo/demo-fleet'

/** 50 agents, 40 clients, 80 projects, 8 models, 25 invocations a task in one trace: the fleet of every measurement. */
const AGENTS = 50
const CLIENTS = 40
const PROJECTS_PER_CLIENT = 2
export const MODELS = [
  'atlas-large',
  'atlas-small',
  'borealis-pro',
  'borealis-mini',
  'cirrus-xl',
  'cirrus-s',
  'delta-think',
  'delta-fast',
] as const
export const EVENTS_PER_TASK = 25
const MODEL_CALLS = 20
const EVENT_GAP_MS = 15_000

export interface Traffic {
  /** Distinguishes the ids of one run of traffic from every other. */
  name: string
  startMs: number
  spanMs: number
  events: number
  /** 50 unless it says otherwise. */
  agents?: number
}

/** One event in the shape of `InvocationInput`. */
export type Item = Record<string, unknown> & { id: string; occurredAt: string }

/** Events `[from, to)` of a run of traffic: in order of time, deterministic, each task a trace with a root span and 24 calls. */
export function items(traffic: Traffic, from: number, to: number): Item[] {
  const batch: Item[] = []
  for (let index = from; index < to; index++) batch.push(item(traffic, index))
  return batch
}

/** The tasks behind a run of traffic, completed and billed, for runs whose tasks are known before their events. */
export function tasks(traffic: Traffic, from: number, to: number): DemoTask[] {
  const list: DemoTask[] = []
  for (let task = from; task < to; task++) {
    const { client, project } = placeOf(traffic, task)
    list.push({
      key: taskKey(traffic, task),
      name: `Deliverable ${task}`,
      client,
      project,
      status: 'COMPLETED',
      completedAt: new Date(taskStart(traffic, task) + EVENTS_PER_TASK * EVENT_GAP_MS).toISOString(),
      billed: { amount: `${1 + (mix(task) % 9)}.50`, currency: 'USD' },
    })
  }
  return list
}

export const names = {
  agents: Array.from({ length: AGENTS }, (_, n) => ({ key: `agent-${n}`, name: `Agent ${n}` })),
  clients: Array.from({ length: CLIENTS }, (_, n) => ({
    key: `client-${n}`,
    name: `Client ${n}`,
    projects: Array.from({ length: PROJECTS_PER_CLIENT }, (_, p) => ({
      key: `project-${n}-${p}`,
      name: `Project ${n}.${p}`,
    })),
  })),
}

export function taskKey(traffic: Traffic, task: number): string {
  return `${traffic.name}-task-${task}`
}

export function traceId(traffic: Traffic, task: number): string {
  return hex(mix(hashOf(traffic.name) ^ task), 8) + hex(task, 24)
}

function item(traffic: Traffic, index: number): Item {
  const task = Math.floor(index / EVENTS_PER_TASK)
  const step = index % EVENTS_PER_TASK
  const chance = mix(index ^ hashOf(traffic.name))
  const startMs = taskStart(traffic, task) + step * EVENT_GAP_MS
  const { client, project } = placeOf(traffic, task)
  // Two agents a task; one event in 50 comes without tags of client and agent.
  const isTagged = chance % 50 !== 0
  return {
    id: eventId(startMs, traffic, index),
    ...(isTagged
      ? { agent: `agent-${(task + (step > 12 ? 7 : 0)) % (traffic.agents ?? AGENTS)}`, client, project }
      : {}),
    task: taskKey(traffic, task),
    trace: traceId(traffic, task),
    span: hex(index, 16),
    ...(step === 0 ? {} : { parentSpan: hex(index - step, 16) }),
    occurredAt: new Date(startMs).toISOString(),
    endedAt: new Date(startMs + 1_000 + (chance % 12_000)).toISOString(),
    ...consumption(step, chance, task),
  }
}

/** Step 0 is the agent's span, then 20 model calls, three tool calls and a shared lookup. */
function consumption(step: number, chance: number, task: number): Record<string, unknown> {
  if (step === 0) return { kind: 'AGENT', name: 'Run', usage: [] }
  if (step <= MODEL_CALLS) {
    return {
      kind: 'MODEL',
      provider: 'bench',
      // A task keeps to two models; one call in 200 goes to one that nobody has priced.
      resource: chance % 200 === 1 ? 'unlisted-model' : MODELS[(task + (step & 1)) % MODELS.length],
      usage: [
        { meter: 'input_tokens', quantity: 500 + (chance % 20_000) },
        { meter: 'output_tokens', quantity: 20 + (chance % 1_500) },
        { meter: 'cache_read_tokens', quantity: chance % 8_000 },
      ],
    }
  }
  if (step < EVENTS_PER_TASK - 1) {
    return { kind: 'TOOL', provider: 'bench-tools', resource: 'search', usage: [{ meter: 'requests', quantity: 1 }] }
  }
  return {
    kind: 'RETRIEVAL',
    provider: 'bench-tools',
    resource: 'index',
    sharedKey: 'index',
    usage: [{ meter: 'requests', quantity: 1 }],
  }
}

function taskStart({ startMs, spanMs, events }: Traffic, task: number): number {
  const count = Math.ceil(events / EVENTS_PER_TASK)
  return startMs + Math.floor((spanMs / count) * task)
}

function placeOf(traffic: Traffic, task: number): { client: string; project: string } {
  const chance = mix(task ^ hashOf(traffic.name))
  const client = chance % CLIENTS
  return { client: `client-${client}`, project: `project-${client}-${(chance >>> 8) % PROJECTS_PER_CLIENT}` }
}

/** A time-ordered id like UUIDv7, as the documentation recommends them: the millisecond, then 80 bits of run and index. */
function eventId(ms: number, traffic: Traffic, index: number): string {
  const time = hex(ms, 12)
  const tail = hex(mix(index), 7) + hex(index, 8)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(hashOf(traffic.name) & 0xfff, 3)}-8${tail.slice(0, 3)}-${tail.slice(3, 15)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits)
}

const hashes = new Map<string, number>()

function hashOf(text: string): number {
  let hash = hashes.get(text)
  if (hash === undefined) {
    hash = 0x811c9dc5
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
    hashes.set(text, hash)
  }
  return hash
}

/** Scrambles 32 bits, so that neighbours differ in everything. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
