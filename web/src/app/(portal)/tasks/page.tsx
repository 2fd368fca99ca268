import type { Metadata } from 'next'
import { Link } from '../../../components/ui/link.tsx'
import { taskSumFacts } from '../../../components/cost/task-sum.ts'
import { WithSum } from '../../../components/cost/with-sum.tsx'
import { TaskTable } from '../../../components/cost/task-table.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { NoData } from '../../../components/ui/no-data.tsx'
import { askSavedViews, SavedViews } from '../../../components/views/saved-views.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Pager } from '../../../components/ui/pager.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { clientMembers } from '../../../lib/members.ts'
import { readBasis } from '../../../lib/basis.ts'
import { wholeOrOwn } from '../../../lib/own-cost.ts'
import { basisOf } from '../../../lib/fleet-pools.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { periodText, readPeriod } from '../../../lib/period.ts'
import { colleague } from '../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { isLimited } from '../../../lib/session.ts'
import { ClientPicker } from './client-picker.tsx'

export const metadata: Metadata = { title: 'Tasks' }

const TasksDocument = graphql(`
  query Tasks(
    $range: DateRangeInput!
    $clientKey: String
    $orderBy: TaskOrder!
    $after: String
    $basis: CostBasis!
    $isWhole: Boolean!
  ) {
    ...ClosedMonths @include(if: $isWhole)
    fleetCost(range: $range, compareTo: NONE) @include(if: $isWhole) {
      dataThrough
      attributionRatio
      ...FleetPools
      cost {
        invocations
        unpricedInvocations
      }
    }
    ...OwnCost @skip(if: $isWhole)
    taskCosts(range: $range, clientKey: $clientKey, orderBy: $orderBy, first: 50, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...TaskRow
      }
    }
  }
`)

const ORDERS = [
  { id: 'recent', label: 'Latest first', orderBy: 'RECENT' },
  { id: 'cost', label: 'Most expensive first', orderBy: 'COST' },
] as const

export default async function TasksPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const period = readPeriod(params, tenant.today)
  const order = ORDERS.find((one) => one.id === first(params.order)) ?? ORDERS[0]
  const clientKey = first(params.client)
  askSavedViews('TASKS')
  const [data, clients] = await Promise.all([
    query(TasksDocument, {
      range: period.range,
      clientKey,
      orderBy: order.orderBy,
      after: first(params.cursor),
      basis: readBasis(params).api,
      isWhole: !isLimited(viewer),
    }),
    clientMembers(),
  ])
  const { taskCosts, fleetCost } = data
  const facts = wholeOrOwn(data)
  return (
    <>
      <PageHeader
        title="Tasks"
        actions={<SavedViews page="TASKS" params={params} />}
        truth={truthOf({
          tenant,
          params,
          dataThrough: fleetCost?.dataThrough,
          attributionRatio: fleetCost?.attributionRatio,
          unpriced: facts.cost.unpricedInvocations,
          months: data.periods ?? [],
          isWhole: fleetCost !== undefined,
          range: period.range,
        })}
      />
      <PeriodBar
        path="/tasks"
        params={params}
        period={period}
        today={tenant.today}
        hasBins={false}
        isComparable={false}
      />
      {facts.cost.invocations === '0' ? (
        <NoData what="Tasks, with what they cost and brought," periodName={periodText(period)} />
      ) : (
        <WithSum
          path="/tasks"
          params={params}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(params, facts)}
          timeZone={tenant.timeZone}
          factsOf={({ what, of }) =>
            of.length === 1 && of[0]?.dimension === 'task'
              ? taskSumFacts(taskCosts.nodes, of[0].key, { what, basis: basisOf(params, facts) })
              : null
          }
        >
          <TaskTable
            rows={taskCosts.nodes}
            totalCount={taskCosts.totalCount}
            path="/tasks"
            params={params}
            currency={tenant.currency}
            timeZone={tenant.timeZone}
            facts={facts}
            csvName={`tasks ${period.range.from} ${period.range.to}`}
            exportOf="tasks"
            toolbar={
              <>
                <ClientPicker clients={clients} chosen={clientKey} />
                <nav aria-label="Order" className="segment">
                  {ORDERS.map((one) => (
                    <Link
                      key={one.id}
                      href={hrefWith('/tasks', params, { order: one.id === 'recent' ? null : one.id, cursor: null })}
                      aria-current={one.id === order.id ? 'true' : undefined}
                      scroll={false}
                    >
                      {one.label}
                    </Link>
                  ))}
                </nav>
              </>
            }
          />
          <Pager path="/tasks" params={params} noun="tasks" {...taskCosts.pageInfo} />
        </WithSum>
      )}
    </>
  )
}
