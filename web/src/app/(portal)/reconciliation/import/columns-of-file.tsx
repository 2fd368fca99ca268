import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { LINE_FIELD_WORDS } from '../../../../lib/reconciliation.ts'
import type { LineSource } from '../../../../lib/statement-file.ts'

interface ColumnsOfFileProps {
  columns: readonly string[]
  mapping: readonly LineSource[]
  onChange: (source: LineSource) => void
}

/** Which column gives which field of a line; or one text for all lines, where no column does. */
export function ColumnsOfFile({ columns, mapping, onChange }: ColumnsOfFileProps) {
  const of = new Map(mapping.map((source) => [source.field, source]))
  return (
    <Card
      flush
      title="Which column is what"
      caption="Guessed by the headings. Each line needs a provider and a day, and an amount with its currency or a quantity with its unit"
    >
      <MiniTable
        label="Fields of a line"
        maxHeight={480}
        heads={[{ label: 'Field' }, { label: 'Column', isMain: true }, { label: 'Or the same for all lines' }]}
        rows={Object.entries(LINE_FIELD_WORDS).map(([field, words]) => {
          const source = of.get(field)
          return {
            id: field,
            cells: [
              words,
              <select
                key="column"
                aria-label={`Column of ${words}`}
                className="field w-56 max-w-full text-body text-ink"
                value={source?.column ?? ''}
                onChange={(event) => onChange({ field, column: event.target.value, text: null })}
              >
                <option value="">none</option>
                {[...new Set(columns)].map((column) => (
                  <option key={column} value={column}>
                    {column === '' ? 'without a name' : column}
                  </option>
                ))}
              </select>,
              <input
                // Taken when it is left: every change reads the file again.
                key={source?.text ?? 'text'}
                aria-label={`${words}, the same for all lines`}
                className="field w-44 max-w-full text-body text-ink"
                defaultValue={source?.text ?? ''}
                spellCheck={false}
                onBlur={(event) => {
                  const text = event.target.value.trim()
                  if (text !== (source?.text ?? '')) onChange({ field, column: null, text })
                }}
              />,
            ],
          }
        })}
      />
    </Card>
  )
}
