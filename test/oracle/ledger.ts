import type { Delivered, Delivery, Item, PublishedFxRate, PublishedRate, TaskChange, TenantFacts } from './delivery.ts'
import { instant, type Micros } from './local-time.ts'
import { price, type Pricing } from './price.ts'
import { Rational } from './rational.ts'

export type Billing = 'DIRECT' | 'SHARED' | 'REPORT' | 'CLAIMED' | 'WRAPPER'

export interface Recorded {
  item: Item
  at: Micros
  pricing: Pricing
  billing: Billing
}

export interface TaskState {
  key: string
  client: string | null
  project: string | null
  status: string
  completedAt: Micros | null
  billed: Rational | null
}

/** What one batch must be answered with. */
export interface Answer {
  accepted: number
  duplicates: number
  unpriced: number
  rejected: { index: number; why: 'MALFORMED' | 'CONFLICT' | 'CYCLE' }[]
}

export interface Ledger {
  tenant: TenantFacts
  recorded: Recorded[]
  tasks: Map<string, TaskState>
  /** One per delivery; null for those that are no batch. */
  answers: (Answer | null)[]
}

interface Book {
  tenant: TenantFacts
  rates: PublishedRate[]
  fxRates: PublishedFxRate[]
  byId: Map<string, Recorded>
  /** trace → span → parent span. */
  parents: Map<string, Map<string, string | null>>
  carriers: Set<string>
  tasks: Map<string, TaskState>
}

/**
 * Replays deliveries in arrival order, as the laws of the domain read: the first of an id stays (L1), the first report of
 * a shared use carries its cost (L13), a task is filled by the first event that names its client, and whether an agent's
 * or workflow's usage bills is known only from the whole trace (L6), so that is decided last.
 */
export function replay(tenant: TenantFacts, deliveries: readonly Delivery[]): Ledger {
  const book: Book = {
    tenant,
    rates: [],
    fxRates: [],
    byId: new Map(),
    parents: new Map(),
    carriers: new Set(),
    tasks: new Map(),
  }
  const answers = deliveries.map((delivery) => deliver(book, delivery))
  const recorded = [...book.byId.values()]
  settleWrappers(recorded)
  return { tenant, recorded, tasks: book.tasks, answers }
}

function deliver(book: Book, delivery: Delivery): Answer | null {
  switch (delivery.kind) {
    case 'rates':
      book.rates.push(...delivery.rates)
      return null
    case 'fxRates':
      book.fxRates.push(...delivery.rates)
      return null
    case 'task':
      changeTask(book, delivery.change)
      return null
    case 'batch':
      return recordBatch(book, delivery.items)
    default:
      return delivery satisfies never
  }
}

function recordBatch(book: Book, items: readonly Delivered[]): Answer {
  const answer: Answer = { accepted: 0, duplicates: 0, unpriced: 0, rejected: [] }
  const accepted: Recorded[] = []
  items.forEach((delivered, index) => {
    const outcome = delivered.kind === 'malformed' ? 'MALFORMED' : record(book, delivered.item)
    if (outcome === 'DUPLICATE') answer.duplicates += 1
    else if (typeof outcome === 'string') answer.rejected.push({ index, why: outcome })
    else accepted.push(outcome)
  })
  answer.accepted = accepted.length
  if (accepted.some((one) => isWrapperKind(one.item))) settleWrappers([...book.byId.values()])
  answer.unpriced = accepted.filter((one) => isBilled(one) && one.pricing.status === 'UNPRICED').length
  return answer
}

function record(book: Book, item: Item): Recorded | 'DUPLICATE' | 'CONFLICT' | 'CYCLE' {
  const known = book.byId.get(item.id)
  if (known !== undefined) return sameContent(known.item, item) ? 'DUPLICATE' : 'CONFLICT'
  if (closesCycle(book, item)) return 'CYCLE'
  const recorded: Recorded = {
    item,
    at: instant(item.occurredAt),
    pricing: price(item, { currency: book.tenant.currency, rates: book.rates, fxRates: book.fxRates }),
    billing: firstBilling(book, item),
  }
  book.byId.set(item.id, recorded)
  if (item.trace !== undefined && item.span !== undefined) {
    const spans = book.parents.get(item.trace) ?? new Map<string, string | null>()
    spans.set(item.span, item.parentSpan ?? null)
    book.parents.set(item.trace, spans)
  }
  fillTask(book, item)
  return recorded
}

function firstBilling(book: Book, item: Item): Billing {
  // Settled when the batch is known, and again whenever a descendant arrives.
  if (isWrapperKind(item)) return 'CLAIMED'
  if (item.sharedKey === undefined) return 'DIRECT'
  const use = JSON.stringify([item.trace, item.sharedKey])
  if (book.carriers.has(use)) return 'REPORT'
  book.carriers.add(use)
  return 'SHARED'
}

/** Whether an event is in the sums: reports of a shared use and claimed usage are not. */
export function isBilled({ billing }: Recorded): boolean {
  return billing !== 'REPORT' && billing !== 'CLAIMED'
}

export function isWrapperKind(item: Item): boolean {
  return item.kind === 'AGENT' || item.kind === 'OTHER'
}

function closesCycle(book: Book, item: Item): boolean {
  if (item.trace === undefined || item.span === undefined) return false
  const spans = book.parents.get(item.trace)
  let ancestor: string | null | undefined = item.parentSpan
  while (ancestor !== null && ancestor !== undefined) {
    if (ancestor === item.span) return true
    ancestor = spans?.get(ancestor)
  }
  return false
}

function sameContent(a: Item, b: Item): boolean {
  const canonical = (item: Item): string => JSON.stringify(Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1)))
  return canonical(a) === canonical(b)
}

function fillTask(book: Book, item: Item): void {
  if (item.task === undefined) return
  const task = taskOf(book, item.task)
  task.client ??= item.client ?? null
  task.project ??= item.project ?? null
}

function changeTask(book: Book, change: TaskChange): void {
  const task = taskOf(book, change.key)
  if (change.client !== undefined) task.client = change.client
  if (change.project !== undefined) task.project = change.project
  if (change.status !== undefined) task.status = change.status
  if (change.completedAt !== undefined) task.completedAt = instant(change.completedAt)
  if (change.billed !== undefined) task.billed = Rational.parse(change.billed.amount)
}

function taskOf(book: Book, key: string): TaskState {
  const known = book.tasks.get(key)
  if (known !== undefined) return known
  const task: TaskState = { key, client: null, project: null, status: 'OPEN', completedAt: null, billed: null }
  book.tasks.set(key, task)
  return task
}

/** Bottom up: a wrapper with usage bills itself exactly when nothing below it does. */
function settleWrappers(recorded: readonly Recorded[]): void {
  const children = new Map<string, Recorded[]>()
  const place = (trace: string, span: string): string => JSON.stringify([trace, span])
  for (const one of recorded) {
    if (one.item.trace === undefined || one.item.parentSpan === undefined) continue
    const key = place(one.item.trace, one.item.parentSpan)
    children.set(key, [...(children.get(key) ?? []), one])
  }
  const billsAtOrBelow = (one: Recorded): boolean => {
    const { trace, span } = one.item
    const below = trace !== undefined && span !== undefined ? (children.get(place(trace, span)) ?? []) : []
    const billsBelow = below.map(billsAtOrBelow).includes(true)
    if (!isWrapperKind(one.item)) return true
    one.billing = consumes(one.item) && !billsBelow ? 'WRAPPER' : 'CLAIMED'
    return billsBelow || one.billing === 'WRAPPER'
  }
  recorded.forEach(billsAtOrBelow)
}

export function consumes(item: Item): boolean {
  return item.usage.some((usage) => !Rational.parse(usage.quantity).isZero)
}
