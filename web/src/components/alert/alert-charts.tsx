import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { dayArithmeticHref } from '../../lib/alert-arithmetic.ts'
import { isLimit, isOpen, projected } from '../../lib/alerts.ts'
import { dateText } from '../../lib/calendar.ts'
import {
  compareDecimals,
  currencySymbol,
  decimalText,
  differenceOf,
  moneyText,
  pixelsOf,
  shareOf,
  sumOf,
} from '../../lib/format.ts'
import type { Tenant } from '../../lib/session.ts'
import { timeText } from '../../lib/time.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Amount } from '../ui/amount.tsx'
import { TabbedCard } from '../ui/tabs.tsx'
import type { AlertDetail } from './alert-detail.ts'
import { DaysChart, type Day } from './days-chart.tsx'
import { HoursChart, type Hour } from './hours-chart.tsx'

interface ChartsProps {
  alert: AlertDetail
  tenant: Tenant
  now: number
}

/** The last day of an alert hour by hour, and the days before it, each against what was expected. */
export function AlertCharts(props: ChartsProps) {
  const { hours, days } = props.alert
  if (hours.length === 0 && days.length === 0) return null
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
      {hours.length === 0 ? null : <HoursCard {...props} />}
      {days.length === 0 ? null : <DaysCard {...props} />}
    </div>
  )
}

/** The band of a whole day, narrowed to an hour in proportion to how much of the day's usual cost has come by then. Drawn only. */
function bandAt(bound: string | undefined, expected: string | undefined, wholeDay: string | undefined): string | null {
  if (bound === undefined || expected === undefined || wholeDay === undefined) return null
  const share = shareOf(expected, wholeDay)
  return share === null ? null : formatFixed18((parseFixed18(bound) * parseFixed18(share)) / 10n ** 18n)
}

function hoursOf({ hours, days }: AlertDetail, timeZone: string, now: number): Hour[] {
  const day = days.at(-1)
  const [first] = hours
  const last = hours.at(-1)
  if (first === undefined || last === undefined) return []
  const [from, to] = [Date.parse(first.start), Date.parse(last.end)]
  const start: Hour = {
    label: timeText(first.start, timeZone),
    at: 0,
    actual: '0',
    expected: null,
    low: null,
    high: null,
  }
  const hasUsual = hours.some((hour) => hour.expected != null)
  const points = hours.map((hour) => ({
    label: timeText(
      new Date(hour.actual == null ? hour.end : Math.min(Date.parse(hour.end), now)).toISOString(),
      timeZone,
    ),
    // The hour that is running ends, for now, at this moment.
    at: ((hour.actual == null ? Date.parse(hour.end) : Math.min(Date.parse(hour.end), now)) - from) / (to - from),
    actual: hour.actual?.amount ?? null,
    expected: hour.expected?.amount ?? null,
    low: bandAt(day?.low?.amount, hour.expected?.amount, last.expected?.amount),
    high: bandAt(day?.high?.amount, hour.expected?.amount, last.expected?.amount),
  }))
  const bound = points.some((point) => point.high !== null) ? '0' : null
  return [hasUsual ? { ...start, expected: '0', low: bound, high: bound } : start, ...points]
}

function HoursCard({ alert, tenant, now }: ChartsProps) {
  const { timeZone } = tenant
  const isRunning = isOpen(alert.state) && Date.parse(alert.windowEnd) > now
  const hours = hoursOf(alert, timeZone, now)
  const last = hours.findLast((hour) => hour.actual !== null)
  const usual = hours.at(-1)?.expected ?? null
  const currency = tenant.currency
  const soFar = last?.actual == null ? null : { amount: last.actual, currency }
  const end = isRunning ? projected(soFar, alert.impactPerHour, now, alert.windowEnd) : null
  // At the present pace the usual cost of the rest of the day comes on top of what is above it.
  const rest = usual === null || last?.expected == null ? '0' : differenceOf(usual, last.expected)
  const pace = end === null ? null : sumOf([end.amount, rest])
  const caption = `${alert.label}, ${dateText(alert.lastDay)}, cumulative, ${currencySymbol(currency)}${usual === null ? '' : ' · grey usual, red above it'}`
  return (
    <TabbedCard
      isPlain
      label={`Cost of ${dateText(alert.lastDay)}`}
      heading={isLimit(alert.kind) ? limitHeading(alert, hours) : hoursHeading(hours)}
      caption={caption}
      tabs={[
        {
          id: 'chart',
          label: 'Chart',
          content: (
            <HoursChart
              label={caption}
              hours={hours}
              endLabel={
                last?.actual == null
                  ? ''
                  : `${decimalText(last.actual, 2)}${isRunning ? ` by ${timeText(new Date(now).toISOString(), timeZone)}` : ''}`
              }
              pace={pace === null ? null : { amount: pace, label: `on pace ${decimalText(pace, 0)}` }}
              usualLabel={usual === null ? null : `usual ${decimalText(usual, 2)}`}
            />
          ),
        },
        {
          id: 'table',
          label: 'Table',
          content: (
            <MiniTable
              label={caption}
              maxHeight={280}
              heads={[
                { label: 'By' },
                { label: `Actual, ${currencySymbol(currency)}`, isNumber: true, isMain: true },
                { label: `Usual, ${currencySymbol(currency)}`, isNumber: true },
              ]}
              rows={hours.slice(1).map((hour) => ({
                id: `${hour.at}`,
                cells: [
                  hour.label === '00:00' ? '24:00' : hour.label,
                  hour.actual === null ? '' : <Amount key="actual" money={{ amount: hour.actual, currency }} />,
                  hour.expected === null ? '' : <Amount key="usual" money={{ amount: hour.expected, currency }} />,
                ],
              }))}
            />
          ),
        },
      ]}
    />
  )
}

/** When a limit of one day was reached; of a longer window its last day says little. */
function limitHeading({ expected, budget }: AlertDetail, hours: readonly Hour[]): string {
  const reached =
    expected == null || budget?.window !== 'DAY'
      ? undefined
      : hours.find(({ actual }) => actual !== null && compareDecimals(actual, expected.amount) >= 0)
  return expected == null || reached === undefined
    ? 'Its last day, hour by hour'
    : `${moneyText(expected)} was reached by ${reached.label}`
}

/** When the line left the band, and whether it came back. */
function hoursHeading(hours: readonly Hour[]): string {
  const known = hours.filter((hour) => hour.actual !== null && hour.high !== null)
  const isAbove = ({ actual, high }: Hour) => pixelsOf(actual ?? '0') > pixelsOf(high ?? '0')
  const left = known.findIndex(isAbove)
  if (known.length === 0) return 'Cost of its last day, hour by hour'
  if (left === -1) return 'Cost kept to the expected band that day'
  const isBack = known.slice(left).some((hour) => !isAbove(hour))
  return `Cost left the expected band by ${known[left]?.label ?? ''} and ${isBack ? 'came back' : 'has not come back'}`
}

function daysOf({ days }: AlertDetail, today: string): (Day & { expected: string | null })[] {
  return days.map((day) => ({
    id: day.day,
    label: day.day === today ? 'today' : dateText(day.day),
    actual: day.actual.amount,
    expected: day.expected?.amount ?? null,
    low: day.low?.amount ?? null,
    high: day.high?.amount ?? null,
    isFlagged: day.isFlagged,
    isPartial: day.isPartial,
  }))
}

function DaysCard({ alert, tenant }: ChartsProps) {
  const { currency } = tenant
  const symbol = currencySymbol(currency)
  const days = daysOf(alert, tenant.today)
  const hasBand = days.some((day) => day.high !== null)
  const caption = `Cost per day, ${symbol}${hasBand ? ', with the expected band of its weekday' : ''}`
  return (
    <TabbedCard
      isPlain
      label={`The last ${days.length} days`}
      heading={daysHeading(days)}
      caption={caption}
      tabs={[
        { id: 'chart', label: 'Chart', content: <DaysChart label={`${alert.label}: ${caption}`} days={days} /> },
        {
          id: 'table',
          label: 'Table',
          content: (
            <MiniTable
              label={`${alert.label}: ${caption}`}
              maxHeight={280}
              heads={[
                { label: 'Day' },
                { label: `Actual, ${symbol}`, isNumber: true, isMain: true },
                { label: `Expected, ${symbol}`, isNumber: true },
                { label: `Band, ${symbol}`, isNumber: true },
              ]}
              rows={[...days].reverse().map((day) => ({
                id: day.id,
                cells: [
                  `${day.label}${day.isFlagged ? ', flagged' : day.isPartial ? ', so far' : ''}`,
                  <Amount
                    key="actual"
                    money={{ amount: day.actual, currency }}
                    sumHref={dayArithmeticHref(alert.subject, day.id) ?? undefined}
                  />,
                  day.expected === null ? '' : <Amount key="expected" money={{ amount: day.expected, currency }} />,
                  day.low === null || day.high === null
                    ? ''
                    : `${decimalText(day.low, 2)} to ${decimalText(day.high, 2)}`,
                ],
              }))}
            />
          ),
        },
      ]}
    />
  )
}

function daysHeading(days: readonly Day[]): string {
  const flagged = days.filter((day) => day.isFlagged)
  const most = Math.max(...flagged.map((day) => pixelsOf(day.actual)))
  if (flagged.length === 0) return `The last ${days.length} days`
  const isRecord = days.every((day) => day.isFlagged || pixelsOf(day.actual) < most)
  if (flagged.length === 1)
    return isRecord ? `No day like it in the last ${days.length}` : `One day of ${days.length} is out of its band`
  return `${flagged.length} days of ${days.length} are out of their band`
}
