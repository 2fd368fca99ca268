import { Check, TriangleAlert, X } from 'lucide-react'
import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { graphql } from '../../../../../generated/gql.ts'
import type { PeriodChecklistQuery } from '../../../../../generated/graphql.ts'
import { query } from '../../../../../lib/api.ts'
import { dateText } from '../../../../../lib/calendar.ts'
import { countText, currencySymbol, isZero } from '../../../../../lib/format.ts'
import { addMonths, monthText } from '../../../../../lib/months.ts'
import { checklistText, portalHref } from '../../../../../lib/period-close.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { ClosePeriod } from './period-actions.tsx'
import { currentEdition, type Period } from './period-detail.ts'

const ChecklistDocument = graphql(`
  query PeriodChecklist($month: Date!, $withSums: Boolean!) {
    period(month: $month) {
      checklist(withSums: $withSums) {
        item
        state
        title
        detail
        count
        amount {
          amount
          currency
        }
        isBlocking
        href
      }
    }
  }
`)

export type PeriodCheck = PeriodChecklistQuery['period']['checklist'][number]

const ORDER = { FAIL: 0, WARN: 1, PASS: 2 } as const

/** What blocks, then what wants a reason; of a closed month, before all, whether it still is what was closed. */
function orderOf({ item, state }: PeriodCheck): number {
  return item === 'SNAPSHOT' ? -1 : ORDER[state]
}

interface ChecklistProps {
  period: Period
  tenant: Tenant
  mayAct: boolean
  /** Whether every event of an open month is read, to compare its sums. */
  withSums: boolean
  /** Where that is done. */
  sumsHref: string
}

/** What is looked at before a month is closed: what blocks first, then what wants a reason; each leads to where it is mended. */
export async function Checklist({ period, tenant, mayAct, withSums, sumsHref }: ChecklistProps) {
  const { month, state, mayClose } = period
  const { checklist } = (await query(ChecklistDocument, { month, withSums })).period
  const isClosed = state === 'CLOSED'
  const isWhole = isClosed || withSums
  const accepted = new Map(currentEdition(period)?.accepted.map(({ item, reason }) => [item, reason]))
  const checks = [...checklist].sort((a, b) => orderOf(a) - orderOf(b))
  const isBlocked = checks.some((check) => check.state === 'FAIL')
  return (
    <Card
      flush
      id="checklist"
      title={isClosed ? closedTitle(checks) : checklistText(checks, isWhole)}
      caption={
        isClosed
          ? 'What it was closed with, and whether it still is that'
          : mayClose
            ? 'Looked at now, and once more in the moment of the close'
            : mayAct
              ? `It can be closed from ${dateText(addMonths(month, 1), { year: true })} on`
              : 'As the month stands now'
      }
      actions={
        mayClose ? (
          <ClosePeriod
            month={month}
            name={monthText(month)}
            edition={period.edition + 1}
            blocked={checks.filter((check) => check.state === 'FAIL').map((check) => check.title)}
            warnings={checks.filter((check) => check.state === 'WARN')}
            isPrimary={!isBlocked}
          />
        ) : undefined
      }
    >
      <MiniTable
        label="Checklist"
        heads={[
          { label: 'Check' },
          { label: 'State', isMain: true },
          { label: 'Found' },
          { label: 'Count', isNumber: true },
          { label: `Amount, ${currencySymbol(tenant.currency)}`, isNumber: true },
          { label: isClosed ? 'See' : 'Mend' },
        ]}
        rows={[
          ...checks.map((check) => ({
            id: check.item,
            cells: [
              <span key="title" className="font-[550]">
                {check.title}
              </span>,
              <CheckBadge key="state" check={check} isAccepted={accepted.has(check.item)} />,
              <span key="detail" className="block max-w-[560px] min-w-0 text-ink-2">
                {check.detail}
                {accepted.has(check.item) ? (
                  <span className="block text-caption text-ink-3">Accepted: {accepted.get(check.item)}</span>
                ) : null}
              </span>,
              check.count == null || check.count === '0' ? '' : countText(check.count),
              check.amount == null || isZero(check.amount.amount) ? '' : <Amount key="amount" money={check.amount} />,
              check.href == null || check.state === 'PASS' ? (
                ''
              ) : (
                <Link
                  key="mend"
                  href={portalHref(check.href)}
                  className="link no-print inline-flex min-h-8 items-center"
                  aria-label={`See ${check.title.toLowerCase()}`}
                >
                  {isClosed ? 'See' : 'Mend'}
                </Link>
              ),
            ],
          })),
          ...(isWhole ? [] : [sumsRow(sumsHref)]),
        ]}
      />
    </Card>
  )
}

/** The check that reads every event of the month, before somebody asks for it. */
function sumsRow(href: string) {
  return {
    id: 'SUMS',
    cells: [
      <span key="title" className="font-[550]">
        All sums agree
      </span>,
      <Badge key="state" tone="outline">
        not looked at
      </Badge>,
      <span key="detail" className="block max-w-[560px] min-w-0 text-ink-2">
        Compares every cell with the events of the month, seconds for a million of them. The close does it in any case.
      </span>,
      '',
      '',
      <Link key="look" href={href} className="link no-print inline-flex min-h-8 items-center" scroll={false}>
        Compare now
      </Link>,
    ],
  }
}

function closedTitle(checks: readonly PeriodCheck[]): string {
  const snapshot = checks.find((check) => check.item === 'SNAPSHOT')
  return snapshot === undefined || snapshot.state === 'PASS'
    ? 'The month is what was closed, to the last decimal'
    : 'The month is not what was closed'
}

/** Words first, and never colour alone. */
function CheckBadge({ check: { state, isBlocking }, isAccepted }: { check: PeriodCheck; isAccepted: boolean }) {
  if (state === 'PASS') {
    return (
      <Badge tone="ok" Icon={Check}>
        passes
      </Badge>
    )
  }
  if (state === 'FAIL') {
    return (
      <Badge tone="bad" Icon={X}>
        {isBlocking ? 'blocks the close' : 'fails'}
      </Badge>
    )
  }
  return (
    <Badge tone="warn" Icon={TriangleAlert}>
      {isAccepted ? 'accepted' : 'wants a reason'}
    </Badge>
  )
}
