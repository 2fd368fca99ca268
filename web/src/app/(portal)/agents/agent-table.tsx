import { Link } from '../../../components/ui/link.tsx'
import { Sparkline } from '../../../components/chart/sparkline.tsx'
import { BasisSwitch } from '../../../components/cost/basis-switch.tsx'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { loadedCells, loadedColumns, unallocatedRow } from '../../../components/cost/loaded-columns.tsx'
import { DataTable, type Column, type FixedRow } from '../../../components/table/data-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import { Swatch } from '../../../components/ui/swatch.tsx'
import type { AgentsQuery } from '../../../generated/graphql.ts'
import { onBasis } from '../../../lib/basis.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import {
  changeRatio,
  changeText,
  countText,
  currencySymbol,
  differenceOf,
  isZero,
  quotientOf,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import { comparisonText, periodText, type Period } from '../../../lib/period.ts'
import { basisOf, hasPools, isSplit, isWaiting } from '../../../lib/fleet-pools.ts'
import { plural } from '../../../lib/plural.ts'
import { first, hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { sumKey, sumLinks, type SumOf } from '../../../lib/sum.ts'
import { sharePercents } from '../../../lib/shares.ts'
import { Conservation } from '../(fleet)/conservation.tsx'

type Row = AgentsQuery['agentCosts']['nodes'][number]

interface AgentTableProps {
  data: AgentsQuery
  colourOf: ColourOf
  params: SearchParams
  period: Period
  /** The panel is open beside the table. */
  isNarrow: boolean
}

/** Direct cost of full days, and of the same weekdays before, by agent. */
function changesOf({ full, before }: AgentsQuery): Map<string, string> {
  const earlier = new Map(before?.nodes.map(({ agent, cost }) => [agent.key, cost.direct.amount]))
  const changes = new Map<string, string>()
  for (const { agent, cost } of full?.nodes ?? []) {
    const amount = earlier.get(agent.key)
    const ratio = amount === undefined ? null : changeRatio(cost.direct.amount, amount)
    if (ratio !== null) changes.set(agent.key, ratio)
  }
  return changes
}

function columnsOf({ data, colourOf, params, period, isNarrow }: AgentTableProps): Column<Row>[] {
  const symbol = currencySymbol(data.fleetCost.cost.total.currency)
  const rows = data.agentCosts.nodes
  const pools = hasPools(data.fleetCost)
  const basis = basisOf(params, data.fleetCost)
  const loaded = sumOf(rows.map(({ cost }) => cost.total.amount))
  const shares = sharePercents(rows.map(({ agent, cost }) => ({ id: agent.key, amount: cost.total.amount })))
  const changes = changesOf(data)
  const sum = sumLinks('/agents', params)
  const sumOfRow = (what: SumOf, { agent }: Row) => sum(what, { agent: agent.key })
  const columns: Column<Row>[] = [
    {
      id: 'agent',
      label: 'Agent',
      cell: ({ agent, resources }) => (
        <span className="flex items-center gap-2.5">
          <Swatch colour={colourOf(agent.key)} />
          <span className="min-w-0">
            <Link
              data-peek
              href={hrefWith('/agents', params, { peek: agent.key })}
              scroll={false}
              className="row-link font-[550]"
            >
              {agent.name}
            </Link>
            <span
              className={`block truncate text-caption text-ink-3 ${isNarrow && pools ? 'max-w-[130px]' : 'max-w-[260px]'}`}
              title={resources.join(', ')}
            >
              {resources.slice(0, 3).join(', ') || 'no resource named'}
            </span>
          </span>
        </span>
      ),
      sort: ({ agent }) => ({ text: agent.name }),
      csv: ({ agent }) => agent.name,
    },
    {
      id: 'weeks',
      label: '13 weeks',
      cell: ({ unitCosts }) => <Sparkline values={unitCosts.map(({ direct }) => direct.amount)} />,
      className: 'max-sm:hidden',
    },
    {
      id: 'share',
      label: 'Share',
      cell: ({ agent, cost }) => (
        <span className="flex items-center gap-2">
          <ShareBar
            ratio={shareOf(cost.total.amount, loaded) ?? '0'}
            colour={colourOf(agent.key)}
            track
            className={`h-1.5 ${isNarrow ? 'w-8' : pools ? 'w-14' : 'w-20'} max-sm:w-20`}
          />
          <span className="num w-9 text-right text-ink-2">{shares.get(agent.key) ?? ''}</span>
        </span>
      ),
      csv: ({ agent }) => shares.get(agent.key) ?? null,
    },
    {
      id: 'direct',
      label: `Direct, ${symbol}`,
      isNumber: true,
      isMain: !isSplit(data.fleetCost),
      cell: (row) => (
        <Amount
          money={row.cost.direct}
          sumHref={sumOfRow('direct', row)}
          className={isSplit(data.fleetCost) ? '' : 'font-[550]'}
        />
      ),
      sort: ({ cost }) => ({ decimal: cost.direct.amount }),
      csv: ({ cost }) => ({ number: cost.direct.amount }),
    },
    ...loadedColumns<Row>({
      facts: data.fleetCost,
      costOf: ({ cost }) => cost,
      totalLabel: 'Fully loaded',
      sumOf: sumOfRow,
    }),
    {
      id: 'tasks',
      label: 'Tasks',
      isNumber: true,
      cell: ({ tasksCompleted }) => countText(tasksCompleted),
      sort: ({ tasksCompleted }) => ({ decimal: String(tasksCompleted) }),
      csv: ({ tasksCompleted }) => ({ number: String(tasksCompleted) }),
    },
    {
      id: 'perTask',
      // Its last words stay together when a narrow head breaks.
      label: `${onBasis(basis, 'Per\u00a0task', showsParts(pools, params))}, ${symbol}`,
      isNumber: true,
      cell: (row) => (
        <Amount money={row.costPerTask} reason="No task was completed in this period" sumHref={sumOfRow('unit', row)} />
      ),
      sort: ({ costPerTask }) => (costPerTask == null ? null : { decimal: costPerTask.amount }),
      csv: ({ costPerTask }) => (costPerTask == null ? null : { number: costPerTask.amount }),
    },
  ]
  if (period.comparison !== null) {
    columns.push({
      id: 'change',
      label: 'Change',
      head: <span title={`Direct cost of full days against ${comparisonText(period)}`}>Change,{'\u00a0'}%</span>,
      isNumber: true,
      cell: ({ agent }) => {
        const ratio = changes.get(agent.key)
        return ratio === undefined ? (
          <NotAvailable reason="Nothing to compare with" />
        ) : (
          <Link
            href={hrefWith(`/agents/${encodeURIComponent(agent.key)}`, { ...periodParams(params), why: 'cost' })}
            aria-label={`${changeText(ratio)} %: why`}
            className="sum-link text-ink-2"
          >
            {changeText(ratio)}
          </Link>
        )
      },
      sort: ({ agent }) => {
        const ratio = changes.get(agent.key)
        return ratio === undefined ? null : { decimal: ratio }
      },
      csv: ({ agent }) => {
        const ratio = changes.get(agent.key)
        return ratio === undefined ? null : { number: ratio }
      },
    })
  }
  columns.push(
    {
      id: 'invocations',
      label: 'Invocations',
      isNumber: true,
      isExtra: pools,
      cell: ({ cost }) => countText(cost.invocations),
      sort: ({ cost }) => ({ decimal: cost.invocations }),
      csv: ({ cost }) => ({ number: cost.invocations }),
      className: isNarrow ? 'sm:hidden' : '',
    },
    {
      id: 'unpriced',
      label: 'Unpriced',
      isNumber: true,
      isExtra: pools,
      cell: ({ cost }) => countText(cost.unpricedInvocations),
      sort: ({ cost }) => ({ decimal: cost.unpricedInvocations }),
      csv: ({ cost }) => ({ number: cost.unpricedInvocations }),
      className: isNarrow ? 'sm:hidden' : '',
    },
  )
  // Beside the panel, what is drawn makes room for the parts of the cost.
  return isNarrow && pools ? columns.filter(({ id }) => !['weeks', 'share', 'change'].includes(id)) : columns
}

/** The sum of the agents, the named remainders, and the ledger they add up to, in every column. */
function fixedRowsOf({ data, period, params }: AgentTableProps): FixedRow[] {
  const sum = sumLinks('/agents', params)
  const { fleetCost, agentCosts, full, before } = data
  const { total, chainShared, allocated } = fleetCost.cost
  const rows = agentCosts.nodes
  const sums = {
    direct: sumOf(rows.map(({ cost }) => cost.direct.amount)),
    allocated: sumOf(rows.map(({ cost }) => cost.allocated.amount)),
    total: sumOf(rows.map(({ cost }) => cost.total.amount)),
  }
  const perTask = quotientOf(
    basisOf(params, fleetCost).id === 'loaded' ? sums.total : sums.direct,
    fleetCost.tasksCompleted,
  )
  const change =
    full && before
      ? changeRatio(
          sumOf(full.nodes.map(({ cost }) => cost.direct.amount)),
          sumOf(before.nodes.map(({ cost }) => cost.direct.amount)),
        )
      : null
  const money = (amount: string) => ({ amount, currency: total.currency })
  const cells = (direct: string, shared: string) => loadedCells(money(direct), money(shared))
  // What agents bear is not known before the pools are split; what belongs to none is, and so is the sum.
  const ofAgents = (direct: string, shared: string) =>
    loadedCells(money(direct), isWaiting(fleetCost) ? null : money(shared))
  const invocations = sumOf(rows.map(({ cost }) => cost.invocations))
  const unpriced = sumOf(rows.map(({ cost }) => cost.unpricedInvocations))
  const beyond = agentCosts.totalCount == null ? 0 : agentCosts.totalCount - rows.length
  const ledger = sumOf([fleetCost.cost.direct.amount, chainShared.amount])
  const rest = differenceOf(ledger, sumOf([sums.direct, chainShared.amount, fleetCost.withoutAgent.amount]))
  const restAllocated = differenceOf(allocated.amount, sums.allocated)
  const remainder = (
    row: { id: string; name: string; note: string; reason: string },
    direct: string,
    shared = '0',
    sumHref?: string,
  ): FixedRow => ({
    id: row.id,
    tone: 'remainder',
    cells: {
      agent: (
        <>
          {row.name} <span className="text-ink-3">· {row.note}</span>
        </>
      ),
      ...cells(direct, shared).cells,
      ...(sumHref === undefined ? {} : { direct: <Amount money={money(direct)} sumHref={sumHref} /> }),
      tasks: <NotAvailable reason={row.reason} />,
      perTask: <NotAvailable reason={row.reason} />,
      change: null,
      invocations: null,
      unpriced: null,
    },
    csv: { agent: `${row.name} (${row.note})`, ...cells(direct, shared).csv },
  })
  return [
    {
      id: 'agents-total',
      tone: 'total',
      cells: {
        agent: `${rows.length} ${rows.length === 1 ? 'agent' : 'agents'}`,
        ...ofAgents(sums.direct, sums.allocated).cells,
        tasks: (
          <span title="Completed tasks; one that several agents worked on counts once here">
            {countText(fleetCost.tasksCompleted)}
          </span>
        ),
        perTask: (
          <Amount money={perTask === null ? null : money(perTask)} reason="No task was completed in this period" />
        ),
        change: change === null ? null : changeText(change),
        invocations: countText(invocations),
        unpriced: countText(unpriced),
      },
      csv: {
        agent: plural(rows.length, 'agent'),
        ...ofAgents(sums.direct, sums.allocated).csv,
        tasks: { number: String(fleetCost.tasksCompleted) },
        perTask: perTask === null ? null : { number: perTask },
        change: change === null ? null : { number: change },
        invocations: { number: invocations },
        unpriced: { number: unpriced },
      },
    },
    ...(beyond > 0 || !isZero(rest)
      ? [
          remainder(
            { id: 'agents-rest', name: 'Other agents', note: `${beyond} more`, reason: 'See the single agents' },
            rest,
            restAllocated,
          ),
        ]
      : []),
    remainder(
      {
        id: 'chain-shared',
        name: 'Chain-shared',
        note: 'belongs to tasks, counted once',
        reason: 'Belongs to tasks, not to an agent',
      },
      chainShared.amount,
      '0',
      sum('shared'),
    ),
    remainder(
      { id: 'unattributed', name: 'Unattributed', note: 'no agent tag', reason: 'Carries no agent tag' },
      fleetCost.withoutAgent.amount,
      '0',
      sum('direct', { agent: '' }),
    ),
    ...(isZero(fleetCost.unallocated.amount)
      ? []
      : [
          remainder(
            { ...unallocatedRow(fleetCost.unallocated), reason: 'Pool money that no agent bears' },
            '0',
            fleetCost.unallocated.amount,
          ),
        ]),
    {
      id: 'ledger',
      tone: 'total',
      cells: {
        agent: `Ledger, ${periodText(period)}`,
        ...cells(ledger, sumOf([allocated.amount, fleetCost.unallocated.amount])).cells,
        tasks: (
          <Conservation range={period.range} invocations={fleetCost.cost.invocations} path="/agents" params={params} />
        ),
      },
      csv: { agent: 'Ledger', ...cells(ledger, sumOf([allocated.amount, fleetCost.unallocated.amount])).csv },
    },
  ]
}

/** The article's table: what each agent cost, what it completed, and what one task cost. */
export function AgentTable(props: AgentTableProps) {
  const { fleetCost } = props.data
  return (
    <DataTable
      label={`Agents, ${periodText(props.period)}`}
      noun="agents"
      path="/agents"
      params={props.params}
      rows={props.data.agentCosts.nodes}
      totalCount={props.data.agentCosts.totalCount ?? props.data.agentCosts.nodes.length}
      columns={columnsOf(props)}
      rowKey={({ agent }) => agent.key}
      filterText={({ agent, resources }) => `${agent.name} ${agent.key} ${resources.join(' ')}`}
      defaultSort={{ column: isSplit(fleetCost) ? 'loaded' : 'direct', direction: 'desc' }}
      toolbar={
        showsParts(hasPools(fleetCost), props.params) ? (
          <BasisSwitch path="/agents" params={props.params} facts={fleetCost} />
        ) : null
      }
      fixedRows={fixedRowsOf(props)}
      openKey={sumKey(props.params, 'agent') ?? first(props.params.peek)}
      csvName={`agents ${props.period.range.from} ${props.period.range.to}`}
      exportOf="agents"
    />
  )
}
