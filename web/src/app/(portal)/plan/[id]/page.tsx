import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DataTable, type Column, type FixedRow } from '../../../../components/table/data-table.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { PlanQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { firstOfMonth } from '../../../../lib/calendar.ts'
import { compareDecimals, currencySymbol, exactDecimalText, moneyText, sumOf } from '../../../../lib/format.ts'
import { scopeMembers } from '../../../../lib/members.ts'
import { addMonths, monthParam, monthText, readMonth, shortMonthText } from '../../../../lib/months.ts'
import { changeWords, groupName, placeName, type PlanGroup } from '../../../../lib/plan.ts'
import { plural } from '../../../../lib/plural.ts'
import { tenantTruth } from '../../../../lib/page-context.ts'
import { first, hrefWith, type SearchParams } from '../../../../lib/search-params.ts'
import { AdoptPlan } from './adopt-plan.tsx'
import { askedOfPlan, groupHead, GroupSwitch, monthWithin, planViewer, type PlanPageProps } from '../plan-frame.tsx'
import { AddScenario, EditChange, RemoveChange, RemoveScenario } from './scenarios.tsx'

export const metadata: Metadata = { title: 'Plan' }

const PlanDocument = graphql(`
  query Plan($id: ID!, $position: Int!) {
    plan(id: $id) {
      id
      name
      note
      status
      currency
      from
      to
      adoptedScenario
      adoptedBy
      basis {
        driverMonths
      }
      scenarios {
        position
        name
        changes {
          driver
          pace
          percent
          from
          client {
            key
            name
          }
          agent {
            key
            name
          }
        }
      }
      scenario(position: $position) {
        position
        name
        total {
          amount
          currency
        }
        lines {
          month
          kind
          client {
            name
          }
          agent {
            name
          }
          unit
          measure
          volume
          use
          price
          amount {
            amount
            currency
          }
        }
      }
    }
    planAdoption(id: $id, scenario: $position) {
      budgets {
        scope
        label
        month
        state
        amount {
          amount
          currency
        }
        present {
          amount
          currency
        }
        standing {
          amount
          currency
        }
      }
    }
  }
`)

type Plan = NonNullable<PlanQuery['plan']>
type Scenario = NonNullable<Plan['scenario']>
type Line = Scenario['lines'][number]

export default async function PlanPage(props: PlanPageProps) {
  const { viewer, instead } = await planViewer('Plan')
  if (viewer === null) return instead
  const { id, path, asked, by } = await askedOfPlan(props)
  const position = Math.min(5, Number.parseInt(/^\d$/.exec(first(asked.scenario) ?? '')?.[0] ?? '0', 10))
  const { plan, planAdoption } = await query(PlanDocument, { id, position })
  if (plan?.scenario == null) notFound()
  const { scenario } = plan
  const month = monthWithin(plan, readMonth(first(asked.month)))
  const isDraft = plan.status === 'DRAFT'
  const budgets = planAdoption?.budgets ?? []
  const mayAdopt = budgets.length > 0 && (isDraft || plan.adoptedScenario === position)
  return (
    <>
      <PageHeader
        title={plan.name}
        crumbs={[{ label: 'Plan', href: '/plan' }]}
        badge={isDraft ? <Badge>Draft</Badge> : <Badge tone="ok">Adopted</Badge>}
        truth={tenantTruth(viewer.tenant)}
        actions={
          <>
            <Link
              href={`${path}/review?month=${monthParam(reviewMonth(plan, viewer.tenant.today))}`}
              className="control"
            >
              Review by month
            </Link>
            {isDraft ? <DraftActions plan={plan} /> : null}
            {mayAdopt ? <Adopt plan={plan} scenario={scenario} budgets={budgets} /> : null}
          </>
        }
      />
      {plan.note == null ? null : <p className="mb-3 text-ink-2">{plan.note}</p>}
      {plan.adoptedBy == null ? null : (
        <p className="mb-3 text-ink-2">
          {plan.scenarios.find((one) => one.position === plan.adoptedScenario)?.name} was adopted by {plan.adoptedBy},
          and the plan stands as it is.
        </p>
      )}
      <Switches plan={plan} path={path} params={asked} position={position} by={by} />
      <Changes plan={plan} position={position} />
      <Months plan={plan} scenario={scenario} path={path} params={asked} by={by} />
      <h2 className="mt-6 mb-1 text-card font-semibold">The arithmetic of {monthText(month)}</h2>
      <p className="mb-3 text-caption text-ink-2">
        Volume × use × price = amount. Volume and use are of the last {plural(plan.basis.driverMonths, 'whole month')}{' '}
        before the plan was drafted, and follow its forecast and the changes above.
      </p>
      <Arithmetic scenario={scenario} month={month} currency={plan.currency} />
    </>
  )
}

/** The last month that is over; the first of the plan before one is. */
function reviewMonth(plan: Plan, today: string): string {
  const last = addMonths(firstOfMonth(today), -1)
  return last >= plan.to ? addMonths(plan.to, -1) : monthWithin(plan, last)
}

interface SwitchesProps {
  plan: Plan
  path: string
  params: SearchParams
  position: number
  by: PlanGroup
}

function Switches({ plan, path, params, position, by }: SwitchesProps) {
  return (
    <div className="no-print mb-3 flex flex-wrap gap-2">
      <nav aria-label="Scenarios" className="segment">
        {plan.scenarios.map((one) => (
          <Link
            key={one.position}
            href={hrefWith(path, params, { scenario: one.position === 0 ? null : String(one.position) })}
            aria-current={one.position === position ? 'true' : undefined}
            scroll={false}
          >
            {one.name}
          </Link>
        ))}
      </nav>
      <GroupSwitch path={path} params={params} by={by} />
    </div>
  )
}

function inputsOf(plan: Plan) {
  return plan.scenarios
    .filter(({ position }) => position > 0)
    .map(({ name, changes }) => ({
      name,
      changes: changes.map(({ driver, pace, percent, from, client, agent }) => ({
        ...{ driver, pace, percent, from },
        clientKey: client?.key ?? null,
        agentKey: agent?.key ?? null,
      })),
    }))
}

function draftOf(plan: Plan) {
  return { plan: { id: plan.id, name: plan.name, note: plan.note ?? null }, scenarios: inputsOf(plan) }
}

async function DraftActions({ plan }: { plan: Plan }) {
  const members = await scopeMembers()
  return (
    <AddScenario {...draftOf(plan)} month={monthParam(plan.from)} clients={members.CLIENT} agents={members.AGENT} />
  )
}

async function Changes({ plan, position }: { plan: Plan; position: number }) {
  const scenario = plan.scenarios.find((one) => one.position === position)
  if (scenario === undefined || position === 0) {
    return <p className="mb-3 text-caption text-ink-2">The base: the forecast, with nothing changed.</p>
  }
  const { name, changes } = scenario
  if (plan.status !== 'DRAFT') {
    return (
      <ul className="mb-3 text-caption text-ink-2">
        {changes.map((change, index) => (
          <li key={index}>{changeWords(change)}</li>
        ))}
      </ul>
    )
  }
  const members = await scopeMembers()
  const draft = draftOf(plan)
  return (
    <div className="mb-3 flex flex-col items-start gap-2 text-caption text-ink-2">
      <ul className="flex flex-col gap-1">
        {changes.map((change, index) => {
          const of = { ...draft, name, at: index, words: changeWords(change) }
          return (
            // What is edited is another form, which begins with what is there now.
            <li key={`${index} ${of.words}`} className="flex flex-wrap items-center gap-2">
              <span>{of.words}</span>
              <EditChange {...of} clients={members.CLIENT} agents={members.AGENT} />
              <RemoveChange {...of} />
            </li>
          )
        })}
      </ul>
      {changes.length === 0 ? <p>No changes: it is as the base.</p> : null}
      <RemoveScenario {...draft} name={name} />
    </div>
  )
}

type Budget = NonNullable<PlanQuery['planAdoption']>['budgets'][number]

function Adopt({ plan, scenario, budgets }: { plan: Plan; scenario: Scenario; budgets: readonly Budget[] }) {
  const of = (state: Budget['state']) => budgets.filter((budget) => budget.state === state)
  const [made, same, different] = [of('NEW'), of('SAME'), of('DIFFERENT')]
  const standing = new Set(budgets.filter((one) => one.standing != null).map(({ scope, label }) => `${scope} ${label}`))
    .size
  return (
    <AdoptPlan
      id={plan.id}
      scenario={scenario.position}
      name={scenario.name}
      different={different.length}
      isAdopted={plan.status === 'ADOPTED'}
    >
      <p>
        {plural(made.length, 'budget')} of months {made.length === 1 ? 'is' : 'are'} set, of the fleet, of each client
        and of each agent; {same.length} {same.length === 1 ? 'is' : 'are'} there already with the same amount. Months
        that are over get none. Budgets count direct and shared cost, so pools are in none of them.
        {standing === 0 ? '' : ` ${plural(standing, 'budget')} of every month stays in force beside them.`}
        {plan.status === 'DRAFT' ? ' From then on the plan stands as it is.' : ''}
      </p>
      {different.length === 0 ? null : (
        <MiniTable
          label="Budgets set otherwise"
          maxHeight={240}
          heads={[
            { label: 'Set otherwise' },
            { label: 'Month' },
            { label: 'Now', isNumber: true },
            { label: 'Plan', isNumber: true, isMain: true },
          ]}
          rows={different.map(({ scope, label, month, present, amount }) => ({
            id: `${scope} ${label} ${month}`,
            cells: [
              label,
              shortMonthText(month),
              <Amount key="now" money={present} />,
              <Amount key="plan" money={amount} />,
            ],
          }))}
        />
      )}
    </AdoptPlan>
  )
}

interface Row {
  name: string
  months: Map<string, string>
  total: string
}

function rowsOf(lines: readonly Line[], by: PlanGroup): Row[] {
  const groups = new Map<string, Line[]>()
  for (const line of lines) groups.set(groupName(by, line), [...(groups.get(groupName(by, line)) ?? []), line])
  return [...groups].map(([name, mine]) => ({
    name,
    months: monthsOf(mine),
    total: sumOf(mine.map((line) => line.amount.amount)),
  }))
}

function monthsOf(lines: readonly Line[]): Map<string, string> {
  const amounts = new Map<string, string[]>()
  for (const { month, amount } of lines) amounts.set(month, [...(amounts.get(month) ?? []), amount.amount])
  return new Map([...amounts].map(([month, mine]) => [month, sumOf(mine)]))
}

interface MonthsProps {
  plan: Plan
  scenario: Scenario
  path: string
  params: SearchParams
  by: PlanGroup
}

function Months({ plan, scenario, path, params, by }: MonthsProps) {
  const { currency } = plan
  const symbol = currencySymbol(currency)
  const months = Array.from({ length: 12 }, (_, index) => addMonths(plan.from, index))
  const columns: Column<Row>[] = [
    {
      id: 'name',
      label: groupHead(by),
      cell: ({ name }) => name,
      sort: ({ name }) => ({ text: name }),
      csv: ({ name }) => name,
      className: 'sm:min-w-40',
    },
    {
      id: 'total',
      label: `Twelve months, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: ({ total }) => <Amount money={{ amount: total, currency }} />,
      sort: ({ total }) => ({ decimal: total }),
      csv: ({ total }) => total,
    },
    ...months.map((month): Column<Row> => ({
      id: monthParam(month),
      label: shortMonthText(month),
      head: (
        <Link href={hrefWith(path, params, { month: monthParam(month) })} scroll={false} className="hover:underline">
          {shortMonthText(month)}
        </Link>
      ),
      isNumber: true,
      cell: (row) => <Amount money={{ amount: row.months.get(month) ?? '0', currency }} />,
      csv: (row) => row.months.get(month) ?? '0',
    })),
  ]
  return (
    <DataTable
      label={`${scenario.name}: ${moneyText(scenario.total)} over twelve months`}
      noun="rows"
      path={path}
      params={params}
      rows={rowsOf(scenario.lines, by)}
      columns={columns}
      rowKey={({ name }) => name}
      filterText={({ name }) => name}
      defaultSort={{ column: 'total', direction: 'desc' }}
      fixedRows={[totalRow(scenario, months, currency)]}
      csvName={`${plan.name} ${scenario.name}`}
      isCsvWhole
    />
  )
}

function totalRow(scenario: Scenario, months: readonly string[], currency: string): FixedRow {
  const sums = monthsOf(scenario.lines)
  const amountOf = (month: string) => sums.get(month) ?? '0'
  return {
    id: 'total',
    tone: 'total',
    cells: {
      name: 'Total',
      total: <Amount money={scenario.total} />,
      ...Object.fromEntries(
        months.map((month) => [
          monthParam(month),
          <Amount key={month} money={{ amount: amountOf(month), currency }} />,
        ]),
      ),
    },
    csv: {
      name: 'Total',
      total: scenario.total.amount,
      ...Object.fromEntries(months.map((month) => [monthParam(month), amountOf(month)])),
    },
  }
}

const UNIT_WORDS = { TASKS: 'tasks', MONTHS: 'month' } as const
const MEASURE_WORDS = { TOKENS: 'tokens', CALLS: 'calls', NONE: '' } as const

interface ArithmeticProps {
  scenario: Scenario
  month: string
  currency: string
}

function Arithmetic({ scenario, month, currency }: ArithmeticProps) {
  const symbol = currencySymbol(currency)
  const lines = scenario.lines
    .filter((line) => line.month === month)
    .sort((a, b) => compareDecimals(b.amount.amount, a.amount.amount))
  return (
    <div className="card">
      <MiniTable
        label={`The arithmetic of ${monthText(month)}`}
        maxHeight={420}
        heads={[
          { label: 'Line' },
          { label: 'Volume', isNumber: true },
          { label: 'Use of each', isNumber: true },
          { label: `Price, ${symbol}`, isNumber: true },
          { label: `Amount, ${symbol}`, isNumber: true, isMain: true },
        ]}
        rows={[
          ...lines.map((line, index) => ({
            id: String(index),
            cells: [
              placeName(line),
              `${exactDecimalText(line.volume)} ${UNIT_WORDS[line.unit]}`,
              line.measure === 'NONE' ? '' : `${exactDecimalText(line.use)} ${MEASURE_WORDS[line.measure]}`,
              line.price == null || line.measure === 'NONE' ? '' : exactDecimalText(line.price),
              <Amount key="amount" money={line.amount} />,
            ],
          })),
          {
            id: 'total',
            tone: 'total' as const,
            cells: [
              'Total',
              '',
              '',
              '',
              <Amount key="amount" money={{ amount: sumOf(lines.map(({ amount }) => amount.amount)), currency }} />,
            ],
          },
        ]}
      />
    </div>
  )
}
