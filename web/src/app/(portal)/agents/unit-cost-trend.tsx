import { Fragment } from 'react'
import { Link } from '../../../components/ui/link.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { SmallMultiple } from '../../../components/chart/small-multiple.tsx'
import type { AgentsQuery } from '../../../generated/graphql.ts'
import { addDays, dateText, mondayOf } from '../../../lib/calendar.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import {
  changeRatio,
  changeText,
  compareDecimals,
  currencySymbol,
  decimalText,
  moneyText,
} from '../../../lib/format.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'

const SPANS = [
  { id: '30d', label: '30 d', weeks: 4 },
  { id: '60d', label: '60 d', weeks: 8 },
  { id: '90d', label: '90 d', weeks: 13 },
] as const
const [, , LONGEST] = SPANS

const MOST_AGENTS = 8

interface UnitCostTrendProps {
  agents: AgentsQuery['agentCosts']['nodes']
  colourOf: ColourOf
  params: SearchParams
  today: string
}

function spanOf(params: SearchParams): (typeof SPANS)[number] {
  return SPANS.find((one) => one.id === first(params.trend)) ?? LONGEST
}

/** The whole weeks of the longest trend, which end with the last one before `today`. */
export function trendRange(today: string): { from: string; to: string } {
  const monday = mondayOf(today)
  return { from: addDays(monday, -7 * LONGEST.weeks), to: monday }
}

interface Trend {
  key: string
  name: string
  values: (string | null)[]
  last: string | null
  change: string | null
}

function trendsOf(agents: UnitCostTrendProps['agents'], weeks: number): Trend[] {
  return agents.map(({ agent, unitCosts }) => {
    const values = unitCosts.slice(-weeks).map(({ directPerTask }) => directPerTask?.amount ?? null)
    const known = values.filter((value) => value !== null)
    const oldest = known[0]
    const last = known.at(-1) ?? null
    const change = oldest === undefined || last === null || known.length < 2 ? null : changeRatio(last, oldest)
    return { key: agent.key, name: agent.name, values, last, change }
  })
}

/** The steepest rise, as a sentence with its two amounts. */
function headingOf(trends: readonly Trend[], label: string, currency: string): string {
  const rising = trends
    .filter((trend) => trend.change !== null && compareDecimals(trend.change, '0.01') > 0)
    .sort((a, b) => compareDecimals(b.change ?? '0', a.change ?? '0'))
  const [steepest] = rising
  const from = steepest?.values.find((value) => value !== null)
  if (steepest === undefined || from == null || steepest.last === null) return `No agent’s unit cost rose in ${label}`
  const amounts = `${moneyText({ amount: from, currency })} to ${moneyText({ amount: steepest.last, currency })}`
  return `${rising.length === 1 ? 'Only ' : ''}${steepest.name}’s unit cost ${rising.length === 1 ? 'is rising' : 'rises most'}: ${amounts} in ${label}`
}

/** Direct, because pools are allocated by whole months and the latest are not yet. */
export function UnitCostTrend({ agents, colourOf, params, today }: UnitCostTrendProps) {
  const span = spanOf(params)
  const { from, to } = trendRange(today)
  const mondays = Array.from({ length: span.weeks }, (_, index) => addDays(to, 7 * (index - span.weeks)))
  const shown = [...agents]
    .sort((a, b) => compareDecimals(b.cost.direct.amount, a.cost.direct.amount))
    .slice(0, MOST_AGENTS)
  const trends = trendsOf(shown, span.weeks).filter((trend) => trend.values.some((value) => value !== null))
  const currency = agents[0]?.cost.direct.currency ?? 'GBP'
  const symbol = currencySymbol(currency)
  const firstWeek = dateText(mondays[0] ?? from)
  const lastWeek = dateText(mondays.at(-1) ?? from)
  return (
    <Card
      title={trends.length === 0 ? 'No task was completed in these weeks' : headingOf(trends, span.label, currency)}
      caption={`Direct cost per completed task by whole week, ${symbol} · each panel from zero on its own scale`}
      actions={
        <nav aria-label="Length of the trend" className="segment no-print">
          {SPANS.map((one) => (
            <Link
              key={one.id}
              href={hrefWith('/agents', params, { trend: one.id === '90d' ? null : one.id })}
              aria-current={one.id === span.id ? 'true' : undefined}
              scroll={false}
            >
              {one.label}
            </Link>
          ))}
        </nav>
      }
    >
      <div className="grid grid-cols-2 gap-x-6 gap-y-5 md:grid-cols-4">
        {trends.map((trend) => (
          <SmallMultiple
            key={trend.key}
            name={trend.name}
            figure={trend.last === null ? 'n/a' : decimalText(trend.last, 2)}
            values={trend.values}
            colour={colourOf(trend.key)}
            from={firstWeek}
            to={lastWeek}
            note={trend.change === null ? 'too few weeks to compare' : `${changeText(trend.change)} % in ${span.label}`}
          />
        ))}
      </div>
      {trends.length === 0 ? null : (
        <details className="mt-3">
          <summary className="link inline-flex min-h-8 items-center">As a table</summary>
          <Fragment>
            <MiniTable
              label="Cost per completed task by week"
              heads={[
                { label: `Week from, ${symbol}` },
                ...trends.map((trend) => ({ label: trend.name, isNumber: true })),
              ]}
              rows={mondays.map((monday, index) => ({
                id: String(index),
                cells: [
                  dateText(monday),
                  ...trends.map((trend) => {
                    const value = trend.values[index]
                    return value == null ? 'n/a' : decimalText(value, 2)
                  }),
                ],
              }))}
            />
          </Fragment>
        </details>
      )}
    </Card>
  )
}
