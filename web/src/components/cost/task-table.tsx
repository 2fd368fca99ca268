import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import { graphql } from '../../generated/gql.ts'
import type { FleetPoolsFragment, TaskRowFragment } from '../../generated/graphql.ts'
import { onBasis } from '../../lib/basis.ts'
import { countText, currencySymbol, percentText } from '../../lib/format.ts'
import { basisOf, hasPools, totalLabel } from '../../lib/fleet-pools.ts'
import { hrefWith, periodParams, type SearchParams } from '../../lib/search-params.ts'
import { sumKey, sumLinks, type SumOf } from '../../lib/sum.ts'
import { momentText } from '../../lib/time.ts'
import { DataTable, type Column } from '../table/data-table.tsx'
import { Amount, NotAvailable } from '../ui/amount.tsx'
import { TaskStatusBadge } from '../ui/task-status-badge.tsx'
import { BasisSwitch } from './basis-switch.tsx'
import { showsParts } from './cost-parts.tsx'
import { allocatedColumn } from './loaded-columns.tsx'

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
    billed {
      amount
      currency
    }
    margin(basis: $basis) {
      amount
      currency
    }
    marginRatio(basis: $basis)
  }
`)

function columnsOf({ currency, timeZone, path, params, facts }: TaskTableProps): Column<TaskRowFragment>[] {
  const symbol = currencySymbol(currency)
  const pools = hasPools(facts)
  const sum = sumLinks(path, params)
  const sumOfRow = (what: SumOf, { task }: TaskRowFragment) => sum(what, { task: task.key })
  const margin = onBasis(basisOf(params, facts), 'Margin', showsParts(pools, params))
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
      className: 'sm:min-w-44',
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
      className: 'sm:min-w-28',
    },
    {
      id: 'completed',
      label: 'Completed',
      // Beside the parts of the cost there is no room for everything at once.
      isExtra: pools,
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
      isExtra: pools,
      cell: ({ cost }) => countText(cost.invocations),
      csv: ({ cost }) => ({ number: cost.invocations }),
    },
    {
      id: 'direct',
      label: `Direct, ${symbol}`,
      isNumber: true,
      isExtra: !pools,
      cell: (row) => <Amount money={row.cost.direct} sumHref={sumOfRow('direct', row)} />,
      csv: ({ cost }) => ({ number: cost.direct.amount }),
    },
    {
      id: 'shared',
      label: `Chain-shared, ${symbol}`,
      isNumber: true,
      isExtra: !pools,
      cell: (row) => <Amount money={row.cost.chainShared} sumHref={sumOfRow('shared', row)} />,
      csv: ({ cost }) => ({ number: cost.chainShared.amount }),
    },
    allocatedColumn<TaskRowFragment>({ facts, costOf: ({ cost }) => cost, sumOf: sumOfRow }),
    {
      id: 'cost',
      label: `${totalLabel(facts)}, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: (row) => (
        <span>
          <Amount money={row.cost.total} sumHref={sumOfRow('cost', row)} className="font-[550]" />
          {row.cost.unpricedInvocations === '0' ? null : (
            <span className="block text-axis text-warn">+ {countText(row.cost.unpricedInvocations)} unpriced</span>
          )}
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
      label: `${margin}, ${symbol}`,
      isNumber: true,
      cell: (row) => (
        <Amount
          money={row.margin}
          reason={row.billed == null ? 'Nothing was billed' : 'Billed in another currency'}
          sumHref={sumOfRow('margin', row)}
        />
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
  /** The export of the server that has all rows of this table. */
  exportOf?: string
  /** Of the days that the rows are of. */
  facts: FleetPoolsFragment
  toolbar?: ReactNode
}

/** Tasks as the server ordered them; each leads to its chain. */
export function TaskTable(props: TaskTableProps) {
  const { facts, params, path, toolbar } = props
  return (
    <DataTable
      label="Tasks"
      noun="tasks"
      path={path}
      params={params}
      rows={props.rows}
      totalCount={props.totalCount}
      csvName={props.csvName}
      {...(props.exportOf === undefined ? {} : { exportOf: props.exportOf })}
      columns={columnsOf(props)}
      rowKey={({ task }) => task.key}
      openKey={sumKey(params, 'task')}
      filterText={({ task }) =>
        `${task.name} ${task.key} ${task.client?.name ?? ''} ${task.project?.name ?? ''} ${task.status}`
      }
      defaultSort={{ column: '', direction: 'desc' }}
      isSortable={false}
      toolbar={
        <>
          {toolbar}
          {showsParts(hasPools(facts), params) ? <BasisSwitch path={path} params={params} facts={facts} /> : null}
        </>
      }
    />
  )
}
