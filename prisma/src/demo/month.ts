import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { scaleToTarget } from './balance.ts'
import type { Draft, TaskDraft } from './draft.ts'
import {
  DEMO_AGENTS,
  DEMO_CLIENTS,
  LIST_PRICE_PENCE,
  WORK_TITLES,
  type AgentKey,
  type DemoClient,
  type DemoProject,
  type WorkKind,
} from './fleet.ts'
import { marketEntryAnalysis } from './market-entry.ts'
import type { MonthPlan } from './month-plan.ts'
import { fromPence, type PriceBook } from './prices.ts'
import { randomFrom, type Random } from './random.ts'
import { strayUsage } from './strays.ts'
import { daysOfMonth, instantOn, isWeekend, startTimes } from './working-time.ts'
import { runWork } from './work.ts'

export interface MonthDraft {
  tasks: TaskDraft[]
  drafts: Draft[]
}

/** A whole month of the fleet, with the sums of its plan exact to the last decimal. */
export function draftMonth(plan: MonthPlan, price: PriceBook): MonthDraft {
  const month: MonthDraft = { tasks: [], drafts: [] }
  for (const { kind, completed, failed } of workOf(plan)) {
    const random = randomFrom(`${plan.month} ${kind}`)
    const starts = startTimes(plan.month, completed + failed, random)
    // The failures are spread over the month: every n-th task of the kind.
    const failEvery = failed === 0 ? Infinity : Math.floor(starts.length / failed)
    let failures = 0
    starts.forEach((startMs, index) => {
      const isFailure = failures < failed && (index + 1) % failEvery === 0
      if (isFailure) failures += 1
      append(month, orderedWork({ plan, kind, index, startMs, isFailure }, random))
    })
  }
  if (plan.isExample) for (const named of namedAnalyses(plan)) append(month, named)
  return {
    tasks: month.tasks,
    drafts: [...balanced(month.drafts, plan, price), ...strayUsage(plan, randomFrom(`${plan.month} strays`))],
  }
}

/** How many tasks of each kind make the plan's counts per agent; a market entry analysis is a task of three agents. */
function workOf(plan: MonthPlan): { kind: WorkKind; completed: number; failed: number }[] {
  const { agents, marketEntries } = plan
  return [
    { kind: 'market-entry', completed: marketEntries - (plan.isExample ? 2 : 0), failed: 0 },
    { kind: 'research', completed: agents.research.tasks - marketEntries, failed: 7 },
    { kind: 'coding', completed: agents.coding.tasks, failed: 9 },
    { kind: 'summary', completed: agents.summarisation.tasks - marketEntries, failed: 0 },
    { kind: 'campaign', completed: agents.campaign.tasks - marketEntries, failed: 2 },
  ]
}

type Ordered = { task: TaskDraft; drafts: Draft[] }

function append(month: MonthDraft, { task, drafts }: Ordered): void {
  month.tasks.push(task)
  month.drafts.push(...drafts)
}

function orderedWork(
  order: { plan: MonthPlan; kind: WorkKind; index: number; startMs: number; isFailure: boolean },
  random: Random,
): Ordered {
  const { plan, kind, index, startMs, isFailure } = order
  const owner = random.weighted(OWNERS[kind])
  const key = `${kind}-${plan.month.slice(0, 7)}-${String(index + 1).padStart(4, '0')}`
  const tags = { client: owner?.client.key ?? null, project: owner?.project.key ?? null }
  const { drafts, endMs } = runWork(kind, { key, ...tags, startMs }, random)
  const { forms, subjects } = WORK_TITLES[kind]
  const name = `${random.pick(forms)}: ${random.pick(subjects)}`
  const status = isFailure ? 'FAILED' : 'COMPLETED'
  const billedPence = isFailure ? null : priceFor(kind, owner?.client ?? null)
  return { task: { key, name, kind, ...tags, status, billedPence, startMs, endMs }, drafts }
}

// Three in a hundred tasks are the firm's own work: no client, no project, nothing billed.
const OWNERS = Object.fromEntries(
  (['research', 'coding', 'summary', 'campaign', 'market-entry'] as const).map((kind) => {
    const owners = DEMO_CLIENTS.flatMap((client) =>
      client.projects.map((project) => ({ weight: (project.work[kind] ?? 0) * 10, item: { client, project } })),
    )
    const total = owners.reduce((sum, { weight }) => sum + weight, 0)
    const own = kind === 'market-entry' ? 0 : Math.round((total * 3) / 97)
    return [kind, [...owners, { weight: own, item: null }]]
  }),
) as Record<WorkKind, { weight: number; item: { client: DemoClient; project: DemoProject } | null }[]>

function priceFor(kind: WorkKind, client: DemoClient | null): bigint | null {
  const list = LIST_PRICE_PENCE[kind]
  if (list === null || client === null) return null
  return BigInt(Math.round((list * client.pricePercent) / 100))
}

/** The task of the worked example, billed £50 (margin £45.59), and a second edition billed £5 (margin £0.59, thin). */
function namedAnalyses(plan: MonthPlan): Ordered[] {
  const tags = { client: 'northwind', project: 'emea-expansion' }
  return [
    {
      key: 'market-entry-analysis',
      name: 'Produce a market entry analysis',
      day: 18,
      hour: 11,
      minute: 3,
      billed: 5_000n,
    },
    {
      key: 'market-entry-refresh',
      name: 'Refresh the market entry analysis',
      day: 24,
      hour: 15,
      minute: 20,
      billed: 500n,
    },
  ].map(({ key, name, day, hour, minute, billed }) => {
    const startMs = instantOn(weekdayFrom(plan.month, day), hour, minute)
    const { drafts, endMs } = marketEntryAnalysis({ key, ...tags, startMs }, { random: randomFrom(key), vary: false })
    const kind = 'market-entry' as const
    return { task: { key, name, kind, ...tags, status: 'COMPLETED', billedPence: billed, startMs, endMs }, drafts }
  })
}

function weekdayFrom(month: CalendarDate, offset: number): CalendarDate {
  let day = addDays(month, offset)
  while (isWeekend(day)) day = addDays(day, 1)
  return day
}

/** Scales each agent's month to its plan and adds the call that makes it exact. */
function balanced(drafts: readonly Draft[], plan: MonthPlan, price: PriceBook): Draft[] {
  return DEMO_AGENTS.flatMap(({ key, name }) => {
    const own = drafts.filter(({ agent }) => agent === key)
    const scaled = scaleToTarget(own, { target: fromPence(plan.agents[key].pence), price })
    return [...scaled.drafts, balancingCall({ agent: key, name, plan, tokens: scaled.missing })]
  })
}

/** See `scaleToTarget`: an embedding token costs one tick, so this many of them close the month. */
function balancingCall(call: { agent: AgentKey; name: string; plan: MonthPlan; tokens: bigint }): Draft {
  const { agent, name, plan, tokens } = call
  const lastDay = daysOfMonth(plan.month).at(-1) ?? plan.month
  const startMs = instantOn(lastDay, 21, 30)
  return {
    id: `demo-${agent}-${plan.month.slice(0, 7)}-index`,
    agent,
    task: null,
    client: null,
    project: null,
    trace: null,
    span: null,
    parentSpan: null,
    kind: 'EMBEDDING',
    provider: 'gateway',
    resource: 'embeddings',
    name: `Index the month’s notes of the ${name}`,
    startMs,
    endMs: startMs + 42_000,
    sharedKey: null,
    usage: [{ meter: 'input_tokens', quantity: tokens }],
    pricing: 'FIXED',
  }
}
