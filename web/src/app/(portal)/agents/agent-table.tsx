import { Link } from '../../../components/ui/link.tsx'
import { Sparkline } from '../../../components/chart/sparkline.tsx'
import { DataTable, type Column, type FixedRow } from '../../../components/table/data-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import { Swatch } from '../../../components/ui/swatch.tsx'
import { Section } from '../../../components/ui/section.tsx'
import type { AgentsQuery } from '../../../generated/graphql.ts'
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
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
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
  const direct = sumOf(rows.map(({ cost }) => cost.direct.amount))
  const shares = sharePercents(rows.map(({ agent, cost }) => ({ id: agent.key, amount: cost.direct.amount })))
  const weeks = new Map(
    data.weekly.rows.map((row) => [row.keys[0]?.key, row.series.map((point) => point.cost.direct.amount)]),
  )
  const changes = changesOf(data)
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
            <span className="block max-w-[260px] truncate text-caption text-ink-3" title={resources.join(', ')}>
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
      cell: ({ agent }) => <Sparkline values={weeks.get(agent.key) ?? []} />,
      className: 'max-sm:hidden',
    },
    {
      id: 'share',
      label: 'Share',
      cell: ({ agent, cost }) => (
        <span className="flex items-center gap-2">
          <ShareBar
            ratio={shareOf(cost.direct.amount, direct) ?? '0'}
            colour={colourOf(agent.key)}
            track
            className={`h-1.5 ${isNarrow ? 'w-8' : 'w-20'} max-sm:w-20`}
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
      isMain: true,
      cell: ({ cost }) => <Amount money={cost.direct} className="font-[550]" />,
      sort: ({ cost }) => ({ decimal: cost.direct.amount }),
      csv: ({ cost }) => ({ number: cost.direct.amount }),
    },
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
      label: `Per task, ${symbol}`,
      isNumber: true,
      cell: ({ costPerTask }) => <Amount money={costPerTask} reason="No task was completed in this period" />,
      sort: ({ costPerTask }) => (costPerTask == null ? null : { decimal: costPerTask.amount }),
      csv: ({ costPerTask }) => (costPerTask == null ? null : { number: costPerTask.amount }),
    },
  ]
  if (period.comparison !== null) {
    columns.push({
      id: 'change',
      label: 'Change',
      head: <span title={`Full days against ${comparisonText(period)}`}>Change,{'\u00a0'}%</span>,
      isNumber: true,
      cell: ({ agent }) => {
        const ratio = changes.get(agent.key)
        return ratio === undefined ? (
          <NotAvailable reason="Nothing to compare with" />
        ) : (
          <span className="text-ink-2">{changeText(ratio)}</span>
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
      cell: ({ cost }) => countText(cost.invocations),
      sort: ({ cost }) => ({ decimal: cost.invocations }),
      csv: ({ cost }) => ({ number: cost.invocations }),
      className: isNarrow ? 'sm:hidden' : '',
    },
    {
      id: 'unpriced',
      label: 'Unpriced',
      isNumber: true,
      cell: ({ cost }) => countText(cost.unpricedInvocations),
      sort: ({ cost }) => ({ decimal: cost.unpricedInvocations }),
      csv: ({ cost }) => ({ number: cost.unpricedInvocations }),
      className: isNarrow ? 'sm:hidden' : '',
    },
  )
  return columns
}

/** The sum of the agents, the named remainders, and the ledger they add up to. */
function fixedRowsOf({ data, period }: AgentTableProps): FixedRow[] {
  const { fleetCost, agentCosts, full, before } = data
  const { total, chainShared } = fleetCost.cost
  const rows = agentCosts.nodes
  const direct = sumOf(rows.map(({ cost }) => cost.direct.amount))
  const perTask = quotientOf(direct, fleetCost.tasksCompleted)
  const change =
    full && before
      ? changeRatio(
          sumOf(full.nodes.map(({ cost }) => cost.direct.amount)),
          sumOf(before.nodes.map(({ cost }) => cost.direct.amount)),
        )
      : null
  const money = (amount: string) => ({ amount, currency: total.currency })
  const invocations = sumOf(rows.map(({ cost }) => cost.invocations))
  const unpriced = sumOf(rows.map(({ cost }) => cost.unpricedInvocations))
  const beyond = agentCosts.totalCount == null ? 0 : agentCosts.totalCount - rows.length
  const rest = differenceOf(total.amount, sumOf([direct, chainShared.amount, fleetCost.withoutAgent.amount]))
  const remainder = (id: string, name: string, note: string, amount: string, reason: string): FixedRow => ({
    id,
    tone: 'remainder',
    cells: {
      agent: (
        <>
          {name} <span className="text-ink-3">· {note}</span>
        </>
      ),
      direct: <Amount money={money(amount)} />,
      tasks: <NotAvailable reason={reason} />,
      perTask: <NotAvailable reason={reason} />,
      change: null,
      invocations: null,
      unpriced: null,
    },
    csv: { agent: `${name} (${note})`, direct: { number: amount } },
  })
  return [
    {
      id: 'agents-total',
      tone: 'total',
      cells: {
        agent: `${rows.length} ${rows.length === 1 ? 'agent' : 'agents'}`,
        direct: <Amount money={money(direct)} />,
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
        agent: `${rows.length} agents`,
        direct: { number: direct },
        tasks: { number: String(fleetCost.tasksCompleted) },
        perTask: perTask === null ? null : { number: perTask },
        change: change === null ? null : { number: change },
        invocations: { number: invocations },
        unpriced: { number: unpriced },
      },
    },
    ...(beyond > 0 || !isZero(rest)
      ? [remainder('agents-rest', 'Other agents', `${beyond} more`, rest, 'See the single agents')]
      : []),
    remainder(
      'chain-shared',
      'Chain-shared',
      'belongs to tasks, counted once',
      chainShared.amount,
      'Belongs to tasks, not to an agent',
    ),
    remainder('unattributed', 'Unattributed', 'no agent tag', fleetCost.withoutAgent.amount, 'Carries no agent tag'),
    {
      id: 'ledger',
      tone: 'total',
      cells: {
        agent: `Ledger, ${periodText(period)}`,
        direct: <Amount money={total} />,
        tasks: (
          <Section fallback={<span className="text-caption font-normal text-ink-3">checking…</span>}>
            <Conservation range={period.range} />
          </Section>
        ),
      },
      csv: { agent: 'Ledger', direct: { number: total.amount } },
    },
  ]
}

/** The article's table: what each agent cost, what it completed, and what one task cost. */
export function AgentTable(props: AgentTableProps) {
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
      defaultSort={{ column: 'direct', direction: 'desc' }}
      fixedRows={fixedRowsOf(props)}
      openKey={typeof props.params.peek === 'string' ? props.params.peek : null}
      csvName={`agents ${props.period.range.from} ${props.period.range.to}`}
    />
  )
}
