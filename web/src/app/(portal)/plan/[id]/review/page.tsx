import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DataTable, type Column } from '../../../../../components/table/data-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../../components/ui/page-header.tsx'
import { graphql } from '../../../../../generated/gql.ts'
import type { PlanReviewQuery } from '../../../../../generated/graphql.ts'
import { query } from '../../../../../lib/api.ts'
import { currencySymbol, moneyText, signedAmountText, signedMoneyText } from '../../../../../lib/format.ts'
import { addMonths, monthParam, monthText, readMonth, shortMonthText } from '../../../../../lib/months.ts'
import { groupName, type PlanGroup } from '../../../../../lib/plan.ts'
import { tenantTruth } from '../../../../../lib/page-context.ts'
import { first, hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import { dateOf } from '../../../../../lib/time.ts'
import { dateText } from '../../../../../lib/calendar.ts'
import { askedOfPlan, groupHead, GroupSwitch, monthWithin, planViewer, type PlanPageProps } from '../../plan-frame.tsx'
import { NoteLine } from './note-line.tsx'

export const metadata: Metadata = { title: 'Plan review' }

const PlanMonthsDocument = graphql(`
  query PlanMonths($id: ID!) {
    plan(id: $id) {
      from
      to
    }
  }
`)

const PlanReviewDocument = graphql(`
  query PlanReview($id: ID!, $month: Date!, $by: PlanReviewGroup!) {
    planReview(id: $id, month: $month, by: $by) {
      plan {
        name
        status
        currency
      }
      scenario {
        name
      }
      month
      isOver
      total {
        ...PlanReviewAmounts
      }
      lines {
        kind
        client {
          key
          name
        }
        agent {
          key
          name
        }
        notes {
          text
          writtenBy
          writtenAt
        }
        sums {
          ...PlanReviewAmounts
        }
      }
    }
  }

  fragment PlanReviewAmounts on PlanReviewSums {
    planned {
      amount
      currency
    }
    actual {
      amount
      currency
    }
    expected {
      amount
      currency
    }
    variance {
      amount
      currency
    }
    byVolume {
      amount
      currency
    }
    byUse {
      amount
      currency
    }
    byPrice {
      amount
      currency
    }
    byRest {
      amount
      currency
    }
    plannedToDate {
      amount
      currency
    }
    actualToDate {
      amount
      currency
    }
  }
`)

type Review = NonNullable<PlanReviewQuery['planReview']>
type Line = Review['lines'][number]

export default async function ReviewPage(props: PlanPageProps) {
  const { viewer, instead } = await planViewer('Plan review')
  if (viewer === null) return instead
  const { id, path, asked, by } = await askedOfPlan(props)
  const { plan } = await query(PlanMonthsDocument, { id })
  if (plan == null) notFound()
  const month = monthWithin(plan, readMonth(first(asked.month)))
  const { planReview: review } = await query(PlanReviewDocument, { id, month, by })
  if (review == null) notFound()
  const { total } = review
  return (
    <>
      <PageHeader
        title={`${monthText(month)} against the plan`}
        crumbs={[
          { label: 'Plan', href: '/plan' },
          { label: review.plan.name, href: path },
        ]}
        badge={review.isOver ? undefined : <Badge tone="warn">Not over</Badge>}
        truth={tenantTruth(viewer.tenant)}
      />
      <p className="mb-3 text-ink-2">
        {moneyText(total.actual)} of {moneyText(total.planned)} planned{review.isOver ? '' : ' so far'}:{' '}
        {signedMoneyText(total.variance)}, of which {signedMoneyText(total.byVolume)} volume,{' '}
        {signedMoneyText(total.byUse)} use of each task, {signedMoneyText(total.byPrice)} price and{' '}
        {signedMoneyText(total.byRest)} that no driver tells. From the first month of the plan{' '}
        {moneyText(total.actualToDate)} of {moneyText(total.plannedToDate)}. Scenario {review.scenario.name}
        {review.plan.status === 'DRAFT' ? ', not adopted' : ''}.
      </p>
      <Switches path={`${path}/review`} params={asked} from={plan.from} month={month} by={by} />
      <DataTable
        label={`${monthText(month)} against the plan`}
        noun="lines"
        path={`${path}/review`}
        params={asked}
        rows={review.lines}
        columns={columnsOf({ id, month, by, currency: review.plan.currency, timeZone: viewer.tenant.timeZone })}
        rowKey={(line) => `${line.kind} ${line.client?.key ?? ''} ${line.agent?.key ?? ''}`}
        filterText={(line) => groupName(by, line)}
        defaultSort={{ column: 'planned', direction: 'desc' }}
        fixedRows={[
          {
            id: 'total',
            tone: 'total',
            cells: {
              name: 'Total',
              ...Object.fromEntries(
                AMOUNTS.map(({ id: column, of, isSigned }) => [column, amountCell(total[of], isSigned)]),
              ),
            },
            csv: {
              name: 'Total',
              ...Object.fromEntries(AMOUNTS.map(({ id: column, of }) => [column, total[of].amount])),
            },
          },
        ]}
        csvName={`${review.plan.name} ${monthParam(month)}`}
        isCsvWhole
        empty="Nothing was planned for this month, and nothing was spent."
      />
    </>
  )
}

interface SwitchesProps {
  path: string
  params: SearchParams
  from: string
  month: string
  by: PlanGroup
}

function Switches({ path, params, from, month, by }: SwitchesProps) {
  return (
    <div className="no-print mb-3 flex flex-wrap gap-2">
      <nav aria-label="Months of the plan" className="flex flex-wrap gap-1">
        {Array.from({ length: 12 }, (_, index) => addMonths(from, index)).map((one) => (
          <Link
            key={one}
            href={hrefWith(path, params, { month: monthParam(one) })}
            aria-current={one === month ? 'true' : undefined}
            className={`control ${one === month ? 'font-semibold' : ''}`}
            scroll={false}
          >
            {shortMonthText(one)}
          </Link>
        ))}
      </nav>
      <GroupSwitch path={path} params={params} by={by} />
    </div>
  )
}

const AMOUNTS = [
  { id: 'planned', label: 'Plan', of: 'planned', isSigned: false },
  { id: 'actual', label: 'Actual', of: 'actual', isSigned: false },
  { id: 'expected', label: 'Forecast', of: 'expected', isSigned: false },
  { id: 'variance', label: 'Variance', of: 'variance', isSigned: true },
  { id: 'volume', label: 'By volume', of: 'byVolume', isSigned: true },
  { id: 'use', label: 'By use', of: 'byUse', isSigned: true },
  { id: 'price', label: 'By price', of: 'byPrice', isSigned: true },
  { id: 'rest', label: 'Rest', of: 'byRest', isSigned: true },
  { id: 'planToDate', label: 'Plan to date', of: 'plannedToDate', isSigned: false },
  { id: 'actualToDate', label: 'Actual to date', of: 'actualToDate', isSigned: false },
] as const

function amountCell(money: { amount: string; currency: string }, isSigned: boolean) {
  return isSigned ? <span className="num">{signedAmountText(money)}</span> : <Amount money={money} />
}

interface ColumnsOf {
  id: string
  month: string
  by: PlanGroup
  currency: string
  timeZone: string
}

function columnsOf({ id, month, by, currency, timeZone }: ColumnsOf): Column<Line>[] {
  const symbol = currencySymbol(currency)
  return [
    {
      id: 'name',
      label: groupHead(by),
      cell: (line) => groupName(by, line),
      sort: (line) => ({ text: groupName(by, line) }),
      csv: (line) => groupName(by, line),
      className: 'sm:min-w-40',
    },
    ...AMOUNTS.map(({ id: column, label, of, isSigned }): Column<Line> => ({
      id: column,
      label: `${label}, ${symbol}`,
      isNumber: true,
      isMain: column === 'variance',
      cell: ({ sums }) => amountCell(sums[of], isSigned),
      sort: ({ sums }) => ({ decimal: sums[of].amount }),
      csv: ({ sums }) => sums[of].amount,
    })),
    {
      id: 'notes',
      label: 'Explanation',
      cell: (line) => <Notes line={line} id={id} month={month} by={by} timeZone={timeZone} />,
      csv: ({ notes }) => notes.map(({ text, writtenBy }) => `${text} (${writtenBy})`).join('; '),
      className: 'sm:min-w-48',
    },
  ]
}

interface NotesProps {
  line: Line
  id: string
  month: string
  by: PlanGroup
  timeZone: string
}

function Notes({ line, id, month, by, timeZone }: NotesProps) {
  const { client, agent, kind, notes } = line
  return (
    <div className="flex flex-col items-start gap-1">
      {notes.map(({ text, writtenBy, writtenAt }) => (
        <p key={`${writtenAt} ${text}`}>
          {text}
          <span className="block text-caption text-ink-3">
            {writtenBy}, {dateText(dateOf(writtenAt, timeZone))}
          </span>
        </p>
      ))}
      {kind === 'POOLS' || (client == null && agent == null) ? null : (
        <NoteLine
          planId={id}
          month={month}
          name={groupName(by, line)}
          clientKey={client?.key ?? null}
          agentKey={agent?.key ?? null}
        />
      )}
    </div>
  )
}
