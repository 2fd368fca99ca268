import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { TaskStatusBadge } from '../../../components/ui/task-status-badge.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { onBasis, type Basis } from '../../../lib/basis.ts'
import { compareDecimals, countText, currencySymbol, percentText } from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { sumLinks, type SumOf } from '../../../lib/sum.ts'

const DearestProjectsDocument = graphql(`
  query DearestProjects($range: DateRangeInput!, $basis: CostBasis!) {
    projectCosts(range: $range, first: 8) {
      totalCount
      nodes {
        project {
          key
          name
          client {
            name
          }
        }
        tasksCompleted
        costPerTask(basis: $basis) {
          amount
          currency
        }
        cost {
          total {
            amount
            currency
          }
        }
        revenue {
          amount
          currency
        }
        margin(basis: $basis) {
          amount
          currency
        }
        marginRatio(basis: $basis)
      }
    }
  }
`)

const DearestTasksDocument = graphql(`
  query DearestTasks($range: DateRangeInput!, $basis: CostBasis!) {
    taskCosts(range: $range, orderBy: COST, first: 8) {
      totalCount
      nodes {
        task {
          key
          name
          status
          client {
            name
          }
        }
        cost {
          total {
            amount
            currency
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
      }
    }
  }
`)

interface DearestProps {
  period: Period
  params: SearchParams
  /** What margins are reckoned on, and whether that is said. */
  basis: Basis
  isNamed: boolean
  currency: string
}

const NO_REVENUE = 'No terms charge for it, and no completed task of it has a billed amount that counts'

/** The projects that cost most, with what they left. Absent when no project was active. */
export async function DearestProjects({ period, params, basis, isNamed, currency }: DearestProps) {
  const { projectCosts } = await query(DearestProjectsDocument, { range: period.range, basis: basis.api })
  const symbol = currencySymbol(currency)
  const rows = projectCosts.nodes
  if (rows.length === 0) return null
  const losing = rows.filter(({ margin }) => margin != null && compareDecimals(margin.amount, '0') < 0)
  return (
    <Card
      flush
      className="mb-4"
      title={
        losing.length === 0
          ? 'No project shown costs more than it brought'
          : `${countText(losing.length)} of the dearest ${losing.length === 1 ? 'projects costs' : 'projects cost'} more than it brought`
      }
      caption={`Projects, most expensive first, ${periodText(period)}`}
      actions={
        <Link
          href={hrefWith('/projects', periodParams(params))}
          className="link no-print inline-flex min-h-8 items-center"
        >
          All {countText(projectCosts.totalCount)}
        </Link>
      }
    >
      <MiniTable
        label="Most expensive projects"
        heads={[
          { label: 'Project' },
          { label: 'Client' },
          { label: `Revenue, ${symbol}`, isNumber: true },
          { label: `Cost, ${symbol}`, isNumber: true },
          { label: `${onBasis(basis, 'Margin', isNamed)}, ${symbol}`, isNumber: true, isMain: true },
          { label: 'Margin ratio', isNumber: true },
          { label: 'Tasks', isNumber: true },
          { label: `${onBasis(basis, 'Per\u00a0task', isNamed)}, ${symbol}`, isNumber: true },
        ]}
        rows={rows.map(({ project, revenue, cost, margin, marginRatio, tasksCompleted, costPerTask }) => ({
          id: project.key,
          cells: [
            <Link
              key="name"
              href={hrefWith(`/projects/${encodeURIComponent(project.key)}`, periodParams(params))}
              className="row-link font-medium"
            >
              {project.name}
            </Link>,
            project.client?.name ?? 'no client',
            <Amount key="revenue" money={revenue} reason={NO_REVENUE} />,
            <Amount key="cost" money={cost.total} sumHref={sumOfProject('cost', project.key, params)} />,
            <Amount
              key="margin"
              money={margin}
              reason={NO_REVENUE}
              sumHref={sumOfProject('margin', project.key, params)}
              className="font-[550]"
            />,
            marginRatio == null ? <NotAvailable key="ratio" reason={NO_REVENUE} /> : percentText(marginRatio),
            countText(tasksCompleted),
            <Amount
              key="unit"
              money={costPerTask}
              reason="No task of it was completed in the period"
              sumHref={sumOfProject('unit', project.key, params)}
            />,
          ],
        }))}
      />
    </Card>
  )
}

/** How an amount is made is shown on the project's own page, of the same days and on the same basis. */
function sumOfProject(what: SumOf, key: string, params: SearchParams): string {
  const kept = { ...periodParams(params), basis: params.basis }
  return sumLinks(`/projects/${encodeURIComponent(key)}`, kept)(what, { project: key })
}

/** The tasks that cost most, with what they were billed. */
export async function DearestTasks({ period, params, basis, isNamed, currency }: DearestProps) {
  const { taskCosts } = await query(DearestTasksDocument, { range: period.range, basis: basis.api })
  const symbol = currencySymbol(currency)
  const rows = taskCosts.nodes
  if (rows.length === 0) return null
  const losing = rows.filter(({ margin }) => margin != null && compareDecimals(margin.amount, '0') < 0).length
  const unbilled = rows.filter(({ billed }) => billed == null).length
  return (
    <Card
      flush
      className="mb-4"
      title={
        losing > 0
          ? `${countText(losing)} of the dearest ${rows.length} tasks cost more than billed`
          : unbilled > 0
            ? `${countText(unbilled)} of the dearest ${rows.length} tasks have no billed amount`
            : 'The dearest tasks are all billed above their cost'
      }
      caption={`Tasks, most expensive first, ${periodText(period)}`}
      actions={
        <Link
          href={hrefWith('/tasks', { ...periodParams(params), order: 'cost' })}
          className="link no-print inline-flex min-h-8 items-center"
        >
          All {countText(taskCosts.totalCount)}
        </Link>
      }
    >
      <MiniTable
        label="Most expensive tasks"
        heads={[
          { label: 'Task' },
          { label: 'Client' },
          { label: 'Status' },
          { label: `Cost, ${symbol}`, isNumber: true, isMain: true },
          { label: `Billed, ${symbol}`, isNumber: true },
          { label: `${onBasis(basis, 'Margin', isNamed)}, ${symbol}`, isNumber: true },
        ]}
        rows={rows.map(({ task, cost, billed, margin }) => ({
          id: task.key,
          cells: [
            <Link
              key="name"
              href={hrefWith(`/tasks/${encodeURIComponent(task.key)}`, periodParams(params))}
              className="row-link font-medium"
            >
              {task.name}
            </Link>,
            task.client?.name ?? 'no client',
            <TaskStatusBadge key="status" status={task.status} />,
            <Amount key="cost" money={cost.total} />,
            <Amount key="billed" money={billed} reason="No billed amount is recorded" />,
            <Amount key="margin" money={margin} reason="Nothing was billed, or in another currency" />,
          ],
        }))}
      />
    </Card>
  )
}
