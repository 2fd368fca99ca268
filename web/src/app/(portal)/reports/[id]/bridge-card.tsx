import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { ReportBridgeFactsFragment } from '../../../../generated/graphql.ts'
import { exactDecimalText } from '../../../../lib/format.ts'

graphql(`
  fragment ReportBridgeFacts on ReportBridge {
    from
    currency
    figures {
      label
      old
      new
      difference
    }
    tables {
      heading
      title
      column
      old
      new
      difference
      lines {
        label
        old
        new
        difference
      }
    }
  }
`)

type Bridge = ReportBridgeFactsFragment
type Line = Bridge['figures'][number]

const LINES_MAX = 50

/** From the edition before to this one: what changed, and that the differences add up. */
export function BridgeCard({ bridge }: { bridge: Bridge }) {
  const { from, currency, figures, tables } = bridge
  if (figures.length === 0 && tables.length === 0) {
    return <Card title={`It says what edition ${from} says`}>Every figure and every sum is the same.</Card>
  }
  return (
    <Card
      flush
      title={`What changed since edition ${from}`}
      caption={`Old + differences = new, in every table; amounts in ${currency}`}
    >
      {figures.length === 0 ? null : (
        <Changes label="Figures that changed" name="Figure" lines={figures} rest={0} total={null} />
      )}
      {tables.map((table) => (
        <Changes
          key={`${table.heading}/${table.title}/${table.column}`}
          label={`${table.heading}: ${table.title}, ${table.column}`}
          name={`${table.title}, ${table.column}`}
          lines={table.lines.slice(0, LINES_MAX)}
          rest={table.lines.length - LINES_MAX}
          total={table}
        />
      ))}
    </Card>
  )
}

interface ChangesProps {
  label: string
  name: string
  lines: readonly Line[]
  /** Lines that are not shown. */
  rest: number
  total: Pick<Line, 'old' | 'new' | 'difference'> | null
}

function Changes({ label, name, lines, rest, total }: ChangesProps) {
  const more = rest > 0 ? [{ id: 'more', cells: [`${rest} more, which the API has`, '', '', ''] }] : []
  const sum =
    total === null
      ? []
      : [{ id: 'sum', tone: 'total' as const, cells: ['All rows', ...numbers({ label: 'All rows', ...total })] }]
  return (
    <MiniTable
      label={label}
      heads={[
        { label: name },
        { label: 'Old', isNumber: true },
        { label: 'New', isNumber: true },
        { label: 'Difference', isNumber: true, isMain: true },
      ]}
      rows={[
        ...lines.map((line, index) => ({ id: `${index}`, cells: [line.label, ...numbers(line)] })),
        ...more,
        ...sum,
      ]}
    />
  )
}

function numbers({ old, new: now, difference }: Line): string[] {
  const text = (value: string | null | undefined) => (value == null ? 'n/a' : exactDecimalText(value))
  return [text(old), text(now), text(difference)]
}
