import { graphql } from '../generated/gql.ts'
import type { AttributedCostFragment, ChainSpanFragment, ChainTraceFragment } from '../generated/graphql.ts'
import { attributedOf } from './basis.ts'
import type { ColourOf } from './colours.ts'
import {
  compactCountText,
  compareDecimals,
  exactDecimalText,
  exactText,
  fineAmountText,
  pixelsOf,
  sumOf,
} from './format.ts'
import { durationText } from './time.ts'

/** A trace as the chain shows it: some of its spans, and what is said of all of them. */
graphql(`
  fragment ChainTrace on Trace {
    traceId
    startedAt
    endedAt
    spanCount
    selfTotal {
      amount
      currency
    }
    dearestSpans {
      name
      self {
        amount
        currency
      }
    }
    cost {
      total {
        amount
        currency
      }
    }
    chainShared {
      sharedKey
      resource
      cost {
        amount
        currency
      }
      reportedBy {
        key
        name
      }
    }
    spans(first: $first, skip: $skip) {
      ...ChainSpan
    }
  }

  fragment ChainSpan on TraceSpan {
    spanId
    parentSpanId
    depth
    name
    kind
    resource
    startedAt
    endedAt
    billing
    status
    sharedKey
    invocationId
    unpricedMeters
    costBasis
    agent {
      key
      name
    }
    self {
      amount
      currency
    }
    subtree {
      amount
      currency
    }
    usage {
      meter
      quantity
    }
  }
`)

export type ChainTrace = ChainTraceFragment
export type ChainSpan = ChainSpanFragment

/** A task with what its chain is drawn from. */
export interface ChainTask {
  task: { name: string }
  cost: AttributedCostFragment
  traces: readonly ChainTrace[]
}

/** Spans that come with the page; the rest follows when the page is there. */
export const FIRST_SPANS = 200
/** Spans that are shown of a task in all, which is also the most that the API answers of a trace. */
export const CHAIN_SPANS_MAX = 10_000

/** Spans of a task, of all its traces. */
export function countSpans(traces: readonly { spanCount: number }[]): number {
  return traces.reduce((sum, { spanCount }) => sum + spanCount, 0)
}

/** As many spans of each trace as can be shown of the task. */
export function spansOfEach(traces: readonly { spanCount: number }[]): number {
  return countSpans(traces) <= CHAIN_SPANS_MAX
    ? CHAIN_SPANS_MAX
    : Math.max(1, Math.floor(CHAIN_SPANS_MAX / traces.length))
}

export type RowIcon = 'task' | 'trace' | 'agent' | 'model' | 'tool' | 'data' | 'other'

export interface RowBadge {
  tone: 'accent' | 'outline' | 'warn' | 'neutral'
  text: string
  title: string
  mark: 'link' | 'up' | null
}

/** A time bar as shares of the axis, 0…1. Geometry only. */
export interface RowBar {
  left: number
  width: number
  text: string
  isPale: boolean
}

/** One row of the chain, ready to draw: the browser only folds and moves. */
export interface ChainRow {
  id: string
  parentId: string | null
  level: number
  name: string
  detail: string
  icon: RowIcon
  colour: string
  isStrong: boolean
  isMuted: boolean
  self: { text: string; title: string }
  subtree: { text: string; title: string }
  badges: RowBadge[]
  bar: RowBar | null
  /** It has arithmetic to show, under its id. */
  isCall: boolean
}

export const TASK_ROW_ID = 'task'

function milliseconds(instant: string): number {
  return Date.parse(instant)
}

function endOf(span: ChainSpan): number {
  return span.endedAt == null
    ? milliseconds(span.startedAt)
    : Math.max(milliseconds(span.endedAt), milliseconds(span.startedAt))
}

/** From the first start to the last end of a trace, of which perhaps not all spans are here. */
export function traceBounds(trace: ChainTrace): { start: number; end: number } {
  if (trace.startedAt != null && trace.endedAt != null)
    return { start: milliseconds(trace.startedAt), end: milliseconds(trace.endedAt) }
  const starts = trace.spans.map((span) => milliseconds(span.startedAt))
  const ends = trace.spans.map(endOf)
  return { start: Math.min(...starts), end: Math.max(...ends) }
}

/** The longest trace of the task: every trace is drawn from its own start on this one scale. */
export function axisLength(traces: readonly ChainTrace[]): number {
  return Math.max(
    1,
    ...traces.filter((trace) => trace.spanCount > 0).map((trace) => traceBounds(trace).end - traceBounds(trace).start),
  )
}

export function totalTime(traces: readonly ChainTrace[]): number {
  return traces
    .filter((trace) => trace.spanCount > 0)
    .reduce((sum, trace) => sum + traceBounds(trace).end - traceBounds(trace).start, 0)
}

/** By the invocation: several of them may be of one span, as an event and its replacement are. */
export function spanPeekKey(trace: ChainTrace, span: ChainSpan): string {
  return `${trace.traceId}:${span.invocationId}`
}

export function isWrapper(span: ChainSpan): boolean {
  return span.kind === 'AGENT' || span.kind === 'OTHER'
}

/** `large-reasoning, 51k tokens`; `6 calls`; what the span consumed in a few words. */
export function usageText(span: ChainSpan): string {
  const tokens = span.usage.filter((line) => line.meter.endsWith('_tokens'))
  const parts = span.resource == null ? [] : [span.resource]
  if (tokens.length > 0) {
    const [whole = '0'] = sumOf(tokens.map((line) => line.quantity)).split('.')
    parts.push(`${compactCountText(whole)} tokens`)
  } else {
    const line = span.usage[0]
    if (line !== undefined)
      parts.push(
        `${exactDecimalText(line.quantity)} ${line.meter === 'requests' ? 'calls' : line.meter.replaceAll('_', ' ')}`,
      )
  }
  return parts.join(', ')
}

const ICONS: Readonly<Record<ChainSpan['kind'], RowIcon>> = {
  AGENT: 'agent',
  MODEL: 'model',
  EMBEDDING: 'data',
  RETRIEVAL: 'data',
  TOOL: 'tool',
  OTHER: 'other',
}

/** What a span's self cost prints as: an amount, 0 for what counts elsewhere, n/a with the reason. */
export function selfText(span: ChainSpan): { text: string; title: string } {
  if (span.billing === 'REPORT') return { text: '0', title: 'Counted once, on the first report of this shared use' }
  if (span.billing === 'VOID') return { text: '0', title: 'Voided: it stays as it was recorded and counts nothing' }
  if (span.billing === 'CLAIMED') return { text: '0', title: 'Usage of the calls below it; only they are billed' }
  if (span.self != null) return { text: fineAmountText(span.self), title: exactText(span.self) }
  if (span.status === 'UNCONVERTED') return { text: 'n/a', title: 'No exchange rate on that day' }
  return {
    text: 'n/a',
    title: span.unpricedMeters.length === 0 ? 'No price' : `No price for ${span.unpricedMeters.join(', ')}`,
  }
}

function badgesOf(trace: ChainTrace, span: ChainSpan): RowBadge[] {
  const badges: RowBadge[] = []
  if (span.billing === 'SHARED') {
    const use = trace.chainShared.find((one) => one.sharedKey === span.sharedKey)
    const reporters = use?.reportedBy.length ?? 1
    badges.push({
      tone: 'accent',
      mark: 'link',
      text: reporters > 1 ? `counted once · ${reporters} reporters` : 'counted once',
      title: `Shared use ${span.sharedKey ?? ''}: belongs to the task, not to an agent`,
    })
  }
  if (span.billing === 'REPORT') {
    badges.push({
      tone: 'outline',
      mark: 'up',
      text: 'counted above',
      title: `Another report of ${span.sharedKey ?? 'a shared use'}`,
    })
  }
  if (span.billing === 'CLAIMED' && span.usage.length > 0) {
    badges.push({
      tone: 'neutral',
      mark: null,
      text: 'claims',
      title: `Repeats usage of the calls below: ${usageText(span)}`,
    })
  }
  if (span.billing === 'VOID') {
    badges.push({ tone: 'warn', mark: null, text: 'voided', title: selfText(span).title })
  }
  if (span.costBasis === 'REPORTED' && span.billing !== 'VOID') {
    badges.push({
      tone: 'outline',
      mark: null,
      text: 'reported cost',
      title: 'No rate matches; the cost its sender reports counts',
    })
  }
  if (span.billing === 'WRAPPER') {
    badges.push({
      tone: 'neutral',
      mark: null,
      text: 'billed itself',
      title: 'It reported usage and nothing below it did',
    })
  }
  const isBilled = span.billing === 'DIRECT' || span.billing === 'WRAPPER' || span.billing === 'SHARED'
  if (span.status !== 'RATED' && isBilled && span.usage.length > 0) {
    badges.push({
      tone: 'warn',
      mark: null,
      text: span.status === 'UNPRICED' ? 'unpriced' : 'no exchange rate',
      title: selfText(span).title,
    })
  }
  return badges
}

function spanDetail(span: ChainSpan, parent: ChainSpan | undefined): string {
  if (span.kind !== 'AGENT') return usageText(span)
  const caller = parent?.agent
  return caller != null && caller.key !== span.agent?.key ? `agent, called by ${caller.name}` : 'agent'
}

/**
 * The rows of a task's chain: the task, a row per trace when there are several, and every span under its parent. Where spans of a trace
 * are not here, it is the last: rows that come later come below those that were there first.
 */
export function chainRows(taskCost: ChainTask, colourOf: ColourOf): ChainRow[] {
  const traces = taskCost.traces.filter((trace) => trace.spanCount > 0)
  const scale = axisLength(traces)
  // Pools are split down to the task, not below it: the rows are of what was used.
  const total = attributedOf(taskCost.cost)
  const rows: ChainRow[] = [
    {
      id: TASK_ROW_ID,
      parentId: null,
      level: 1,
      name: taskCost.task.name,
      detail: 'task',
      icon: 'task',
      colour: 'var(--ink-2)',
      isStrong: true,
      isMuted: false,
      self: { text: '0', title: 'A task has no cost of its own' },
      subtree: { text: fineAmountText(total), title: exactText(total) },
      badges: [],
      bar: traces.length === 1 ? { left: 0, width: 1, text: durationText(scale), isPale: false } : null,
      isCall: false,
    },
  ]
  for (const trace of traces) {
    rows.push(...traceRows(trace, traces.length > 1, scale, colourOf))
    if (trace.spans.length < Math.min(trace.spanCount, spansOfEach(traces))) break
  }
  return rows
}

/** How many rows the chain has when all that is shown of it is here. */
export function countRows(traces: readonly { spanCount: number }[]): number {
  const told = traces.filter(({ spanCount }) => spanCount > 0)
  const each = spansOfEach(told)
  const spans = told.reduce((sum, { spanCount }) => sum + Math.min(spanCount, each), 0)
  return 1 + spans + (told.length > 1 ? told.length : 0)
}

function traceRows(trace: ChainTrace, hasOwnRow: boolean, scale: number, colourOf: ColourOf): ChainRow[] {
  const { start, end } = traceBounds(trace)
  const rootId = hasOwnRow ? `trace ${trace.traceId}` : TASK_ROW_ID
  // Depth first, the node of a span comes before the other invocations of it, which hang below it.
  const nodes = new Map([...trace.spans].reverse().map((span) => [span.spanId, span]))
  const rows: ChainRow[] = []
  if (hasOwnRow) {
    rows.push({
      id: rootId,
      parentId: TASK_ROW_ID,
      level: 2,
      name: `Trace ${trace.traceId.slice(0, 12)}`,
      detail: trace.startedAt == null ? '' : trace.startedAt.slice(0, 10),
      icon: 'trace',
      colour: 'var(--ink-2)',
      isStrong: true,
      isMuted: false,
      self: { text: '0', title: 'A trace has no cost of its own' },
      subtree: { text: fineAmountText(trace.cost.total), title: exactText(trace.cost.total) },
      badges: [],
      bar: { left: 0, width: (end - start) / scale, text: durationText(end - start), isPale: true },
      isCall: false,
    })
  }
  for (const span of trace.spans) {
    const node = nodes.get(span.spanId)
    const parent = node !== span ? node : span.parentSpanId == null ? undefined : nodes.get(span.parentSpanId)
    const from = milliseconds(span.startedAt)
    const length = endOf(span) - from
    const isMuted = span.billing === 'REPORT' || span.billing === 'VOID'
    rows.push({
      id: spanPeekKey(trace, span),
      parentId: parent === undefined ? rootId : spanPeekKey(trace, parent),
      level: span.depth + (hasOwnRow ? 3 : 2),
      name: span.name,
      detail: span.billing === 'REPORT' ? '' : spanDetail(span, parent),
      icon: ICONS[span.kind],
      colour: isMuted ? 'var(--ink-3)' : colourOf(span.agent?.key),
      isStrong: span.kind === 'AGENT',
      isMuted,
      self: selfText(span),
      subtree: { text: fineAmountText(span.subtree), title: exactText(span.subtree) },
      badges: badgesOf(trace, span),
      bar: {
        // What was voided may lie outside of what is told of the trace.
        left: Math.max(0, Math.min(1, (from - start) / scale)),
        width: Math.min(1, length / scale),
        text: durationText(length),
        isPale: isMuted || isWrapper(span),
      },
      isCall: true,
    })
  }
  return rows
}

/** The sum of every span's own cost: it must be what the task cost. */
export function sumOfSelf(traces: readonly ChainTrace[]): string {
  return sumOf(traces.map(({ selfTotal }) => selfTotal.amount))
}

/** The dearest calls, and how many of them it takes to make at least half of the cost (at most 3). */
export function dearestCalls(traces: readonly ChainTrace[], total: string): { names: string[]; amount: string } {
  const calls = traces
    .flatMap(({ dearestSpans }) => dearestSpans)
    .sort((a, b) => compareDecimals(b.self?.amount ?? '0', a.self?.amount ?? '0'))
  const names: string[] = []
  let amount = '0'
  for (const span of calls.slice(0, 3)) {
    if (names.length > 0 && pixelsOf(amount) * 2.05 >= pixelsOf(total)) break
    names.push(span.name)
    amount = sumOf([amount, span.self?.amount ?? '0'])
  }
  return { names, amount }
}

/** Round steps of time for an axis of `ms`: at most five of them. */
export function timeTicks(ms: number): { at: number; text: string }[] {
  const steps = [
    100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 18e5, 36e5, 72e5, 144e5, 432e5, 864e5,
  ]
  const step = steps.find((one) => ms / one <= 5) ?? ms
  const ticks: { at: number; text: string }[] = []
  for (let at = 0; at <= ms; at += step) ticks.push({ at: at / ms, text: at === 0 ? '0' : tickText(at) })
  return ticks
}

function tickText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms < 60_000) return `${ms / 1_000} s`
  if (ms < 3_600_000) return `${ms / 60_000} m`
  return `${ms / 3_600_000} h`
}
