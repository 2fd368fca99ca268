import type { Money } from '@outlay/domain/money/currency'
import { SeriesCard } from '../../../components/chart/series-card.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { attributedOf } from '../../../lib/basis.ts'
import { changeRatio, changeText, currencySymbol, decimalText, isZero, moneyText } from '../../../lib/format.ts'
import { comparisonText, periodText, type Period } from '../../../lib/period.ts'
import { areComparable, hasPools } from '../../../lib/fleet-pools.ts'
import { attributedSeries, binsOf } from '../../../lib/series.ts'
import type { Tenant } from '../../../lib/session.ts'
import { throughText } from '../../../lib/time.ts'

interface CostOverTimeProps {
  fleet: FleetQuery['fleetCost']
  full: FleetQuery['full'] | null
  before: FleetQuery['before'] | null
  period: Period
  tenant: Tenant
}

/** As the pools are split in both periods, or without them in both. */
function spentIn(
  { cost }: { cost: FleetQuery['fleetCost']['cost'] | NonNullable<FleetQuery['full']>['cost'] },
  isLoaded: boolean,
): Money {
  return isLoaded ? cost.total : attributedOf(cost)
}

/** The finding: how full days stand against the same weekdays before. */
function headingOf({ fleet, full, before, period }: CostOverTimeProps, isLoaded: boolean): string {
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
function captionOf(fleet: CostOverTimeProps['fleet'], isLoaded: boolean, measure: string): string {
  if (!hasPools(fleet)) return `Cost, ${measure}`
  if (!isLoaded) return `Attributed cost, ${measure} · without pools`
  const without = isZero(fleet.unallocated.amount) ? '' : ` · without ${moneyText(fleet.unallocated)} unallocated`
  return `Attributed and allocated cost, ${measure}${without}`
}

export function CostOverTime(props: CostOverTimeProps) {
  const { fleet, before, period, tenant } = props
  const isLoaded = areComparable(fleet, before)
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
      heading={headingOf(props, isLoaded)}
      caption={captionOf(fleet, isLoaded, `cumulative and ${PER_BIN[period.granularity]}, ${symbol}`)}
      bins={bins}
      currency={tenant.currency}
      ownName={periodText(period)}
      beforeName={hasBefore ? (comparisonText(period) ?? null) : null}
      endLabel={`${decimalText(spentIn(fleet, isLoaded).amount, 2)} ${through}`}
      perBin={`${PER_BIN[period.granularity]}${hasBefore ? '; tick: the same weekday before' : ''}`}
    />
  )
}
