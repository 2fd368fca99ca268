import { Fragment } from 'react'
import { Link } from '../../../components/ui/link.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { SmallMultiple } from '../../../components/chart/small-multiple.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { AgentsQuery, UnitCostWeekFragment } from '../../../generated/graphql.ts'
import { ahead, query } from '../../../lib/api.ts'
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

/** Direct, because pools are allocated by whole months and the latest are not yet. Thirteen whole weeks in one request; a shorter span leaves the older ones out. */
const UnitCostDocument = graphql(`
  query UnitCostTrend(
    $w1: DateRangeInput!
    $w2: DateRangeInput!
    $w3: DateRangeInput!
    $w4: DateRangeInput!
    $w5: DateRangeInput!
    $w6: DateRangeInput!
    $w7: DateRangeInput!
    $w8: DateRangeInput!
    $w9: DateRangeInput!
    $w10: DateRangeInput!
    $w11: DateRangeInput!
    $w12: DateRangeInput!
    $w13: DateRangeInput!
    $over4: Boolean!
    $over8: Boolean!
  ) {
    w1: agentCosts(range: $w1, first: 100) {
      ...UnitCostWeek
    }
    w2: agentCosts(range: $w2, first: 100) {
      ...UnitCostWeek
    }
    w3: agentCosts(range: $w3, first: 100) {
      ...UnitCostWeek
    }
    w4: agentCosts(range: $w4, first: 100) {
      ...UnitCostWeek
    }
    w5: agentCosts(range: $w5, first: 100) @include(if: $over4) {
      ...UnitCostWeek
    }
    w6: agentCosts(range: $w6, first: 100) @include(if: $over4) {
      ...UnitCostWeek
    }
    w7: agentCosts(range: $w7, first: 100) @include(if: $over4) {
      ...UnitCostWeek
    }
    w8: agentCosts(range: $w8, first: 100) @include(if: $over4) {
      ...UnitCostWeek
    }
    w9: agentCosts(range: $w9, first: 100) @include(if: $over8) {
      ...UnitCostWeek
    }
    w10: agentCosts(range: $w10, first: 100) @include(if: $over8) {
      ...UnitCostWeek
    }
    w11: agentCosts(range: $w11, first: 100) @include(if: $over8) {
      ...UnitCostWeek
    }
    w12: agentCosts(range: $w12, first: 100) @include(if: $over8) {
      ...UnitCostWeek
    }
    w13: agentCosts(range: $w13, first: 100) @include(if: $over8) {
      ...UnitCostWeek
    }
  }

  fragment UnitCostWeek on AgentCostConnection {
    nodes {
      agent {
        key
      }
      costPerTask(basis: DIRECT) {
        amount
      }
    }
  }
`)

const SPANS = [
  { id: '30d', label: '30 d', weeks: 4 },
  { id: '60d', label: '60 d', weeks: 8 },
  { id: '90d', label: '90 d', weeks: 13 },
] as const

const MOST_AGENTS = 8

interface UnitCostTrendProps {
  agents: AgentsQuery['agentCosts']['nodes']
  colourOf: ColourOf
  params: SearchParams
  today: string
}

function spanOf(params: SearchParams): (typeof SPANS)[number] {
  return SPANS.find((one) => one.id === first(params.trend)) ?? SPANS[2]
}

/** Week 1 is the last whole week. */
function weekRange(monday: string, week: number): { from: string; to: string } {
  return { from: addDays(monday, -7 * week), to: addDays(monday, -7 * (week - 1)) }
}

/** What `UnitCostTrend` will ask. */
export function askUnitCosts(params: SearchParams, today: string): void {
  ahead(UnitCostDocument, weeksAsked(mondayOf(today), spanOf(params).weeks))
}

function weeksAsked(monday: string, weeks: number) {
  const at = (week: number) => weekRange(monday, week)
  return {
    w1: at(1),
    w2: at(2),
    w3: at(3),
    w4: at(4),
    w5: at(5),
    w6: at(6),
    w7: at(7),
    w8: at(8),
    w9: at(9),
    w10: at(10),
    w11: at(11),
    w12: at(12),
    w13: at(13),
    over4: weeks > 4,
    over8: weeks > 8,
  }
}

async function loadWeeks(monday: string, weeks: number): Promise<UnitCostWeekFragment[]> {
  const data = await query(UnitCostDocument, weeksAsked(monday, weeks))
  const newestFirst = [
    data.w1,
    data.w2,
    data.w3,
    data.w4,
    data.w5,
    data.w6,
    data.w7,
    data.w8,
    data.w9,
    data.w10,
    data.w11,
    data.w12,
    data.w13,
  ]
  return newestFirst.flatMap((week) => (week == null ? [] : [week])).reverse()
}

interface Trend {
  key: string
  name: string
  values: (string | null)[]
  last: string | null
  change: string | null
}

function trendsOf(agents: UnitCostTrendProps['agents'], weeks: readonly UnitCostWeekFragment[]): Trend[] {
  return agents.map(({ agent }) => {
    const values = weeks.map(
      (week) => week.nodes.find((node) => node.agent.key === agent.key)?.costPerTask?.amount ?? null,
    )
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

export async function UnitCostTrend({ agents, colourOf, params, today }: UnitCostTrendProps) {
  const span = spanOf(params)
  const monday = mondayOf(today)
  const weeks = await loadWeeks(monday, span.weeks)
  const shown = [...agents]
    .sort((a, b) => compareDecimals(b.cost.direct.amount, a.cost.direct.amount))
    .slice(0, MOST_AGENTS)
  const trends = trendsOf(shown, weeks).filter((trend) => trend.values.some((value) => value !== null))
  const currency = agents[0]?.cost.direct.currency ?? 'GBP'
  const symbol = currencySymbol(currency)
  const firstWeek = dateText(weekRange(monday, span.weeks).from)
  const lastWeek = dateText(weekRange(monday, 1).from)
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
              rows={weeks.map((_, index) => ({
                id: String(index),
                cells: [
                  dateText(weekRange(monday, weeks.length - index).from),
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
