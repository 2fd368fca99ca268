import { ForecastChart } from '../../../components/chart/forecast-chart.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { TabbedCard } from '../../../components/ui/tabs.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { addDays, dateText } from '../../../lib/calendar.ts'
import { currencySymbol, moneyText, percentText } from '../../../lib/format.ts'
import { monthName } from '../../../lib/months.ts'
import type { Tenant } from '../../../lib/session.ts'

const MonthForecastDocument = graphql(`
  query MonthForecast {
    forecast(scope: FLEET) {
      from
      to
      spent {
        amount
        currency
      }
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
      days {
        day
        actual {
          amount
        }
        p10 {
          amount
        }
        p50 {
          amount
        }
        p90 {
          amount
        }
      }
      accuracy {
        medianError
        coverage
        windows
      }
    }
  }
`)

/** Where the month ends, with its interval, and how far such forecasts were off before. */
export async function MonthForecast({ tenant }: { tenant: Tenant }) {
  const { forecast } = await query(MonthForecastDocument)
  if (forecast == null) {
    return (
      <Card title="The forecast begins after seven days" caption="Of the fleet to the end of the month">
        <p className="text-ink-2">
          With seven days of cost, this shows where the month will end, between which amounts in four cases of five, and
          how far off it was before.
        </p>
      </Card>
    )
  }
  const symbol = currencySymbol(tenant.currency)
  const last = addDays(forecast.to, -1)
  const caption = `Direct and shared cost of the fleet in ${monthName(forecast.from)}, per day, ${symbol} · ${moneyText(forecast.spent)} spent`
  return (
    <TabbedCard
      label="Forecast"
      heading={`On course for ${moneyText(forecast.p50)} by ${dateText(last)}, ${moneyText(forecast.p10)} to ${moneyText(forecast.p90)} in four cases of five`}
      caption={caption}
      tabs={[
        {
          id: 'chart',
          label: 'Chart',
          content: (
            <div className="px-3.5 pb-4 sm:px-5">
              <ForecastChart label={caption} days={forecast.days} today={tenant.today} />
              <Accuracy accuracy={forecast.accuracy} />
            </div>
          ),
        },
        {
          id: 'table',
          label: 'Table',
          content: (
            <MiniTable
              label={caption}
              maxHeight={320}
              heads={[
                { label: 'Day' },
                { label: `Actual, ${symbol}`, isNumber: true, isMain: true },
                { label: `P10, ${symbol}`, isNumber: true },
                { label: `P50, ${symbol}`, isNumber: true },
                { label: `P90, ${symbol}`, isNumber: true },
              ]}
              rows={forecast.days.map(({ day, actual, p10, p50, p90 }) => ({
                id: day,
                cells: [
                  day === tenant.today ? `${dateText(day)}, so far` : dateText(day),
                  ...[actual, p10, p50, p90].map((one, index) =>
                    one == null ? '' : <Amount key={index} money={{ amount: one.amount, currency: tenant.currency }} />,
                  ),
                ],
              }))}
            />
          ),
        },
      ]}
    />
  )
}

interface AccuracyProps {
  accuracy: { medianError: string; coverage: string; windows: number } | null | undefined
}

function Accuracy({ accuracy }: AccuracyProps) {
  return (
    <p className="mt-3 text-caption text-ink-2">
      {accuracy == null
        ? 'Too few months have passed to say how far such forecasts are off.'
        : `Tried on ${accuracy.windows} past ${accuracy.windows === 1 ? 'period' : 'periods'}: half of the forecasts were within ${percentText(accuracy.medianError)}, and ${percentText(accuracy.coverage, 0)} of what came lay in the interval.`}
    </p>
  )
}
