import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import type { StatementsQuery } from '../../../generated/graphql.ts'
import { addDays, firstOfMonth, rangeText } from '../../../lib/calendar.ts'
import { countText } from '../../../lib/format.ts'
import { monthParam } from '../../../lib/months.ts'
import { FORMAT_WORDS } from '../../../lib/reconciliation.ts'
import { momentText } from '../../../lib/time.ts'
import { RemoveStatement } from './remove-statement.tsx'

interface StatementsProps {
  statements: StatementsQuery['providerStatements']
  timeZone: string
  mayManage: boolean
}

/** Every file that was imported, the latest days first; each leads to its month. */
export function Statements({ statements, timeZone, mayManage }: StatementsProps) {
  return (
    <Card flush title="Provider statements" caption="What was imported, the latest days first" className="mt-4">
      <MiniTable
        label="Provider statements"
        maxHeight={440}
        heads={[
          { label: 'Statement' },
          { label: 'Provider', isMain: true },
          { label: 'Days, UTC' },
          { label: 'Lines', isNumber: true },
          { label: 'Imported' },
          ...(mayManage ? [{ label: 'Remove' }] : []),
        ]}
        rows={statements.map((statement) => ({
          id: statement.id,
          cells: [
            <span key="name">
              <Link
                href={`/reconciliation?month=${monthParam(firstOfMonth(statement.lastDay))}`}
                className="link font-[550]"
              >
                {statement.name}
              </Link>
              <span className="block text-caption font-normal text-ink-3">{FORMAT_WORDS[statement.format]}</span>
            </span>,
            statement.providers.join(', '),
            rangeText(statement.firstDay, addDays(statement.lastDay, 1)),
            <span key="lines" className="num">
              {countText(statement.lines)}
            </span>,
            <span key="imported">
              {statement.importedBy}
              <time dateTime={statement.importedAt} className="num block text-caption text-ink-3">
                {momentText(statement.importedAt, timeZone)}
              </time>
            </span>,
            ...(mayManage ? [<RemoveStatement key="remove" id={statement.id} name={statement.name} />] : []),
          ],
        }))}
      />
    </Card>
  )
}
