import { consumes, isBilled, isWrapperKind, type Ledger, type Recorded } from './ledger.ts'
import { addDays, localDate, type Micros, periodOf, startOfDay, type Step } from './local-time.ts'
import { Rational } from './rational.ts'

/** Calendar dates of the tenant, half-open. */
export interface Range {
  from: string
  to: string
}

export type Dimension = 'AGENT' | 'CLIENT' | 'PROJECT' | 'TASK' | 'PROVIDER' | 'RESOURCE' | 'KIND'
/** Values to keep; a resource is named without its provider. */
export type Filter = Partial<Record<Dimension, readonly string[]>>

export interface Sums {
  direct: Rational
  chainShared: Rational
  invocations: number
  tokens: Rational
  unpriced: number
  unconverted: number
}

/** One billed event with the tags under which it is counted. */
export interface Entry {
  recorded: Recorded
  at: Micros
  tags: Record<Dimension, string | null>
}

/**
 * Every billed event of the ledger. A direct one is counted under its own tags; a shared use has no agent and follows the
 * client and project of its task, its own only where the task has none (law L13).
 */
export function entries(ledger: Ledger): Entry[] {
  return ledger.recorded
    .filter(isBilled)
    .map((recorded) => ({ recorded, at: recorded.at, tags: tagsOf(ledger, recorded) }))
}

function tagsOf(ledger: Ledger, { item, billing }: Recorded): Entry['tags'] {
  const isShared = billing === 'SHARED'
  const task = isShared && item.task !== undefined ? ledger.tasks.get(item.task) : undefined
  return {
    AGENT: isShared ? null : (item.agent ?? null),
    CLIENT: task?.client ?? item.client ?? null,
    PROJECT: task?.project ?? item.project ?? null,
    TASK: item.task ?? null,
    PROVIDER: item.provider ?? null,
    // The same name at two providers is two resources, with prices of their own.
    RESOURCE: item.resource === undefined ? null : [item.provider, item.resource].filter(Boolean).join('/'),
    KIND: item.kind ?? 'MODEL',
  }
}

export function sum(some: readonly Entry[]): Sums {
  const costOf = (shared: boolean): Rational =>
    Rational.sum(
      some
        .filter((entry) => (entry.recorded.billing === 'SHARED') === shared)
        .map((entry) => entry.recorded.pricing.cost ?? Rational.zero),
    )
  const ofStatus = (status: string): number => some.filter((entry) => entry.recorded.pricing.status === status).length
  const usage = some.flatMap((entry) => entry.recorded.item.usage)
  return {
    direct: costOf(false),
    chainShared: costOf(true),
    invocations: some.length,
    tokens: Rational.sum(
      usage.filter((one) => one.meter.endsWith('_tokens')).map((one) => Rational.parse(one.quantity)),
    ),
    unpriced: ofStatus('UNPRICED'),
    unconverted: ofStatus('UNCONVERTED'),
  }
}

export function total(sums: Sums): Rational {
  return sums.direct.plus(sums.chainShared)
}

export function within(ledger: Ledger, some: readonly Entry[], range: Range): Entry[] {
  const start = startOfDay(range.from, ledger.tenant.timeZone)
  const end = startOfDay(range.to, ledger.tenant.timeZone)
  return some.filter((entry) => start <= entry.at && entry.at < end)
}

/** What a period is compared with: the month before a whole calendar month, else as many days just before. */
export function previousPeriod(range: Range): Range {
  const nextMonth = `${addDays(range.from, 31).slice(0, 7)}-01`
  const isWholeMonth = range.from.endsWith('-01') && range.to === nextMonth
  if (isWholeMonth) return { from: `${addDays(range.from, -1).slice(0, 7)}-01`, to: range.from }
  const days = Math.round((Date.parse(range.to) - Date.parse(range.from)) / 86_400_000)
  return { from: addDays(range.from, -days), to: range.from }
}

export function series(
  ledger: Ledger,
  some: readonly Entry[],
  step: Step,
): { start: Micros; end: Micros; sums: Sums }[] {
  const points = new Map<Micros, { end: Micros; members: Entry[] }>()
  for (const entry of some) {
    const known = [...points].find(([start, point]) => start <= entry.at && entry.at < point.end)
    if (known !== undefined) {
      known[1].members.push(entry)
      continue
    }
    const { start, end } = periodOf(entry.at, step, ledger.tenant.timeZone)
    points.set(start, { end, members: [entry] })
  }
  return [...points]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([start, { end, members }]) => ({ start, end, sums: sum(members) }))
}

/** Entries by the values of some dimensions; a key of the map is the JSON array of the values. */
export function group(some: readonly Entry[], dimensions: readonly Dimension[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of some) {
    const key = JSON.stringify(dimensions.map((dimension) => entry.tags[dimension]))
    const members = groups.get(key)
    if (members === undefined) groups.set(key, [entry])
    else members.push(entry)
  }
  return groups
}

export function matching(some: readonly Entry[], filter: Filter): Entry[] {
  const valueOf = (entry: Entry, dimension: Dimension): string | null =>
    dimension === 'RESOURCE' ? (entry.recorded.item.resource ?? null) : entry.tags[dimension]
  return some.filter((entry) =>
    Object.entries(filter).every(([dimension, keys]) => {
      const value = valueOf(entry, dimension as Dimension)
      return value !== null && keys.includes(value)
    }),
  )
}

/** Completed tasks whose completion falls in the range, by the agents that took part in them at any time. */
export function tasksCompleted(ledger: Ledger, range: Range): { all: number; byAgent: Map<string, number> } {
  const completed = completedIn(ledger, range)
  const byAgent = new Map<string, number>()
  for (const key of completed)
    for (const agent of agentsOf(ledger, key)) byAgent.set(agent, (byAgent.get(agent) ?? 0) + 1)
  return { all: completed.length, byAgent }
}

function completedIn(ledger: Ledger, range: Range): string[] {
  return [...ledger.tasks.values()]
    .filter((task) => {
      if (task.status !== 'COMPLETED' || task.completedAt === null) return false
      const day = localDate(task.completedAt, ledger.tenant.timeZone)
      return range.from <= day && day < range.to
    })
    .map((task) => task.key)
}

/** The agents that reported consumption for a task, whether it is billed there or elsewhere in the trace. */
function agentsOf(ledger: Ledger, task: string): Set<string> {
  const agents = new Set<string>()
  for (const { item } of ledger.recorded)
    if (item.task === task && item.agent !== undefined && (!isWrapperKind(item) || consumes(item)))
      agents.add(item.agent)
  return agents
}

/** What the tasks of each client were billed, in the range in which they were completed. */
export function revenueByClient(ledger: Ledger, range: Range): Map<string, Rational> {
  const revenue = new Map<string, Rational>()
  for (const key of completedIn(ledger, range)) {
    const task = ledger.tasks.get(key)
    if (task === undefined || task.billed === null || task.client === null) continue
    revenue.set(task.client, (revenue.get(task.client) ?? Rational.zero).plus(task.billed))
  }
  return revenue
}

export interface UnpricedMeter {
  provider: string | null
  resource: string | null
  meter: string
  invocations: number
  quantity: Rational
  firstSeen: Micros
  lastSeen: Micros
}

/** The usage no rate was found for, by provider, resource and meter. */
export function unpricedUsage(some: readonly Entry[]): UnpricedMeter[] {
  const found = new Map<string, UnpricedMeter>()
  for (const { recorded, at, tags } of some)
    for (const line of recorded.pricing.lines) {
      if (line.outcome !== 'UNPRICED') continue
      const key = JSON.stringify([tags.PROVIDER, tags.RESOURCE, line.meter])
      const known = found.get(key)
      found.set(key, {
        provider: tags.PROVIDER,
        resource: recorded.item.resource ?? null,
        meter: line.meter,
        invocations: (known?.invocations ?? 0) + 1,
        quantity: (known?.quantity ?? Rational.zero).plus(line.quantity),
        firstSeen: known !== undefined && known.firstSeen < at ? known.firstSeen : at,
        lastSeen: known !== undefined && known.lastSeen > at ? known.lastSeen : at,
      })
    }
  return [...found.values()]
}

/** What one price made of some events: quantity and amount of all lines that are alike. */
export interface PricedTotal {
  quantity: Rational
  amount: Rational
  lines: number
}

/**
 * The rated lines of billed events, by what tells them apart: shared or direct, resource, meter, unit price and FX rate. An event whose
 * cost is unknown has none, and nothing of something is no line.
 */
export function pricedLines(some: readonly Entry[]): Map<string, PricedTotal> {
  const found = new Map<string, PricedTotal>()
  for (const { recorded, tags } of some) {
    if (recorded.pricing.status !== 'RATED') continue
    for (const { meter, quantity, amount, unitPrice, fxRate } of recorded.pricing.lines) {
      if (quantity.isZero) continue
      const shared = recorded.billing === 'SHARED'
      const key = JSON.stringify([shared, tags.RESOURCE, meter, unitPrice?.toDecimal(), fxRate?.toDecimal() ?? null])
      const known = found.get(key)
      found.set(key, {
        quantity: (known?.quantity ?? Rational.zero).plus(quantity),
        amount: (known?.amount ?? Rational.zero).plus(amount ?? Rational.zero),
        lines: (known?.lines ?? 0) + 1,
      })
    }
  }
  return found
}

export interface SpanView {
  recorded: Recorded
  depth: number
  parent: string | null
  self: Rational
  subtree: Rational
}

/** The spans of a trace with what each cost alone and with everything below it; an orphan stands at the top (law L14). */
export function spanTree(ledger: Ledger, trace: string): Map<string, SpanView> {
  const members = ledger.recorded.filter((one) => one.item.trace === trace)
  const spans = new Set(members.map((one) => one.item.span))
  const views = new Map<string, SpanView>()
  const visit = (one: Recorded, depth: number): Rational => {
    const self = isBilled(one) ? (one.pricing.cost ?? Rational.zero) : Rational.zero
    const below = members.filter((child) => one.item.span !== undefined && child.item.parentSpan === one.item.span)
    const subtree = self.plus(Rational.sum(below.map((child) => visit(child, depth + 1))))
    const parent = one.item.parentSpan ?? null
    views.set(one.item.id, { recorded: one, depth, parent, self, subtree })
    return subtree
  }
  for (const one of members) if (one.item.parentSpan === undefined || !spans.has(one.item.parentSpan)) visit(one, 0)
  return views
}
