import type { ReactNode } from 'react'
import { graphql } from '../../generated/gql.ts'
import type { DifferenceRowFragment } from '../../generated/graphql.ts'
import {
  changeRatio,
  changeText,
  compareDecimals,
  countText,
  currencySymbol,
  differenceOf,
  exactText,
  isZero,
  pixelsOf,
  signedAmountText,
  sumOf,
} from '../../lib/format.ts'
import { DifferenceBar } from '../chart/difference-bar.tsx'
import { MiniTable } from '../table/mini-table.tsx'
import { Amount, NotAvailable } from '../ui/amount.tsx'
import { TabbedCard } from '../ui/tabs.tsx'

/** What a table shows of a row. */
graphql(`
  fragment DifferenceRow on ReratingDifference {
    key
    label
    invocations
    changed
    before {
      amount
      currency
    }
    after {
      amount
      currency
    }
    difference {
      amount
      currency
    }
    unpricedBefore
    unpricedAfter
    unconvertedBefore
    unconvertedAfter
  }
`)

interface DifferencesProps {
  heading: ReactNode
  caption: ReactNode
  total: DifferenceRowFragment
  byAgent: readonly DifferenceRowFragment[]
  byClient: readonly DifferenceRowFragment[]
  byResource?: readonly DifferenceRowFragment[]
}

/** What changes, by agent, client and resource: before, after and difference, each table adding up to the fleet. */
export function Differences({ heading, caption, total, byAgent, byClient, byResource }: DifferencesProps) {
  const table = (noun: string, rows: readonly DifferenceRowFragment[], rest: string) => (
    <DifferenceTable noun={noun} rows={rows} total={total} rest={rest} />
  )
  return (
    <TabbedCard
      label="What changes"
      heading={heading}
      caption={caption}
      tabs={[
        {
          id: 'agent',
          label: 'By agent',
          content: table('Agent', byAgent, 'Not of an agent · shared in chains'),
        },
        { id: 'client', label: 'By client', content: table('Client', byClient, 'Not of a client') },
        ...(byResource === undefined
          ? []
          : [{ id: 'resource', label: 'By resource', content: table('Resource', byResource, 'Other resources') }]),
      ]}
    />
  )
}

function magnitude(row: DifferenceRowFragment): string {
  return row.difference.amount.replace(/^-/, '')
}

interface DifferenceTableProps {
  noun: string
  rows: readonly DifferenceRowFragment[]
  total: DifferenceRowFragment
  /** What the rows do not hold is called. */
  rest: string
}

function DifferenceTable({ noun, rows, total, rest }: DifferenceTableProps) {
  const symbol = currencySymbol(total.before.currency)
  const sorted = [...rows].sort((a, b) => compareDecimals(magnitude(b), magnitude(a)))
  const most = Math.max(...rows.map((row) => pixelsOf(magnitude(row))), 0)
  const hasUnconverted = [...rows, total].some((row) => row.unconvertedBefore !== '0' || row.unconvertedAfter !== '0')
  const money = (amount: string) => ({ amount, currency: total.before.currency })
  const left = {
    before: differenceOf(total.before.amount, sumOf(rows.map((row) => row.before.amount))),
    after: differenceOf(total.after.amount, sumOf(rows.map((row) => row.after.amount))),
    difference: differenceOf(total.difference.amount, sumOf(rows.map((row) => row.difference.amount))),
  }
  const hasRest = !isZero(left.before) || !isZero(left.after)
  const cells = (row: DifferenceRowFragment) => [
    <Amount key="before" money={row.before} />,
    <Amount key="after" money={row.after} />,
    <span key="difference" title={exactText(row.difference)} className="font-[550]">
      {signedAmountText(row.difference)}
    </span>,
    <Change key="change" row={row} />,
    <DifferenceBar key="bar" amount={row.difference.amount} most={most} />,
    `${countText(row.changed)} of ${countText(row.invocations)}`,
    <Moved key="unpriced" before={row.unpricedBefore} after={row.unpricedAfter} />,
    ...(hasUnconverted
      ? [<Moved key="unconverted" before={row.unconvertedBefore} after={row.unconvertedAfter} />]
      : []),
  ]
  return (
    <MiniTable
      label={`What changes, by ${noun.toLowerCase()}`}
      maxHeight={560}
      heads={[
        { label: noun },
        { label: `Before, ${symbol}`, isNumber: true },
        { label: `After, ${symbol}`, isNumber: true },
        { label: `Difference, ${symbol}`, isNumber: true, isMain: true },
        { label: 'Change, %', isNumber: true },
        { label: 'Scale' },
        { label: 'Events changed', isNumber: true },
        { label: 'Without a price', isNumber: true },
        ...(hasUnconverted ? [{ label: 'Without an exchange rate', isNumber: true }] : []),
      ]}
      rows={[
        ...sorted.map((row) => ({
          id: row.key ?? 'untagged',
          cells: [row.key == null ? <span className="text-ink-2">{row.label}</span> : row.label, ...cells(row)],
        })),
        ...(hasRest
          ? [
              {
                id: 'rest',
                tone: 'remainder' as const,
                cells: [
                  rest,
                  <Amount key="before" money={money(left.before)} />,
                  <Amount key="after" money={money(left.after)} />,
                  signedAmountText(money(left.difference)),
                ],
              },
            ]
          : []),
        {
          id: 'total',
          tone: 'total' as const,
          cells: [total.label, ...cells(total)].map((cell, index) => (index === 5 ? null : cell)),
        },
      ]}
    />
  )
}

function Change({ row }: { row: DifferenceRowFragment }) {
  const ratio = changeRatio(row.after.amount, row.before.amount)
  if (ratio === null) return isZero(row.after.amount) ? '0' : <NotAvailable reason="It cost nothing before" />
  return <span className="text-ink-2">{changeText(ratio)}</span>
}

function Moved({ before, after }: { before: string; after: string }) {
  if (before === after) return <span className={before === '0' ? 'text-ink-3' : ''}>{countText(after)}</span>
  return (
    <span>
      {countText(before)} → <span className="font-[550]">{countText(after)}</span>
    </span>
  )
}
