import type { Money } from '@outlay/domain/money/currency'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import type { FleetPoolsFragment } from '../../../../generated/graphql.ts'
import {
  MOST_MONTHS,
  runText,
  shareHref,
  sharesOfAgent,
  type MonthShares,
  type PoolShare,
} from '../../../../lib/agent-shares.ts'
import { monthText } from '../../../../lib/months.ts'
import { currencySymbol, differenceOf, isZero, moneyText, percentText, sumOf } from '../../../../lib/format.ts'
import { periodText, type Period } from '../../../../lib/period.ts'
import { allocatedOf } from '../../../../lib/fleet-pools.ts'

interface AllocatedByPoolProps {
  agentKey: string
  facts: FleetPoolsFragment
  allocated: Money
  period: Period
  timeZone: string
}

/** Which pools an agent bears a share of, by which method and policy; month by month, with what of each month falls into the days. */
export async function AllocatedByPool({ agentKey, facts, allocated, period, timeZone }: AllocatedByPoolProps) {
  const known = allocatedOf(facts, allocated)
  if (known.money === null) return null
  const { currency } = allocated
  const months = (await sharesOfAgent({ agentKey, range: period.range, timeZone, currency })).filter(
    ({ shares }) => shares.length > 0,
  )
  const earlier = differenceOf(allocated.amount, sumOf(months.map(({ accrued }) => accrued.amount)))
  const symbol = currencySymbol(currency)
  return (
    <Card
      id="pools"
      flush
      className="mt-4"
      title={`${moneyText(allocated)} allocated from pools`}
      caption={`Its share of each pool, ${periodText(period)}; what accrues evenly over a month counts by the days looked at`}
    >
      <MiniTable
        label="Allocated by pool"
        heads={[
          { label: 'Pool' },
          { label: 'Month' },
          { label: 'Split' },
          { label: 'Share', isNumber: true },
          { label: `Of the month, ${symbol}`, isNumber: true },
          { label: `In these days, ${symbol}`, isNumber: true, isMain: true },
        ]}
        rows={[
          ...months.flatMap((month) => [
            ...month.shares.map((share) => shareRow(agentKey, month, share)),
            monthRow(month, currency),
          ]),
          ...(isZero(earlier)
            ? []
            : [
                {
                  id: 'earlier',
                  tone: 'remainder' as const,
                  cells: [
                    `Months before the latest ${MOST_MONTHS}`,
                    '',
                    '',
                    '',
                    '',
                    <Amount key="amount" money={{ amount: earlier, currency }} />,
                  ],
                },
              ]),
          {
            id: 'total',
            tone: 'total' as const,
            cells: ['Allocated', '', '', '', '', <Amount key="amount" money={allocated} />],
          },
        ]}
      />
    </Card>
  )
}

function shareRow(agentKey: string, { month }: MonthShares, { run, share, amount }: PoolShare) {
  return {
    id: run.id,
    cells: [
      <Link key="pool" href={shareHref(run.pool.id, month, agentKey)} className="row-link font-medium">
        {run.pool.name}
      </Link>,
      monthText(month),
      runText(run),
      share === null ? <NotAvailable key="share" reason="The pool came to nothing" /> : percentText(share, 2),
      <Amount key="amount" money={amount} />,
      '',
    ],
  }
}

function monthRow({ month, whole, fraction, accrued }: MonthShares, currency: string) {
  return {
    id: month,
    tone: 'remainder' as const,
    cells: [
      monthText(month),
      '',
      fraction === '1' ? 'whole month' : `${percentText(fraction, 2)} of the month`,
      '',
      <Amount key="whole" money={whole} />,
      <Amount key="accrued" money={{ amount: accrued.amount, currency }} />,
    ],
  }
}
