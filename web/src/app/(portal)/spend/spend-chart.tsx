import { StackedBars } from '../../../components/chart/stacked-bars.tsx'
import { CsvButton } from '../../../components/table/csv-button.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { TabbedCard } from '../../../components/ui/tabs.tsx'
import type { SpendQuery } from '../../../generated/graphql.ts'
import { costOn, type Basis } from '../../../lib/basis.ts'
import { csvText } from '../../../lib/csv.ts'
import { currencySymbol, isZero, moneyText } from '../../../lib/format.ts'
import type { Period } from '../../../lib/period.ts'
import { binsOf } from '../../../lib/series.ts'
import type { Tenant } from '../../../lib/session.ts'
import { findingOf, type SpendView } from '../../../lib/spend.ts'
import { dateOf, timeText } from '../../../lib/time.ts'
import { belowZero, type StackPoint, type StackSeries } from '../../../lib/spend-stack.ts'

interface SpendChartProps {
  data: SpendQuery
  view: SpendView
  period: Period
  tenant: Tenant
  basis: Basis
  points: readonly StackPoint[]
  series: readonly StackSeries[]
}

const PER_BIN = { HOUR: 'per hour', DAY: 'per day', WEEK: 'per week', MONTH: 'per month' } as const

/** Who makes the spend, bin by bin: stacked bars, and the same as a table and a file. */
export function SpendChart({ data, view, period, tenant, basis, points, series }: SpendChartProps) {
  const { currency } = tenant
  const bins = binsOf(points, [], period, tenant.timeZone)
  const spent = costOn(basis, data.spend.total)
  const symbol = currencySymbol(currency)
  const below = belowZero(series)
  const caption = `${basis.label} cost by ${view.by.label.toLowerCase()}, ${PER_BIN[period.granularity]}, ${symbol}${
    isZero(below) ? '' : ` · ${moneyText({ amount: below, currency })} below zero is not drawn`
  }`
  const labelOf = ({ label, isPartial }: (typeof bins)[number]) => (isPartial ? `${label}, so far` : label)
  const csv = csvText([
    [`From, ${tenant.timeZone}`, 'From, UTC', ...series.map(({ name }) => name), 'Total', 'Currency'],
    ...bins.map((bin, i) => [
      `${dateOf(bin.id, tenant.timeZone)} ${timeText(bin.id, tenant.timeZone)}`,
      bin.id,
      ...series.map(({ amounts }) => ({ number: amounts[i] ?? '0' })),
      { number: bin.amount },
      currency,
    ]),
  ])
  return (
    <div className="mb-4">
      <TabbedCard
        label="Spend over time"
        heading={findingOf(
          { amount: spent.amount, text: moneyText(spent) },
          series.map(({ name, total }) => ({ label: name, amount: total })),
        )}
        caption={caption}
        tabs={[
          {
            id: 'chart',
            label: 'Chart',
            content: (
              <StackedBars
                label={caption}
                bins={bins.map((bin) => ({
                  id: bin.id,
                  label: bin.label,
                  isPartial: bin.isPartial,
                  amount: bin.amount,
                }))}
                series={series}
              />
            ),
          },
          {
            id: 'table',
            label: 'Table',
            content: (
              <>
                <MiniTable
                  label={caption}
                  maxHeight={420}
                  heads={[
                    { label: 'From' },
                    ...series.map(({ name }) => ({ label: `${name}, ${symbol}`, isNumber: true })),
                    { label: `Total, ${symbol}`, isNumber: true, isMain: true },
                  ]}
                  rows={bins.map((bin, i) => ({
                    id: bin.id,
                    cells: [
                      labelOf(bin),
                      ...series.map(({ id, amounts }) => (
                        <Amount key={id} money={{ amount: amounts[i] ?? '0', currency }} />
                      )),
                      <Amount key="total" money={{ amount: bin.amount, currency }} />,
                    ],
                  }))}
                />
                <div className="no-print flex justify-end border-t border-line px-3.5 py-3 sm:px-5">
                  <CsvButton csv={csv} name={`spend over time ${period.range.from} ${period.range.to}`} />
                </div>
              </>
            ),
          },
        ]}
      />
    </div>
  )
}
