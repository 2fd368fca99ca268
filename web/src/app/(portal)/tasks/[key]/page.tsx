import type { Metadata } from 'next'
import { Link } from '../../../../components/ui/link.tsx'
import { notFound } from 'next/navigation'
import { showsParts } from '../../../../components/cost/cost-parts.tsx'
import type { SumFacts } from '../../../../components/cost/sum-panel.tsx'
import { WithSum } from '../../../../components/cost/with-sum.tsx'
import { TreeGrid } from '../../../../components/chain/tree-grid.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import type { Truth } from '../../../../components/ui/line-of-truth.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { TaskStatusBadge } from '../../../../components/ui/task-status-badge.tsx'
import { CopyButton } from '../../../../components/ui/copy-button.tsx'
import { Section } from '../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../components/ui/skeleton.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { TaskChainQuery } from '../../../../generated/graphql.ts'
import { colourOfAgents } from '../../../../lib/agents.ts'
import { query } from '../../../../lib/api.ts'
import { attributedOf, costOn, readBasis, type Basis } from '../../../../lib/basis.ts'
import { addDays } from '../../../../lib/calendar.ts'
import {
  axisLength,
  chainRows,
  countRows,
  countSpans,
  dearestCalls,
  FIRST_SPANS,
  spansOfEach,
  sumOfSelf,
  timeTicks,
} from '../../../../lib/chain.ts'
import { packRows } from '../../../../lib/chain-pack.ts'
import type { ColourOf } from '../../../../lib/colours.ts'
import { closedMonthsIn } from '../../../../lib/closed-months.ts'
import {
  compareDecimals,
  countText,
  currencySymbol,
  exactText,
  fineAmountText,
  isZero,
  percentText,
  shareOf,
} from '../../../../lib/format.ts'
import { closedTruth, viewerTruth } from '../../../../lib/page-context.ts'
import type { DateRange } from '../../../../lib/period.ts'
import { basisOf, hasPools, ownPools } from '../../../../lib/fleet-pools.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { first, hrefWith, periodParams, type SearchParams } from '../../../../lib/search-params.ts'
import { isLimited, maySetBilled, type Tenant, type Viewer } from '../../../../lib/session.ts'
import { sumLinks, type SumQuestion } from '../../../../lib/sum.ts'
import { dateOf, dayText, secondsText } from '../../../../lib/time.ts'
import { wholeChain } from '../../../../lib/whole-chain.ts'
import { BilledForm } from './billed-form.tsx'
import { receiptText } from './receipt.ts'
import { findTrace, SpanPeek } from './span-peek.tsx'
import { readSkip, SpanPages, SpanTable } from './span-table.tsx'
import { TaskFlow } from './task-flow.tsx'
import { TaskPeek } from './task-peek.tsx'
import { TaskParts } from './task-parts.tsx'
import { TaskTiles } from './task-tiles.tsx'

const TaskChainDocument = graphql(`
  query TaskChain($key: String!, $basis: CostBasis!, $first: Int!, $skip: Int!) {
    taskCost(taskKey: $key) {
      task {
        key
        name
        status
        completedAt
        client {
          key
          name
        }
        project {
          key
          name
        }
      }
      billed {
        amount
        currency
      }
      margin(basis: $basis) {
        amount
        currency
      }
      marginRatio(basis: $basis)
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
      cost {
        direct {
          amount
          currency
        }
        chainShared {
          amount
          currency
        }
        allocated {
          amount
          currency
        }
        total {
          amount
          currency
        }
        invocations
        unpricedInvocations
      }
      byAgent {
        invocations
        agent {
          key
          name
        }
        direct {
          amount
          currency
        }
        allocated {
          amount
          currency
        }
      }
      traces {
        ...ChainTrace
      }
    }
  }
`)

/** The pools of the months in which the task ran, which say whether its part of them is known. */
const TaskPoolsDocument = graphql(`
  query TaskPools($range: DateRangeInput!) {
    ...ClosedMonths
    fleetCost(range: $range, compareTo: NONE) {
      ...FleetPools
    }
  }
`)

type TaskCost = NonNullable<TaskChainQuery['taskCost']>

interface TaskPageProps {
  params: Promise<{ key: string }>
  searchParams: Promise<SearchParams>
}

const VIEWS = [
  { id: 'chain', label: 'Chain' },
  { id: 'timeline', label: 'Timeline' },
  { id: 'flow', label: 'Flow' },
  { id: 'table', label: 'Table' },
] as const

export async function generateMetadata({ params }: TaskPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).key) }
}

export default async function TaskPage({ params, searchParams }: TaskPageProps) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const key = decodeURIComponent((await params).key)
  const search = await searchParams
  const basis = readBasis(search)
  const view = VIEWS.find((one) => one.id === first(search.view)) ?? VIEWS[0]
  const skip = view.id === 'table' ? readSkip(search) : 0
  const [{ taskCost }, colourOf] = await Promise.all([
    query(TaskChainDocument, { key, basis: basis.api, first: FIRST_SPANS, skip }),
    colourOfAgents(),
  ])
  if (taskCost == null) notFound()
  const range = rangeOf(taskCost, viewer.tenant)
  // The pools of the firm are not for who is limited to clients; what of them is the task's, is.
  const { fleetCost: facts, periods } = isLimited(viewer)
    ? { fleetCost: ownPools(taskCost.cost), periods: [] }
    : await query(TaskPoolsDocument, { range })
  const { task, traces } = taskCost
  const path = `/tasks/${encodeURIComponent(key)}`
  const peek = first(search.peek)
  const hrefOf = (span: string): string => hrefWith(path, search, { peek: span })
  const symbol = currencySymbol(viewer.tenant.currency)
  const period = periodParams(search)
  const rows = chainRows(taskCost, colourOf)
  const asked = {
    ...{ path, params: search, range: null, when: 'all time', basis: basisOf(search, facts) },
    timeZone: viewer.tenant.timeZone,
    factsOf: (question: SumQuestion) => sumFacts(taskCost, basisOf(search, facts), question),
  }
  return (
    <>
      <PageHeader
        title={task.name}
        crumbs={[
          { label: 'Tasks', href: hrefWith('/tasks', period) },
          ...(task.client == null
            ? []
            : [{ label: task.client.name, href: hrefWith(`/clients/${encodeURIComponent(task.client.key)}`, period) }]),
          ...(task.project == null
            ? []
            : [
                {
                  label: task.project.name,
                  href: hrefWith(`/projects/${encodeURIComponent(task.project.key)}`, period),
                },
              ]),
        ]}
        badge={<TaskStatusBadge status={task.status} />}
        truth={truthOfTask(taskCost, viewer, path, closedTruth(closedMonthsIn(periods, range)))}
        actions={
          <>
            <CopyButton label="Copy as receipt" text={receiptText(taskCost, basisOf(search, facts))} />
            {maySetBilled(viewer.role) ? (
              <BilledForm
                taskKey={task.key}
                currency={taskCost.billed?.currency ?? viewer.tenant.currency}
                billed={taskCost.billed?.amount ?? null}
              />
            ) : null}
          </>
        }
      />
      <TaskTiles
        taskCost={taskCost}
        basis={basisOf(search, facts)}
        facts={facts}
        isNamed={showsParts(hasPools(facts), search)}
        sumOf={sumLinks(path, search)}
      />
      {showsParts(hasPools(facts), search) ? (
        <TaskParts taskCost={taskCost} facts={facts} path={path} params={search} />
      ) : null}
      {traces.length === 0 ? (
        <WithSum
          {...asked}
          panel={
            taskCost.cost.invocations === '0' ? null : (
              <TaskPeek taskCost={taskCost} colourOf={colourOf} facts={facts} />
            )
          }
        >
          <div className="card px-3.5 py-4 sm:px-5">
            <EmptyState>{noChainText(taskCost.cost.invocations)}</EmptyState>
          </div>
        </WithSum>
      ) : (
        <WithSum
          {...asked}
          panel={
            findTrace(taskCost, peek) === null ? (
              <TaskPeek taskCost={taskCost} colourOf={colourOf} facts={facts} />
            ) : (
              <Section key={peek} fallback={<Skeleton className="h-96 w-full rounded-card" />}>
                <SpanPeek
                  taskCost={taskCost}
                  peek={peek}
                  tenant={viewer.tenant}
                  closeHref={hrefWith(path, search, { peek: null })}
                  colourOf={colourOf}
                  facts={facts}
                />
              </Section>
            )
          }
        >
          <Card
            flush
            title={headingOf(taskCost)}
            caption={captionOf(view.id, traces)}
            actions={
              <nav aria-label="View of the chain" className="segment no-print">
                {VIEWS.map((one) => (
                  <Link
                    key={one.id}
                    href={hrefWith(path, search, { view: one.id === 'chain' ? null : one.id })}
                    aria-current={one.id === view.id ? 'true' : undefined}
                    scroll={false}
                  >
                    {one.label}
                  </Link>
                ))}
              </nav>
            }
          >
            {view.id === 'flow' ? (
              <Section fallback={<Skeleton className="m-5 h-80 rounded-card" />}>
                <WholeFlow taskCost={taskCost} symbol={symbol} colourOf={colourOf} />
              </Section>
            ) : view.id === 'table' ? (
              <>
                <SpanTable traces={traces} symbol={symbol} tenant={viewer.tenant} hrefOf={hrefOf} />
                <SpanPages traces={traces} skip={skip} hrefOf={(from) => hrefWith(path, search, { from })} />
              </>
            ) : (
              <TreeGrid
                label={`Chain of ${task.name}`}
                symbol={symbol}
                packed={packRows(rows)}
                whole={
                  rows.length < countRows(traces)
                    ? { href: `${path}/chain?first=${spansOfEach(traces)}`, rows: countRows(traces) }
                    : null
                }
                path={path}
                params={search}
                ticks={timeTicks(axisLength(traces))}
                openId={peek}
                isTimeline={view.id === 'timeline'}
                footer={footerOf(taskCost)}
                check={checkOf(taskCost)}
              />
            )}
          </Card>
        </WithSum>
      )}
    </>
  )
}

/** What the page shows of the task's amounts. */
function sumFacts({ task, cost, margin, billed }: TaskCost, basis: Basis, { what, of }: SumQuestion): SumFacts | null {
  const [tag, ...more] = of
  if (tag?.dimension !== 'task' || tag.key !== task.key || more.length > 0) return null
  const { direct, chainShared: shared, allocated, total } = cost
  const figures = { direct, shared, allocated, cost: total, margin, onBasis: costOn(basis, cost) }
  return { name: task.name, figure: what in figures ? figures[what as keyof typeof figures] : null, revenue: billed }
}

/** The flow is drawn from every span: those that did not come with the page are asked for. */
async function WholeFlow(props: { taskCost: TaskCost; symbol: string; colourOf: ColourOf }) {
  const { taskCost, symbol, colourOf } = props
  const isWhole = taskCost.traces.every(({ spans, spanCount }) => spans.length === spanCount)
  const task = isWhole ? taskCost : await wholeChain(taskCost.task.key, spansOfEach(taskCost.traces))
  if (task === null) return null
  return <TaskFlow task={task} currency={taskCost.cost.total.currency} symbol={symbol} colourOf={colourOf} />
}

const CAPTIONS: Readonly<Record<(typeof VIEWS)[number]['id'], string>> = {
  chain: 'every agent and call with its own (self) and inclusive (subtree) cost',
  timeline: 'every agent and call by time since the start',
  flow: 'who called whom, and with what cost',
  table: 'every agent and call as a list',
}

/** What the view shows, and what it leaves out: a chain of more than ten thousand spans is cut, its sums are not. */
function captionOf(view: (typeof VIEWS)[number]['id'], traces: TaskCost['traces']): string {
  const all = countSpans(traces)
  const shown = traces.reduce((sum, { spanCount }) => sum + Math.min(spanCount, spansOfEach(traces)), 0)
  const own = traces.length > 1 && view !== 'flow' && view !== 'table' ? '; each trace from its own start' : ''
  const label = VIEWS.find(({ id }) => id === view)?.label ?? ''
  const cut =
    shown < all
      ? `. The first ${countText(shown)} of ${countText(all)} spans${traces.length > 1 ? ', as many of each trace' : ''}; sums are of all`
      : ''
  return `${label}: ${CAPTIONS[view]}${own}${cut}`
}

/** The days a task ran, to find the pools of its months; without a trace those around its completion. */
function rangeOf({ task, traces }: TaskCost, { timeZone, today }: Tenant): DateRange {
  const instants = [...traces.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]), task.completedAt]
  const days = instants.flatMap((at) => (at == null ? [] : [dateOf(at, timeZone)])).sort()
  return { from: days[0] ?? today, to: addDays(days.at(-1) ?? today, 1) }
}

/** Without a trace nobody knows which call led to which; what they cost is known all the same. */
function noChainText(invocations: string): string {
  if (invocations === '0') return 'No invocation names this task yet. Its chain will appear here with the first one.'
  const calls = invocations === '1' ? '1 call belongs' : `${countText(invocations)} calls belong`
  return `${calls} to this task without naming a trace. A chain appears here for calls that carry traceId and spanId.`
}

function truthOfTask({ cost, task, traces }: TaskCost, viewer: Viewer, path: string, closed: Truth | null): Truth[] {
  const { tenant } = viewer
  const started = traces.map((trace) => trace.startedAt).filter((at) => at != null)
  const ended = traces.map((trace) => trace.endedAt).filter((at) => at != null)
  const start = started.sort()[0]
  const end = ended.sort().at(-1)
  return [
    ...viewerTruth(viewer),
    {
      text: task.client == null ? 'no client' : `for ${task.client.name}`,
      href: task.client == null ? '/clients' : `/clients/${encodeURIComponent(task.client.key)}`,
    },
    { text: `${countText(cost.unpricedInvocations)} unpriced`, href: `${path}?view=table` },
    ...(closed === null ? [] : [closed]),
    ...(start === undefined
      ? []
      : [
          {
            text: `${dayText(start, tenant.timeZone)}, ${secondsText(start, tenant.timeZone)}${end === undefined ? '' : ` to ${secondsText(end, tenant.timeZone)}`}`,
          },
        ]),
  ]
}

function headingOf({ cost, traces }: TaskCost): string {
  const attributed = attributedOf(cost)
  if (isZero(attributed.amount)) return 'Its calls cost nothing so far'
  const { names, amount } = dearestCalls(traces, attributed.amount)
  const share = percentText(shareOf(amount, attributed.amount) ?? '0', 0)
  const count = ['', 'One call makes', 'Two calls make', 'Three calls make'][names.length]
  return names.length === 1 ? `${names[0]} makes ${share} of the cost` : `${count} ${share} of the cost`
}

function footerOf({ cost, traces }: TaskCost) {
  const shared = traces.reduce((count, trace) => count + trace.chainShared.length, 0)
  const uses = shared === 0 ? '' : `, ${countText(shared)} shared ${shared === 1 ? 'use' : 'uses'}`
  return {
    name: `Σ self · ${countText(cost.invocations)} invocations${uses}`,
    self: fineAmountText({ amount: sumOfSelf(traces), currency: cost.total.currency }),
    subtree: fineAmountText(attributedOf(cost)),
  }
}

/** The spans listed are the latest 50 traces; a task with more cannot be checked by adding them up. */
function checkOf({ cost, traces }: TaskCost) {
  const sum = sumOfSelf(traces)
  const attributed = attributedOf(cost)
  const isEqual = compareDecimals(sum, attributed.amount) === 0
  const title = `Σ self ${exactText({ ...attributed, amount: sum })}, task ${exactText(attributed)}${
    isZero(cost.allocated.amount) ? '' : `, and ${exactText(cost.allocated)} allocated from pools`
  }`
  if (isEqual) return { isEqual, title, text: 'self sums to the root' }
  return { isEqual, title, text: traces.length >= 50 ? 'the latest 50 traces of more' : 'self differs from the task' }
}
