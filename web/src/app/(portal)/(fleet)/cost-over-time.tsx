import { SeriesCard } from '../../../components/chart/series-card.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { changeRatio, changeText, currencySymbol, decimalText, moneyText } from '../../../lib/format.ts'
import { comparisonText, periodText, type Period } from '../../../lib/period.ts'
import { binsOf } from '../../../lib/series.ts'
import type { Tenant } from '../../../lib/session.ts'
import { throughText } from '../../../lib/time.ts'

interface CostOverTimeProps {
  fleet: FleetQuery['fleetCost']
  full: FleetQuery['full'] | null
  before: FleetQuery['before'] | null
  period: Period
  tenant: Tenant
}

/** The finding: how full days stand against the same weekdays before. */
function headingOf({ fleet, full, before, period }: CostOverTimeProps): string {
  const spent = moneyText(fleet.cost.total)
  const change = full && before ? changeRatio(full.cost.total.amount, before.cost.total.amount) : null
  if (change === null) return `${spent} spent`
  const text = changeText(change)
  const weeks = `${period.comparisonWeeks} ${period.comparisonWeeks === 1 ? 'week' : 'weeks'} earlier`
  if (text === '0') return `${spent} spent, full days as ${weeks}`
  return `${spent} spent, full days ${text.slice(1)}\u00a0% ${text.startsWith('+') ? 'above' : 'below'} ${weeks}`
}

const PER_BIN = { HOUR: 'per hour', DAY: 'per day', WEEK: 'per week', MONTH: 'per month' } as const

export function CostOverTime(props: CostOverTimeProps) {
  const { fleet, before, period, tenant } = props
  const bins = binsOf(fleet.series, before?.series ?? [], period, tenant.timeZone)
  const hasBefore = bins.some((bin) => bin.before !== null)
  const symbol = currencySymbol(tenant.currency)
  const through =
    period.hasPartialDay && fleet.dataThrough
      ? `through ${throughText(fleet.dataThrough, tenant.timeZone, tenant.today)}`
      : 'in all'
  return (
    <SeriesCard
      heading={headingOf(props)}
      caption={`Cost, cumulative and ${PER_BIN[period.granularity]}, ${symbol}`}
      bins={bins}
      currency={tenant.currency}
      ownName={periodText(period)}
      beforeName={hasBefore ? (comparisonText(period) ?? null) : null}
      endLabel={`${decimalText(fleet.cost.total.amount, 2)} ${through}`}
      perBin={`${PER_BIN[period.granularity]}${hasBefore ? '; tick: the same weekday before' : ''}`}
    />
  )
}
