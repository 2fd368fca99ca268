import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { allocatedColumn, unallocatedRow } from '../../../components/cost/loaded-columns.tsx'
import type { Column, FixedRow } from '../../../components/table/data-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import type { ProjectsQuery } from '../../../generated/graphql.ts'
import { attributedOf, onBasis } from '../../../lib/basis.ts'
import { allocatedOf, basisOf, fullyLoadedOf, hasPools, totalLabel } from '../../../lib/fleet-pools.ts'
import {
  changeRatio,
  changeText,
  compareDecimals,
  countText,
  currencySymbol,
  differenceOf,
  isZero,
  percentText,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import type { OwnFacts } from '../../../lib/own-cost.ts'
import { comparisonText, type Period } from '../../../lib/period.ts'
import { first, hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { sumLinks, type SumOf } from '../../../lib/sum.ts'

type Row = ProjectsQuery['projectCosts']['nodes'][number]
type Fleet = NonNullable<ProjectsQuery['fleetCost']>

const NO_REVENUE = 'Nothing was charged or billed for this project in the period, or it is charged with its client'
const NO_TASK = 'No task of it was completed in the period'

interface ColumnsProps {
  data: ProjectsQuery
  facts: OwnFacts
  period: Period
  params: SearchParams
}

/** The table of projects: what each brought, cost and left, and per completed task. */
export function columnsOf({ data, facts, period, params }: ColumnsProps): Column<Row>[] {
  const { projectCosts } = data
  const symbol = currencySymbol(facts.unallocated.currency)
  const pools = hasPools(facts)
  const sum = sumLinks('/projects', params)
  const sumOfRow = (what: SumOf, { project }: Row) => sum(what, { project: project.key })
  const isNamed = showsParts(pools, params)
  const basis = basisOf(params, facts)
  const largest = projectCosts.nodes.reduce(
    (most, { margin }) => (margin != null && compareDecimals(margin.amount, most) > 0 ? margin.amount : most),
    '0',
  )
  return [
    {
      id: 'project',
      label: 'Project',
      cell: ({ project }) => (
        <span className="block">
          {data.fleetCost === undefined ? (
            <span className="font-[550]">{project.name}</span>
          ) : (
            <Link
              href={hrefWith(`/projects/${encodeURIComponent(project.key)}`, periodParams(params))}
              className="row-link font-[550]"
            >
              {project.name}
            </Link>
          )}
          <span className="block text-caption text-ink-3">
            {project.client == null ? 'no client' : `for ${project.client.name}`}
          </span>
        </span>
      ),
      sort: ({ project }) => ({ text: project.name }),
      csv: ({ project }) => project.name,
      className: 'sm:min-w-40',
    },
    {
      id: 'client',
      label: 'Client',
      isExtra: true,
      cell: ({ project: { client } }) =>
        client == null ? (
          <span className="text-ink-3">no client</span>
        ) : (
          <Link
            href={hrefWith(`/clients/${encodeURIComponent(client.key)}`, periodParams(params))}
            className="row-link"
          >
            {client.name}
          </Link>
        ),
      sort: ({ project }) => (project.client == null ? null : { text: project.client.name }),
      csv: ({ project }) => project.client?.name ?? null,
    },
    {
      id: 'revenue',
      label: `Revenue, ${symbol}`,
      isNumber: true,
      cell: ({ revenue }) => <Amount money={revenue} reason={NO_REVENUE} />,
      sort: ({ revenue }) => (revenue == null ? null : { decimal: revenue.amount }),
      csv: ({ revenue }) => (revenue == null ? null : { number: revenue.amount }),
    },
    {
      id: 'direct',
      label: `Direct, ${symbol}`,
      isNumber: true,
      cell: ({ cost }) => <Amount money={cost.direct} />,
      sort: ({ cost }) => ({ decimal: cost.direct.amount }),
      csv: ({ cost }) => ({ number: cost.direct.amount }),
    },
    {
      id: 'shared',
      label: `Chain-shared, ${symbol}`,
      isNumber: true,
      cell: ({ cost }) => <Amount money={cost.chainShared} />,
      sort: ({ cost }) => ({ decimal: cost.chainShared.amount }),
      csv: ({ cost }) => ({ number: cost.chainShared.amount }),
    },
    allocatedColumn<Row>({ facts, costOf: ({ cost }) => cost, sumOf: sumOfRow }),
    {
      id: 'cost',
      label: `${totalLabel(facts)}, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: (row) => <Amount money={row.cost.total} sumHref={sumOfRow('cost', row)} className="font-[550]" />,
      sort: ({ cost }) => ({ decimal: cost.total.amount }),
      csv: ({ cost }) => ({ number: cost.total.amount }),
    },
    ...changeColumn({ data, facts, period, params }),
    {
      id: 'margin',
      label: `${onBasis(basis, 'Margin', isNamed)}, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.margin} reason={NO_REVENUE} sumHref={sumOfRow('margin', row)} />,
      sort: ({ margin }) => (margin == null ? null : { decimal: margin.amount }),
      csv: ({ margin }) => (margin == null ? null : { number: margin.amount }),
    },
    {
      id: 'bar',
      label: 'Margin, drawn',
      isExtra: pools,
      head: <span className="sr-only">Margin, drawn</span>,
      cell: ({ margin }) =>
        margin == null ? null : (
          <ShareBar ratio={shareOf(margin.amount, largest) ?? '0'} colour="var(--chart-1)" className="h-2 w-16" />
        ),
      className: 'max-xl:hidden',
    },
    {
      id: 'ratio',
      label: 'Margin ratio',
      isNumber: true,
      cell: ({ marginRatio }) =>
        marginRatio == null ? <NotAvailable reason={NO_REVENUE} /> : percentText(marginRatio),
      sort: ({ marginRatio }) => (marginRatio == null ? null : { decimal: marginRatio }),
      csv: ({ marginRatio }) => (marginRatio == null ? null : { number: marginRatio }),
    },
    {
      id: 'tasks',
      label: 'Tasks',
      head: <span title="Tasks completed in the period">Tasks</span>,
      isNumber: true,
      cell: ({ tasksCompleted }) => countText(tasksCompleted),
      sort: ({ tasksCompleted }) => ({ decimal: String(tasksCompleted) }),
      csv: ({ tasksCompleted }) => ({ number: String(tasksCompleted) }),
    },
    {
      id: 'perTask',
      label: `${onBasis(basis, 'Per\u00a0task', isNamed)}, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.costPerTask} reason={NO_TASK} sumHref={sumOfRow('unit', row)} />,
      sort: ({ costPerTask }) => (costPerTask == null ? null : { decimal: costPerTask.amount }),
      csv: ({ costPerTask }) => (costPerTask == null ? null : { number: costPerTask.amount }),
    },
    {
      id: 'agents',
      label: 'Agents',
      isNumber: true,
      isExtra: pools,
      cell: ({ agentsUsed }) => countText(agentsUsed),
      sort: ({ agentsUsed }) => ({ decimal: String(agentsUsed) }),
      csv: ({ agentsUsed }) => ({ number: String(agentsUsed) }),
    },
    {
      id: 'invocations',
      label: 'Invocations',
      isNumber: true,
      isExtra: true,
      cell: ({ cost }) => countText(cost.invocations),
      sort: ({ cost }) => ({ decimal: cost.invocations }),
      csv: ({ cost }) => ({ number: cost.invocations }),
    },
  ]
}

/**
 * Attributed cost of full days against the same weekdays before: pools count in no day, so they are in neither. What a hundred projects cost
 * before is asked once, so later pages of a longer list have no such column.
 */
function changeColumn({ data, period, params }: ColumnsProps): Column<Row>[] {
  if (period.comparison === null || first(params.cursor)) return []
  const earlier = new Map(data.before?.nodes.map(({ project, cost }) => [project.key, attributedOf(cost).amount]))
  const changes = new Map<string, string>()
  for (const { project, cost } of data.full?.nodes ?? []) {
    const amount = earlier.get(project.key)
    const ratio = amount === undefined ? null : changeRatio(attributedOf(cost).amount, amount)
    if (ratio !== null) changes.set(project.key, ratio)
  }
  return [
    {
      id: 'change',
      label: 'Change',
      head: (
        <span title={`Attributed cost of full days against ${comparisonText(period) ?? ''}`}>Change,{'\u00a0'}%</span>
      ),
      isNumber: true,
      cell: ({ project }) => {
        const ratio = changes.get(project.key)
        return ratio === undefined ? (
          <NotAvailable reason="Nothing to compare with" />
        ) : (
          <span className="text-ink-2">{changeText(ratio)}</span>
        )
      },
      sort: ({ project }) => {
        const ratio = changes.get(project.key)
        return ratio === undefined ? null : { decimal: ratio }
      },
      csv: ({ project }) => {
        const ratio = changes.get(project.key)
        return ratio === undefined ? null : { number: ratio }
      },
    },
  ]
}

/** Of all projects: the rest of the fleet, and what they add up to. Of one client's: their sum. */
export function fixedRowsOf(
  { fleetCost, projectCosts }: { fleetCost: Fleet; projectCosts: ProjectsQuery['projectCosts'] },
  isFiltered: boolean,
): FixedRow[] {
  const rows = projectCosts.nodes
  const { direct, chainShared, allocated, total } = fleetCost.cost
  const money = (amount: string) => ({ amount, currency: total.currency })
  const listed = {
    direct: money(sumOf(rows.map(({ cost }) => cost.direct.amount))),
    chainShared: money(sumOf(rows.map(({ cost }) => cost.chainShared.amount))),
    allocated: money(sumOf(rows.map(({ cost }) => cost.allocated.amount))),
    total: money(sumOf(rows.map(({ cost }) => cost.total.amount))),
  }
  if (isFiltered) return rows.length < 2 ? [] : [sumRow('listed', 'Projects listed', listed, fleetCost)]
  const others = differenceOf(total.amount, sumOf([listed.total.amount, fleetCost.withoutProject.amount]))
  const { unallocated } = fleetCost
  const held = unallocatedRow(unallocated)
  const loaded = fullyLoadedOf(fleetCost)
  return [
    ...(isZero(others) ? [] : [remainderRow('other-projects', 'Other projects', 'on other pages', money(others))]),
    remainderRow('without-project', 'Without project', 'no project tag', fleetCost.withoutProject),
    sumRow('fleet', 'Fleet', { direct, chainShared, allocated, total }, fleetCost),
    ...(isZero(unallocated.amount)
      ? []
      : [
          remainderRow(held.id, held.name, held.note, unallocated),
          {
            id: 'fully-loaded',
            tone: 'total' as const,
            cells: { project: 'Fleet, fully loaded', cost: <Amount money={loaded} />, ...REST },
            csv: { project: 'Fleet, fully loaded', cost: { number: loaded.amount } },
          },
        ]),
  ]
}

/** Cells of a fixed row that belong to projects alone. */
const REST = {
  change: null,
  margin: null,
  bar: null,
  ratio: null,
  tasks: null,
  perTask: null,
  agents: null,
  invocations: null,
}

type Money = Fleet['withoutProject']

function remainderRow(id: string, name: string, note: string, cost: Money): FixedRow {
  return {
    id,
    tone: 'remainder',
    cells: {
      project: (
        <>
          {name} <span className="text-ink-3">· {note}</span>
        </>
      ),
      cost: <Amount money={cost} />,
      ...REST,
    },
    csv: { project: `${name} (${note})`, cost: { number: cost.amount } },
  }
}

function sumRow(
  id: string,
  name: string,
  cost: Record<'direct' | 'chainShared' | 'allocated' | 'total', Money>,
  facts: Fleet,
): FixedRow {
  return {
    id,
    tone: 'total',
    cells: {
      project: name,
      client: null,
      revenue: null,
      direct: <Amount money={cost.direct} />,
      shared: <Amount money={cost.chainShared} />,
      allocated: <Amount {...allocatedOf(facts, cost.allocated)} />,
      cost: <Amount money={cost.total} />,
      ...REST,
    },
    csv: {
      project: name,
      direct: { number: cost.direct.amount },
      shared: { number: cost.chainShared.amount },
      allocated: { number: cost.allocated.amount },
      cost: { number: cost.total.amount },
    },
  }
}
