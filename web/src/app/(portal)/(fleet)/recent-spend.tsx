import { Sparkline } from '../../../components/chart/sparkline.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Delta } from '../../../components/ui/delta.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { attributedOf } from '../../../lib/basis.ts'
import { addDays, dateText, daysBetween, firstOfMonth, mondayOf, rangeText } from '../../../lib/calendar.ts'
import { changeRatio, moneyText, sumOf } from '../../../lib/format.ts'
import type { DateRange } from '../../../lib/period.ts'
import type { Tenant } from '../../../lib/session.ts'
import { dateOf } from '../../../lib/time.ts'

/** A month, and the five weeks before it that its days are compared with. */
const DAYS = 66
const TREND_DAYS = 28

/** The days that today, this week and this month are told from, whatever period the page is about. */
export function recentRange(today: string): DateRange {
  return { from: addDays(today, -DAYS), to: addDays(today, 1) }
}

interface RecentSpendProps {
  recent: FleetQuery['recent']
  tenant: Tenant
  hasPools: boolean
  /** Unless the page says it already. */
  isMonthShown: boolean
}

/** Today, this week and this month beside the same weekdays before. Pools accrue by the month, so they are left out of days. */
export function RecentSpend({ recent, tenant, hasPools, isMonthShown }: RecentSpendProps) {
  const { today, timeZone, currency } = tenant
  const days = new Map(
    recent.series.map(({ start, cost }) => [dateOf(start, timeZone), attributedOf(cost).amount] as const),
  )
  const amountIn = ({ from, to }: DateRange): string =>
    sumOf(Array.from({ length: daysBetween(from, to) }, (_, index) => days.get(addDays(from, index)) ?? '0'))
  const trend = Array.from({ length: TREND_DAYS }, (_, index) => days.get(addDays(today, index - TREND_DAYS)) ?? '0')
  const week = addDays(today, -7)
  const cost = hasPools ? 'Attributed' : 'Spend'
  return (
    <TileStrip label="Latest spend">
      <Tile
        label={`${cost}, today so far`}
        figure={<Amount money={{ amount: days.get(today) ?? '0', currency }} as="text" />}
        context={`${moneyText({ amount: days.get(week) ?? '0', currency })} all day on ${dateText(week)}`}
        evidence={<Sparkline values={trend} colour="var(--accent)" height={32} width={120} area stretch />}
      />
      {[
        { name: 'this week', from: mondayOf(today) },
        ...(isMonthShown ? [{ name: 'this month', from: firstOfMonth(today) }] : []),
      ].map(({ name, from }) => {
        const full = { from, to: today }
        const weeks = Math.ceil(daysBetween(from, today) / 7)
        const before = { from: addDays(from, -7 * weeks), to: addDays(today, -7 * weeks) }
        return (
          <Tile
            key={name}
            label={`${cost}, ${name}`}
            figure={<Amount money={{ amount: amountIn({ from, to: addDays(today, 1) }), currency }} as="text" />}
            context={
              weeks === 0 ? (
                'no full day yet'
              ) : (
                <Delta
                  ratio={changeRatio(amountIn(full), amountIn(before))}
                  against={`full days vs ${rangeText(before.from, before.to, { year: false })}`}
                />
              )
            }
            evidence={
              <Sparkline
                values={runningOf(days, from, today)}
                colour="var(--accent)"
                height={32}
                width={120}
                area
                stretch
              />
            }
          />
        )
      })}
    </TileStrip>
  )
}

/** The running total of the days from a first one up to today. */
function runningOf(days: ReadonlyMap<string, string>, from: string, today: string): string[] {
  const running: string[] = []
  for (let day = from; day <= today; day = addDays(day, 1)) {
    running.push(sumOf([running.at(-1) ?? '0', days.get(day) ?? '0']))
  }
  return running
}
