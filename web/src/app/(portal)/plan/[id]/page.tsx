import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DataTable, type Column, type FixedRow } from '../../../../components/table/data-table.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { Section } from '../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../components/ui/skeleton.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { PlanQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { firstOfMonth } from '../../../../lib/calendar.ts'
import { currencySymbol, exactDecimalText, moneyText } from '../../../../lib/format.ts'
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
  query Plan($id: ID!, $position: Int!, $by: PlanReviewGroup!) {
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
        months {
          month
          amount {
            amount
            currency
          }
        }
        groups(by: $by) {
          kind
          client {
            key
            name
          }
          agent {
            key
            name
          }
          total {
            amount
            currency
          }
          months {
            month
            amount {
              amount
              currency
            }
          }
        }
      }
    }
    planAdoption(id: $id, scenario: $position) {
      newCount
      sameCount
      standingCount
      different: budgets(state: DIFFERENT) {
        scope
        label
        month
        amount {
          amount
          currency
        }
        present {
          amount
          currency
        }
      }
    }
  }
`)

const PlanMonthDocument = graphql(`
  query PlanMonth($id: ID!, $position: Int!, $month: Date!, $first: Int!) {
    plan(id: $id) {
      scenario(position: $position) {
        dearestLines(month: $month, first: $first) {
          lines {
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
          otherCount
          others {
            amount
            currency
          }
          total {
            amount
            currency
          }
        }
      }
    }
  }
`)

type Plan = NonNullable<PlanQuery['plan']>
type Scenario = NonNullable<Plan['scenario']>
type Group = Scenario['groups'][number]

export default async function PlanPage(props: PlanPageProps) {
  const { viewer, instead } = await planViewer('Plan')
  if (viewer === null) return instead
  const { id, path, asked, by } = await askedOfPlan(props)
  const position = Math.min(5, Number.parseInt(/^\d$/.exec(first(asked.scenario) ?? '')?.[0] ?? '0', 10))
  const { plan, planAdoption } = await query(PlanDocument, { id, position, by })
  if (plan?.scenario == null) notFound()
  const { scenario } = plan
  const month = monthWithin(plan, readMonth(first(asked.month)))
  const isDraft = plan.status === 'DRAFT'
  const budgets = planAdoption == null ? 0 : countOf(planAdoption)
  const mayAdopt = budgets > 0 && (isDraft || plan.adoptedScenario === position)
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
            {mayAdopt && planAdoption != null ? (
              <Adopt plan={plan} scenario={scenario} adoption={planAdoption} />
            ) : null}
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
      <Section fallback={<Skeleton className="h-[422px] w-full rounded-card" />}>
        <Arithmetic plan={plan} scenario={scenario} month={month} path={path} params={asked} />
      </Section>
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

type Adoption = NonNullable<PlanQuery['planAdoption']>

function countOf({ newCount, sameCount, different }: Adoption): number {
  return newCount + sameCount + different.length
}

function Adopt({ plan, scenario, adoption }: { plan: Plan; scenario: Scenario; adoption: Adoption }) {
  const { newCount, sameCount, standingCount, different } = adoption
  return (
    <AdoptPlan
      id={plan.id}
      scenario={scenario.position}
      name={scenario.name}
      different={different.length}
      isAdopted={plan.status === 'ADOPTED'}
    >
      <p>
        {plural(newCount, 'budget')} of months {newCount === 1 ? 'is' : 'are'} set, of the fleet, of each client and of
        each agent; {sameCount} {sameCount === 1 ? 'is' : 'are'} there already with the same amount. Months that are
        over get none. Budgets count direct and shared cost, so pools are in none of them.
        {standingCount === 0 ? '' : ` ${plural(standingCount, 'budget')} of every month stays in force beside them.`}
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
  id: string
  name: string
  months: ReadonlyMap<string, string>
  total: string
}

function rowOf(group: Group, by: PlanGroup): Row {
  const { kind, client, agent, total } = group
  const id = [kind, client?.key, agent?.key].join(' ')
  return { id, name: groupName(by, group), months: monthsOf(group), total: total.amount }
}

function monthsOf({ months }: Pick<Group, 'months'>): ReadonlyMap<string, string> {
  return new Map(months.map(({ month, amount }) => [month, amount.amount]))
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
      rows={scenario.groups.map((group) => rowOf(group, by))}
      columns={columns}
      rowKey={({ id }) => id}
      filterText={({ name }) => name}
      defaultSort={{ column: 'total', direction: 'desc' }}
      fixedRows={[totalRow(scenario, months, currency)]}
      csvName={`${plan.name} ${scenario.name}`}
      isCsvWhole
    />
  )
}

function totalRow(scenario: Scenario, months: readonly string[], currency: string): FixedRow {
  const sums = monthsOf(scenario)
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
  plan: Plan
  scenario: Scenario
  month: string
  path: string
  params: SearchParams
}

/** So many lines are shown unasked; the others as one, which can be opened. */
const LINES_SHOWN = 100
const LINES_MAX = 10_000

/** The lines of a month, the dearest first. Asked for apart: a large firm has thousands. */
async function Arithmetic({ plan, scenario, month, path, params }: ArithmeticProps) {
  const isAll = first(params.lines) === 'all'
  const { plan: read } = await query(PlanMonthDocument, {
    ...{ id: plan.id, position: scenario.position, month },
    first: isAll ? LINES_MAX : LINES_SHOWN,
  })
  const dearest = read?.scenario?.dearestLines
  if (dearest === undefined) notFound()
  const { lines, otherCount, others, total } = dearest
  const symbol = currencySymbol(plan.currency)
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
          ...(otherCount === 0
            ? []
            : [
                {
                  id: 'others',
                  cells: [
                    <Link key="all" href={hrefWith(path, params, { lines: 'all' })} scroll={false} className="link">
                      {plural(otherCount, 'other line')}
                    </Link>,
                    '',
                    '',
                    '',
                    <Amount key="amount" money={others} />,
                  ],
                },
              ]),
          {
            id: 'total',
            tone: 'total' as const,
            cells: ['Total', '', '', '', <Amount key="amount" money={total} />],
          },
        ]}
      />
    </div>
  )
}
