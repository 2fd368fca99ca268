import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { parentsFirst } from './span-tags.ts'
import type { UsageLine } from './span-usage.ts'

/** One span of an export as the comparison of nested reports needs it. */
export interface ReportedSpan {
  kind: InvocationKind | null
  /** Every name it gives to the model or tool; requested and answered model differ in their dates. */
  resourceNames: readonly string[]
  /** null when its usage was refused. */
  lines: readonly UsageLine[] | null
}

/**
 * Two instrumentations often report one call: LangChain's `ChatOpenAI.chat` around the client's `openai.chat`, AI SDK 7's `embeddings`
 * around an `embeddings`, an MCP client around its server. Both look like leaves. Returns the positions that only repeat another one:
 *
 * - the outer one, when the calls of the same kind and resource directly within it add up to what it states, or it states nothing;
 * - the inner ones, when only the outer one states any usage.
 *
 * "Directly" means with nothing between but plain spans and chains: a tool that calls itself through an agent is a second call. Numbers
 * that differ are two calls, and both count.
 */
export function findRepeatedReports(spans: readonly ReportedSpan[], parents: readonly number[]): Set<number> {
  const innerOf = new Map<number, number[]>()
  const caller = callers(spans, parents)
  spans.forEach((span, position) => {
    const outer = caller[position]!
    if (outer === -1 || !isSameCall(spans[outer]!, span)) return
    innerOf.set(outer, [...(innerOf.get(outer) ?? []), position])
  })
  const repeated = new Set<number>()
  for (const [outer, inner] of innerOf) {
    const stated = spans[outer]!.lines!
    const sum = sumOf(inner.map((position) => spans[position]!.lines!))
    if (stated.length === 0 || isSameUsage(stated, sum)) repeated.add(outer)
    else if (sum.size === 0) for (const position of inner) repeated.add(position)
  }
  return repeated
}

/** Positions of tools and retrievals above a model or embedding call; tokens they state are those of that call. */
export function findToolsAroundModels(spans: readonly ReportedSpan[], parents: readonly number[]): Set<number> {
  const above = new Uint8Array(spans.length)
  const tools = new Set<number>()
  spans.forEach(({ kind }, position) => {
    if (kind !== 'MODEL' && kind !== 'EMBEDDING') return
    for (let at = parents[position]!; at !== -1 && above[at] === 0; at = parents[at]!) {
      above[at] = 1
      if (spans[at]!.kind === 'TOOL' || spans[at]!.kind === 'RETRIEVAL') tools.add(at)
    }
  })
  return tools
}

const LEAF_KINDS: ReadonlySet<InvocationKind | null> = new Set(['MODEL', 'EMBEDDING', 'TOOL', 'RETRIEVAL'])

/** For each span the nearest span above it that is a call or an agent, -1 for none. */
function callers(spans: readonly ReportedSpan[], parents: readonly number[]): Int32Array {
  const caller = new Int32Array(spans.length).fill(-1)
  for (const position of parentsFirst(parents)) {
    const parent = parents[position]!
    if (parent === -1) continue
    const { kind } = spans[parent]!
    caller[position] = kind === null || kind === 'OTHER' ? caller[parent]! : parent
  }
  return caller
}

function isSameCall(outer: ReportedSpan, inner: ReportedSpan): boolean {
  if (outer === inner || outer.kind !== inner.kind || !LEAF_KINDS.has(inner.kind)) return false
  if (outer.lines === null || inner.lines === null) return false
  if (outer.resourceNames.length === 0 || inner.resourceNames.length === 0) return true
  return outer.resourceNames.some((name) => inner.resourceNames.includes(name))
}

function sumOf(lists: readonly (readonly UsageLine[])[]): Map<string, string> {
  const sum = new Map<string, string>()
  for (const lines of lists) {
    for (const { meter, quantity } of lines) sum.set(meter, add(sum.get(meter), quantity))
  }
  return sum
}

/** Tokens are whole; a decimal quantity stated by hand is compared as it stands. */
function add(sum: string | undefined, quantity: string): string {
  if (sum === undefined) return quantity
  return /^[0-9]+$/.test(sum + quantity) ? (BigInt(sum) + BigInt(quantity)).toString() : `${sum}+${quantity}`
}

function isSameUsage(lines: readonly UsageLine[], sum: ReadonlyMap<string, string>): boolean {
  return lines.length === sum.size && lines.every(({ meter, quantity }) => sum.get(meter) === quantity)
}
