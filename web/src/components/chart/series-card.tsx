import type { ReactNode } from 'react'
import { currencySymbol, decimalText, differenceOf } from '../../lib/format.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Amount } from '../ui/amount.tsx'
import { TabbedCard } from '../ui/tabs.tsx'
import { CumulativeChart, type Bin, type Course } from './cumulative-chart.tsx'

interface SeriesCardProps {
  heading: ReactNode
  caption: string
  bins: readonly Bin[]
  ownName: string
  beforeName: string | null
  endLabel: string
  perBin: string
  currency: string
  course?: Course | null
}

/** The cumulative chart of a series, and the same data as a table. */
export function SeriesCard({ heading, caption, bins, currency, ...chart }: SeriesCardProps) {
  const symbol = currencySymbol(currency)
  const amount = (text: string) => <Amount key={text} money={{ amount: text, currency }} />
  const hasBefore = bins.some((bin) => bin.before !== null)
  const heads = [
    { label: 'From' },
    { label: `Cost, ${symbol}`, isNumber: true, isMain: true },
    { label: `Running total, ${symbol}`, isNumber: true },
    ...(hasBefore
      ? [
          { label: `Compared, ${symbol}`, isNumber: true },
          { label: `Difference, ${symbol}`, isNumber: true },
        ]
      : []),
  ]
  const rows = bins.map((bin) => ({
    id: bin.id,
    cells: [
      bin.isPartial ? `${bin.label}, so far` : bin.label,
      amount(bin.amount),
      amount(bin.running),
      ...(hasBefore
        ? [
            bin.before === null ? 'n/a' : amount(bin.before),
            bin.before === null ? 'n/a' : amount(differenceOf(bin.amount, bin.before)),
          ]
        : []),
    ],
  }))
  const { course } = chart
  if (course != null) {
    rows.push({
      id: 'course',
      cells: [
        `${course.endName}, forecast ${decimalText(course.p10, 2)} to ${decimalText(course.p90, 2)}`,
        '',
        amount(course.p50),
        ...(hasBefore ? ['', ''] : []),
      ],
    })
  }
  return (
    <TabbedCard
      label="Cost over time"
      heading={heading}
      caption={caption}
      tabs={[
        { id: 'chart', label: 'Chart', content: <CumulativeChart label={caption} bins={bins} {...chart} /> },
        {
          id: 'table',
          label: 'Table',
          content: <MiniTable label={caption} heads={heads} rows={rows} maxHeight={420} />,
        },
      ]}
    />
  )
}
