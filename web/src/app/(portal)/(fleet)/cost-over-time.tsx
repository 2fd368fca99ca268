import type { Money } from '@outlay/domain/money/currency'
import type { Course } from '../../../components/chart/cumulative-chart.tsx'
import { SeriesCard } from '../../../components/chart/series-card.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { attributedOf } from '../../../lib/basis.ts'
import { addDays, dateText, daysBetween } from '../../../lib/calendar.ts'
import {
  changeRatio,
  changeText,
  compareDecimals,
  currencySymbol,
  decimalText,
  differenceOf,
  isZero,
  moneyText,
} from '../../../lib/format.ts'
import { comparisonText, periodText, type Period } from '../../../lib/period.ts'
import { areComparable, hasPools } from '../../../lib/fleet-pools.ts'
import { attributedSeries, binsOf } from '../../../lib/series.ts'
import type { Tenant } from '../../../lib/session.ts'
import { throughText } from '../../../lib/time.ts'

/** Where the running month ends. It counts what was used, as budgets do, and no pools. */
graphql(`
  fragment Course on Forecast {
    to
    p10 {
      amount
      currency
    }
    p50 {
      amount
      currency
    }
    p90 {
      amount
      currency
    }
  }
`)

interface CostOverTimeProps {
  data: FleetQuery
  period: Period
  tenant: Tenant
}

/** Drawn for the running month by day; null otherwise, and where nothing is forecast. */
function courseOf({ data, period, tenant }: CostOverTimeProps): Course | null {
  const { forecast, month } = data
  if (forecast == null || period.preset !== 'mtd' || period.granularity !== 'DAY') return null
  const { p10, p50, p90, to } = forecast
  return {
    ahead: daysBetween(tenant.today, to) - 1,
    endName: dateText(addDays(to, -1)),
    p10: p10.amount,
    p50: p50.amount,
    p90: p90.amount,
    budget: month?.budget?.amount.amount ?? null,
  }
}

/** As the pools are split in both periods, or without them in both. */
function spentIn(
  { cost }: { cost: FleetQuery['fleetCost']['cost'] | NonNullable<FleetQuery['full']>['cost'] },
  isLoaded: boolean,
): Money {
  return isLoaded ? cost.total : attributedOf(cost)
}

/** The finding: how full days stand against the same weekdays before. */
function headingOf({ data, period, tenant }: CostOverTimeProps, isLoaded: boolean, course: Course | null): string {
  const { fleetCost: fleet, full, before } = data
  if (course !== null) {
    const { currency } = tenant
    const head = `On course for ${moneyText({ amount: course.p50, currency })} by ${course.endName}`
    if (course.budget === null) return head
    const left = differenceOf(course.budget, course.p50)
    const isOver = compareDecimals(left, '0') < 0
    const size = { amount: isOver ? differenceOf('0', left) : left, currency }
    return `${head}, ${moneyText(size)} ${isOver ? 'over' : 'under'} budget`
  }
  const spent = moneyText(spentIn(fleet, isLoaded))
  const change = full && before ? changeRatio(spentIn(full, isLoaded).amount, spentIn(before, isLoaded).amount) : null
  if (change === null) return `${spent} spent`
  const text = changeText(change)
  const weeks = `${period.comparisonWeeks} ${period.comparisonWeeks === 1 ? 'week' : 'weeks'} earlier`
  if (text === '0') return `${spent} spent, full days as ${weeks}`
  return `${spent} spent, full days ${text.slice(1)}\u00a0% ${text.startsWith('+') ? 'above' : 'below'} ${weeks}`
}

const PER_BIN = { HOUR: 'per hour', DAY: 'per day', WEEK: 'per week', MONTH: 'per month' } as const

/** What is in the curve. Pools that nobody bears have no day on which they were used, so they are in no bin, and that is said. */
function captionOf(fleet: FleetQuery['fleetCost'], isLoaded: boolean, measure: string): string {
  if (!hasPools(fleet)) return `Cost, ${measure}`
  if (!isLoaded) return `Attributed cost, ${measure} · without pools`
  const without = isZero(fleet.unallocated.amount) ? '' : ` · without ${moneyText(fleet.unallocated)} unallocated`
  return `Attributed and allocated cost, ${measure}${without}`
}

export function CostOverTime(props: CostOverTimeProps) {
  const { data, period, tenant } = props
  const { fleetCost: fleet, before } = data
  const course = courseOf(props)
  const isLoaded = course === null && areComparable(fleet, before)
  const [own, earlier] = [fleet.series, before?.series ?? []]
  const bins = isLoaded
    ? binsOf(own, earlier, period, tenant.timeZone)
    : binsOf(attributedSeries(own), attributedSeries(earlier), period, tenant.timeZone)
  const hasBefore = bins.some((bin) => bin.before !== null)
  const symbol = currencySymbol(tenant.currency)
  const through =
    period.hasPartialDay && fleet.dataThrough
      ? `through ${throughText(fleet.dataThrough, tenant.timeZone, tenant.today)}`
      : 'in all'
  return (
    <SeriesCard
      heading={headingOf(props, isLoaded, course)}
      caption={captionOf(fleet, isLoaded, `cumulative and ${PER_BIN[period.granularity]}, ${symbol}`)}
      bins={bins}
      currency={tenant.currency}
      course={course}
      ownName={periodText(period)}
      beforeName={hasBefore ? (comparisonText(period) ?? null) : null}
      endLabel={`${decimalText(spentIn(fleet, isLoaded).amount, 2)} ${through}`}
      perBin={`${PER_BIN[period.granularity]}${hasBefore ? '; tick: the same weekday before' : ''}`}
    />
  )
}
