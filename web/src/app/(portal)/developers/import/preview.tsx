import { TriangleAlert } from 'lucide-react'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { countText } from '../../../../lib/format.ts'
import { plural } from '../../../../lib/plural.ts'
import type { ReadRow } from '../../../../lib/usage-file.ts'

const SHOWN = 20
/** So many refused rows are named where they are not among the first. */
const REFUSED_SHOWN = 20

/** The first rows as the events they become, and what is wrong with those that become none. */
export function Preview({ rows }: { rows: readonly ReadRow[] }) {
  const refused = rows.filter((row) => 'problem' in row)
  const beyond = rows.slice(SHOWN).filter((row) => 'problem' in row)
  const shown = [...rows.slice(0, SHOWN), ...beyond.slice(0, REFUSED_SHOWN)]
  return (
    <Card
      flush
      title={
        <span role="status">
          {refused.length === 0
            ? `${plural(rows.length, 'row')}, ${rows.length === 1 ? 'an event' : 'each an event'}`
            : `${plural(rows.length - refused.length, 'row')} can be sent, ${countText(refused.length)} cannot`}
        </span>
      }
      caption={`The first ${Math.min(SHOWN, rows.length)}${beyond.length > 0 ? `, and of the others those that cannot be sent, ${Math.min(beyond.length, REFUSED_SHOWN)} of ${countText(beyond.length)}` : ''}`}
    >
      <MiniTable
        label="Rows as events"
        maxHeight={520}
        heads={[
          { label: 'Occurred' },
          { label: 'Line', isNumber: true, isMain: true },
          { label: 'Agent' },
          { label: 'Task' },
          { label: 'Client' },
          { label: 'Resource' },
          { label: 'Usage' },
        ]}
        rows={shown.map((row) => ({ id: String(row.line), cells: cellsOf(row) }))}
      />
    </Card>
  )
}

function cellsOf(row: ReadRow) {
  const line = countText(row.line)
  if ('problem' in row) {
    const { column, message } = row.problem
    const why = (
      <span key="why" className="text-bad">
        <TriangleAlert size={14} strokeWidth={1.8} aria-hidden className="mr-1 inline align-[-2px]" />
        {column === null ? message : `${column}: ${message}`}
      </span>
    )
    return ['not an event', line, '', '', '', '', why]
  }
  const { item } = row
  const text = (field: string) => (typeof item[field] === 'string' ? item[field] : '')
  return [
    <span key="at" className="num">
      {item.occurredAt}
    </span>,
    line,
    text('agent'),
    text('task'),
    text('client'),
    [text('provider'), text('resource')].filter((part) => part !== '').join(' · '),
    item.usage.map(({ meter, quantity }) => `${quantity} ${meter.replaceAll('_', ' ')}`).join(', '),
  ]
}
