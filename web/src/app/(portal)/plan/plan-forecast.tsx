import { ForecastChart } from '../../../components/chart/forecast-chart.tsx'
import { CsvButton } from '../../../components/table/csv-button.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { TabbedCard } from '../../../components/ui/tabs.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { PlanForecastFactsFragment } from '../../../generated/graphql.ts'
import { csvText } from '../../../lib/csv.ts'
import { currencySymbol, moneyText, percentText, sumOf } from '../../../lib/format.ts'
import { monthName, monthText } from '../../../lib/months.ts'
import { intervalText } from '../../../lib/plan.ts'
import { plural } from '../../../lib/plural.ts'
import type { Tenant } from '../../../lib/session.ts'

graphql(`
  fragment PlanForecastFacts on PlanForecast {
    history {
      month
      cost {
        amount
        currency
      }
    }
    expected {
      month
      mid {
        amount
        currency
      }
      low {
        amount
        currency
      }
      high {
        amount
        currency
      }
    }
    accuracy {
      wape
      mape
      coverage
      points
    }
    unconvertedPools
  }
`)

interface PlanForecastProps {
  forecast: PlanForecastFactsFragment
  tenant: Tenant
}

/** What whole months cost, what the next twelve will, and how far such forecasts were off, in words. */
export function PlanForecast({ forecast, tenant }: PlanForecastProps) {
  const { history, expected } = forecast
  if (history.length < 2) {
    return (
      <Card title="The forecast needs two whole months" caption="Direct and shared cost of the fleet by month">
        <p className="text-ink-2">
          With two whole months, this shows what the next twelve will cost and between which amounts; with three, how
          far such forecasts were off. {history.length === 1 ? 'One is here.' : 'None is here yet.'}
        </p>
      </Card>
    )
  }
  const symbol = currencySymbol(tenant.currency)
  const total = { amount: sumOf(expected.map(({ mid }) => mid.amount)), currency: tenant.currency }
  const caption = `Direct and shared cost of the fleet by month, ${symbol} · from ${history.length} whole months`
  const days = [
    ...history.map(({ month, cost }) => ({ day: month, actual: cost })),
    ...expected.map(({ month, low, mid, high }) => ({ day: month, p10: low ?? null, p50: mid, p90: high ?? null })),
  ]
  const heads = ['Month', `Cost, ${symbol}`, `Expected, ${symbol}`, `Low, ${symbol}`, `High, ${symbol}`]
  return (
    <TabbedCard
      label="Forecast"
      heading={`${moneyText(total)} expected over twelve months`}
      caption={caption}
      tabs={[
        {
          id: 'chart',
          label: 'Chart',
          content: (
            <div className="px-3.5 pb-4 sm:px-5">
              <ForecastChart
                label={caption}
                days={days}
                today={tenant.today}
                binLabel={(month) => monthName(month).slice(0, 3)}
                binName={monthText}
              />
              <Words forecast={forecast} />
            </div>
          ),
        },
        {
          id: 'table',
          label: 'Table',
          content: (
            <>
              <MiniTable
                label={caption}
                maxHeight={360}
                heads={heads.map((label, index) => ({ label, isNumber: index > 0, isMain: index === 1 }))}
                rows={days.map((one) => ({
                  id: one.day,
                  cells: [
                    monthText(one.day),
                    ...valuesOf(one).map((money, index) => (money == null ? '' : <Amount key={index} money={money} />)),
                  ],
                }))}
              />
              <div className="no-print flex justify-end px-5 py-3">
                <CsvButton
                  name={`forecast ${tenant.today}`}
                  csv={csvText([
                    heads,
                    ...days.map((one) => [one.day, ...valuesOf(one).map((money) => money?.amount ?? null)]),
                  ])}
                />
              </div>
            </>
          ),
        },
      ]}
    />
  )
}

interface Money {
  amount: string
  currency: string
}

interface Bin {
  day: string
  actual?: Money
  p10?: Money | null
  p50?: Money
  p90?: Money | null
}

function valuesOf({ actual, p10, p50, p90 }: Bin): (Money | null | undefined)[] {
  return [actual, p50, p10, p90]
}

/** The next month with its interval, and what twelve months cannot tell. */
function Words({
  forecast: { history, expected, accuracy, unconvertedPools },
}: {
  forecast: PlanForecastFactsFragment
}) {
  const [next] = expected
  const interval = next === undefined ? null : intervalText(next.low, next.high)
  return (
    <div className="mt-3 flex flex-col gap-1 text-caption text-ink-2">
      {next === undefined || interval === null ? null : (
        <p>
          {monthText(next.month)}: {moneyText(next.mid)}, in four cases of five {interval}.
        </p>
      )}
      <p>{accuracyWords(accuracy)}</p>
      <p>
        {history.length < 4
          ? 'Below four months no trend is told from chance: the middle of the months goes on.'
          : 'The trend fades by a fifth each month.'}{' '}
        Twelve months show each month of the year once, so no season is assumed.
      </p>
      {unconvertedPools === 0 ? null : (
        <p>
          {plural(unconvertedPools, 'pool')} without an FX rate for this month {unconvertedPools === 1 ? 'is' : 'are'}{' '}
          in no plan.
        </p>
      )}
    </div>
  )
}

function accuracyWords(accuracy: PlanForecastFactsFragment['accuracy']): string {
  if (accuracy == null) return 'With three whole months, this says how far such forecasts were off.'
  const { wape, mape, coverage, points } = accuracy
  const tried = `Tried on the past, ${plural(points, 'month')} compared`
  if (wape == null) return `${tried}: nothing was spent.`
  const mean = mape == null ? '' : `, ${percentText(mape)} of the average month`
  return `${tried}: off by ${percentText(wape)} of what was spent${mean}; ${percentText(coverage, 0)} of the months lay within the interval, and 80 % is what it promises.`
}
