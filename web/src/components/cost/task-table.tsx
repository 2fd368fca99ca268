import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import { graphql } from '../../generated/gql.ts'
import type { TaskRowFragment } from '../../generated/graphql.ts'
import { countText, currencySymbol, percentText } from '../../lib/format.ts'
import { hrefWith, periodParams, type SearchParams } from '../../lib/search-params.ts'
import { momentText } from '../../lib/time.ts'
import { DataTable, type Column } from '../table/data-table.tsx'
import { Amount, NotAvailable } from '../ui/amount.tsx'
import { TaskStatusBadge } from '../ui/task-status-badge.tsx'

/** What a list of tasks shows of each; the traces are left to the task's own page. */
graphql(`
  fragment TaskRow on TaskCost {
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
    cost {
      total {
        amount
        currency
      }
      chainShared {
        amount
        currency
      }
      invocations
      unpricedInvocations
    }
    billed {
      amount
      currency
    }
    margin {
      amount
      currency
    }
    marginRatio
  }
`)

function columnsOf(currency: string, timeZone: string, params: SearchParams): Column<TaskRowFragment>[] {
  const symbol = currencySymbol(currency)
  return [
    {
      id: 'task',
      label: 'Task',
      cell: ({ task }) => (
        <span className="block">
          <Link
            href={hrefWith(`/tasks/${encodeURIComponent(task.key)}`, periodParams(params))}
            className="row-link font-[550]"
          >
            {task.name}
          </Link>
          {task.name === task.key ? null : <span className="block font-mono text-axis text-ink-3">{task.key}</span>}
        </span>
      ),
      csv: ({ task }) => task.name,
    },
    {
      id: 'status',
      label: 'Status',
      cell: ({ task }) => <TaskStatusBadge status={task.status} />,
      csv: ({ task }) => task.status,
    },
    {
      id: 'client',
      label: 'Client',
      cell: ({ task }) =>
        task.client == null ? (
          <span className="text-ink-3">no client</span>
        ) : (
          <Link
            href={hrefWith(`/clients/${encodeURIComponent(task.client.key)}`, periodParams(params))}
            className="row-link"
          >
            {task.client.name}
          </Link>
        ),
      csv: ({ task }) => task.client?.name ?? null,
    },
    {
      id: 'completed',
      label: 'Completed',
      cell: ({ task }) =>
        task.completedAt == null ? (
          <NotAvailable reason="Not completed" />
        ) : (
          <span className="num text-ink-2">{momentText(task.completedAt, timeZone)}</span>
        ),
      csv: ({ task }) => task.completedAt ?? null,
    },
    {
      id: 'calls',
      label: 'Calls',
      isNumber: true,
      cell: ({ cost }) => countText(cost.invocations),
      csv: ({ cost }) => ({ number: cost.invocations }),
    },
    {
      id: 'cost',
      label: `Cost, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: ({ cost }) =>
        cost.unpricedInvocations === '0' ? (
          <Amount money={cost.total} className="font-[550]" />
        ) : (
          <span>
            <Amount money={cost.total} className="font-[550]" />
            <span className="block text-axis text-warn">+ {countText(cost.unpricedInvocations)} unpriced</span>
          </span>
        ),
      csv: ({ cost }) => ({ number: cost.total.amount }),
    },
    {
      id: 'billed',
      label: `Billed, ${symbol}`,
      isNumber: true,
      cell: ({ billed }) =>
        billed != null && billed.currency !== currency ? (
          <Amount money={billed} as="text" />
        ) : (
          <Amount money={billed} reason="No billed amount is recorded" />
        ),
      csv: ({ billed }) => (billed == null ? null : { number: billed.amount }),
    },
    {
      id: 'margin',
      label: `Margin, ${symbol}`,
      isNumber: true,
      cell: ({ margin, billed }) => (
        <Amount money={margin} reason={billed == null ? 'Nothing was billed' : 'Billed in another currency'} />
      ),
      csv: ({ margin }) => (margin == null ? null : { number: margin.amount }),
    },
    {
      id: 'ratio',
      label: 'Margin ratio',
      isNumber: true,
      cell: ({ marginRatio }) =>
        marginRatio == null ? <NotAvailable reason="Nothing was billed" /> : percentText(marginRatio),
      csv: ({ marginRatio }) => (marginRatio == null ? null : { number: marginRatio }),
    },
  ]
}

interface TaskTableProps {
  rows: readonly TaskRowFragment[]
  totalCount: number
  path: string
  params: SearchParams
  currency: string
  timeZone: string
  csvName: string
  toolbar?: ReactNode
}

/** Tasks as the server ordered them; each leads to its chain. */
export function TaskTable({ currency, timeZone, ...props }: TaskTableProps) {
  return (
    <DataTable
      label="Tasks"
      noun="tasks"
      columns={columnsOf(currency, timeZone, props.params)}
      rowKey={({ task }) => task.key}
      filterText={({ task }) =>
        `${task.name} ${task.key} ${task.client?.name ?? ''} ${task.project?.name ?? ''} ${task.status}`
      }
      defaultSort={{ column: '', direction: 'desc' }}
      isSortable={false}
      {...props}
    />
  )
}
