import type { ClientAgreement, ClientDaily, ClientView } from '@outlay/domain/audience/client-view'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { dateText } from '../../lib/calendar.ts'
import { countText, decimalText, exactDecimalText, moneyText } from '../../lib/format.ts'
import { StackedBars } from '../chart/stacked-bars.tsx'
import { MiniTable } from '../table/mini-table.tsx'
import { Card } from '../ui/card.tsx'

interface DayValue {
  day: string
  value: string
}

interface DayCardProps {
  /** What is charged or counted, such as "Tasks completed". */
  what: string
  unit: string | null
  currency: string
  /** Whether days are still to come. */
  isSoFar: boolean
  days: readonly DayValue[]
  /** What of the total is of no single day; null where that means nothing. */
  rest: string | null
  /** The total of the charge; null for quantities. */
  total: string | null
}

/** Day by day what an agreement charges or counts: only what its terms let be seen (domain/src/audience/client-daily.ts). */
export function AgreementDays({
  agreement,
  daily,
  view: { currency, isSoFar, to },
}: {
  agreement: ClientAgreement
  daily: ClientDaily
  view: ClientView
}) {
  const { what, unit, values, rest } = daily
  return (
    <DayCard
      {...{ what, unit, currency, rest }}
      isSoFar={isSoFar && agreement.to === to}
      days={values.map((value, index) => ({ day: addDays(agreement.from, index), value }))}
      total={rest === null ? null : agreement.total}
    />
  )
}

/** Tasks delivered by day, where no agreement charges or counts by day. */
export function DeliveredDays({ view: { days, currency, isSoFar } }: { view: ClientView }) {
  return (
    <DayCard
      {...{ what: 'Tasks delivered', unit: 'tasks', currency, isSoFar, rest: null, total: null }}
      days={days.map(({ day, delivered }) => ({ day, value: String(delivered) }))}
    />
  )
}

function DayCard({ what, unit, currency, isSoFar, days, rest, total }: DayCardProps) {
  const write = (value: string) => (unit === null ? moneyText({ amount: value, currency }) : countOf(value))
  const sum = days.reduce((all, { value }) => all + parseFixed18(value), 0n)
  const busy = days.filter(({ value }) => parseFixed18(value) !== 0n)
  const most = busy.map(({ value }) => parseFixed18(value)).reduce((best, value) => (value > best ? value : best), 0n)
  const [busiest, ...others] = busy.filter(({ value }) => parseFixed18(value) === most)
  const title =
    busiest === undefined || others.length > 0 ? `${what}, day by day` : `${dateText(busiest.day)} was the busiest day`
  const measure = unit === null ? `${what}, ${currency}` : unit === what.toLowerCase() ? what : `${what}, in ${unit}`
  const caption = `${measure}${isSoFar ? ', so far' : ''}`
  return (
    <Card title={title} caption={caption} flush>
      {busy.length === 0 ? (
        <p className="px-5 pb-4 text-ink-2">There is nothing on any day of this month{isSoFar ? ' yet' : ''}.</p>
      ) : (
        <>
          <StackedBars
            label={`${caption}, by day`}
            bins={days.map(({ day, value }) => ({ id: day, label: dateText(day), isPartial: false, amount: value }))}
            series={[
              {
                id: 'days',
                name: what,
                colour: 'var(--accent)',
                amounts: days.map(({ value }) => value),
                total: formatFixed18(sum),
              },
            ]}
          />
          <details className="border-t border-line">
            <summary className="link flex min-h-11 items-center px-3.5 sm:px-5">The days as a table</summary>
            <MiniTable
              label={`${caption}, as a table`}
              heads={[{ label: 'Day' }, { label: measure, isNumber: true, isMain: true }]}
              rows={[
                ...busy.map(({ day, value }) => ({
                  id: day,
                  cells: [
                    dateText(day, { year: true }),
                    unit === null ? decimalText(value, decimalsOf(value)) : countOf(value),
                  ],
                })),
                ...(rest === null || parseFixed18(rest) === 0n
                  ? []
                  : [
                      {
                        id: 'rest',
                        tone: 'remainder' as const,
                        cells: ['Of the month, and of no single day', decimalText(rest, decimalsOf(rest))],
                      },
                    ]),
                {
                  id: 'total',
                  tone: 'total' as const,
                  cells: [
                    'Together',
                    total === null ? countOf(formatFixed18(sum)) : decimalText(total, decimalsOf(total)),
                  ],
                },
              ]}
              maxHeight={420}
            />
          </details>
          {rest === null || parseFixed18(rest) === 0n ? null : (
            <p className="px-3.5 pb-4 text-caption text-ink-3 sm:px-5">
              {write(rest)} of the charge {parseFixed18(rest) < 0n ? 'is taken off for the month' : 'is for the month'},
              and not for a day of it.
            </p>
          )}
        </>
      )}
    </Card>
  )
}

function countOf(value: string): string {
  return value.includes('.') ? exactDecimalText(value) : countText(value)
}

/** Amounts come with the decimals of their currency, and are shown with them. */
function decimalsOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0
}
