import { TriangleAlert } from 'lucide-react'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { countText, exactDecimalText } from '../../../../lib/format.ts'
import { plural } from '../../../../lib/plural.ts'
import { meterText } from '../../../../lib/rate-text.ts'
import type { StatementAnswer } from '../../../../lib/statement-file.ts'

/** What the lines of a file would be, and each that cannot be read with its reason. */
export function LinesOfFile({ answer }: { answer: StatementAnswer }) {
  const { lines, lineCount, refused, refusedCount, repeatedCount } = answer
  return (
    <>
      {refusedCount === 0 ? null : (
        <Card
          flush
          title={<span role="status">{plural(refusedCount, 'line')} cannot be read</span>}
          caption={ofAll(refused, refusedCount)}
        >
          <MiniTable
            label="Lines that cannot be read"
            maxHeight={320}
            heads={[{ label: 'Place in the file' }, { label: 'Why', isMain: true }]}
            rows={refused.map(({ reference, reason }, at) => ({
              id: String(at),
              cells: [
                reference,
                <span key="reason" className="whitespace-normal">
                  <Badge tone="bad" Icon={TriangleAlert}>
                    refused
                  </Badge>{' '}
                  {reason}
                </span>,
              ],
            }))}
          />
        </Card>
      )}
      {lineCount === 0 ? null : (
        <Card
          flush
          title={`${plural(lineCount, 'line')} would be imported`}
          caption={`${ofAll(lines, lineCount)}${repeatedCount === 0 ? '' : `; ${countText(repeatedCount)} are the same as one before them`}`}
        >
          <MiniTable
            label="Lines of the file"
            maxHeight={480}
            heads={[
              { label: 'Place' },
              { label: 'Day' },
              { label: 'Provider' },
              { label: 'Of' },
              { label: 'Quantity', isNumber: true },
              { label: 'Amount', isNumber: true, isMain: true },
            ]}
            rows={lines.map((line) => ({
              id: line.reference,
              cells: [
                line.reference,
                <span key="day" className="num">
                  {line.day}
                </span>,
                line.provider,
                <span key="of">
                  {line.resource ?? 'whole day'}
                  <span className="block text-caption text-ink-3">
                    {line.kind === 'USAGE'
                      ? line.meter === null
                        ? ''
                        : meterText(line.meter)
                      : line.kind.toLowerCase()}
                  </span>
                </span>,
                line.quantity === null ? null : <span className="num">{exactDecimalText(line.quantity)}</span>,
                line.amount === null ? null : (
                  <span className="num">
                    {exactDecimalText(line.amount)} {line.currency}
                  </span>
                ),
              ],
            }))}
          />
        </Card>
      )}
    </>
  )
}

function ofAll(shown: readonly unknown[], count: number): string {
  return shown.length === count ? 'All of them' : `The first ${countText(shown.length)} of ${countText(count)}`
}
