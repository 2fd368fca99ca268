import type { Item } from '../oracle/delivery.ts'
import { Random } from '../oracle/random.ts'

/**
 * The events of one client loop, in batches. Traces go over batches and clients: a wrapper here, its leaf there, and one
 * shared use reported by all. What each event costs does not depend on the order of arrival, because reports of one use
 * say the same, so the total is known whatever happens.
 */
export function workLoad({ seed, client, batches }: { seed: number; client: number; batches: number }): Item[][] {
  const random = new Random(seed * 1_000 + client)
  return Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: random.int(1, 40) }, (_, index) => event({ random, client, batch, index })),
  )
}

function event(at: { random: Random; client: number; batch: number; index: number }): Item {
  const { random, client, batch, index } = at
  const id = `c${client}-b${batch}-i${index}`
  const day = String(random.int(1, 31)).padStart(2, '0')
  const trace = `trace-${batch % 50}`
  const base: Item = {
    id,
    agent: `agent-${random.int(0, 9)}`,
    // A task of one client each: which event names the client first makes no difference.
    task: random.chance(0.7) ? `task-${batch % 50}` : undefined,
    client: `client-${(batch % 50) % 7}`,
    kind: 'MODEL',
    provider: 'acme',
    resource: random.chance(0.95) ? 'small-1' : 'mystery',
    occurredAt: `2026-10-${day}T${String(random.int(0, 23)).padStart(2, '0')}:30:00.000001Z`,
    usage: [{ meter: 'input_tokens', quantity: String(random.int(1, 99_999)) }],
  }
  if (index % 5 === 1) return { ...base, kind: 'AGENT', trace, span: id, resource: 'small-1' }
  // Half of the leaves hang below a wrapper of a batch that is sent much later, or never.
  const above = random.chance(0.5) ? batch : batch + 50
  if (index % 5 === 2 && index > 2)
    return { ...base, trace, span: id, parentSpan: `c${client}-b${above}-i${index - 1}` }
  if (index % 11 === 3) return sharedUse(base, { trace, use: batch % 50 })
  return base
}

/** Every report of a use says the same, so it does not matter which of them comes first. */
function sharedUse(base: Item, { trace, use }: { trace: string; use: number }): Item {
  return {
    ...base,
    task: `task-${use}`,
    client: `client-${use % 7}`,
    kind: 'RETRIEVAL',
    resource: 'small-1',
    occurredAt: '2026-10-15T12:00:00Z',
    trace,
    span: base.id,
    sharedKey: 'the-use',
    usage: [{ meter: 'input_tokens', quantity: String(use * 7 + 1) }],
  }
}
