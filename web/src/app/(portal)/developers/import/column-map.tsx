'use client'

import { PLAIN_FIELDS } from '@outlay/domain/csv-import/field-map'
import { isMeterName, KNOWN_METERS } from '@outlay/domain/usage/meter'
import { Field } from '../../../../components/form/field.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import type { UsageFile } from '../../../../lib/usage-file.ts'
import type { Constants } from './map-and-send.tsx'

/** What a file often leaves out because it is the same throughout. */
const SAME_FOR_ALL = [
  ['agent', 'Agent'],
  ['client', 'Client'],
  ['project', 'Project'],
  ['task', 'Task'],
  ['provider', 'Provider'],
  ['resource', 'Model or tool'],
] as const

const FIELD_NAMES: Readonly<Record<string, string>> = {
  id: 'the sender’s own id',
  occurredAt: 'when it happened',
  endedAt: 'when it ended',
  resource: 'model or tool',
  parentSpan: 'parent span',
  sharedKey: 'key of a shared use',
  failure: 'what went wrong, if it failed',
  'reportedCost.amount': 'reported cost',
  'reportedCost.currency': 'currency of the reported cost',
}

interface ColumnMapProps {
  title: string
  file: UsageFile
  /** The field of each column; absent or empty: the column is left out. */
  fields: Readonly<Record<string, string>>
  constants: Constants
  source: string
  onField: (column: string, field: string) => void
  onConstant: (field: string, text: string) => void
  onSource: (source: string) => void
}

/** Which column is what, guessed by its name; and what is the same for every row. */
export function ColumnMap(props: ColumnMapProps) {
  const { title, file, fields, constants, source, onField, onConstant, onSource } = props
  const taken = new Set(Object.values(fields))
  const example = file.rows[0]?.values ?? []
  const left = file.columns.filter((column) => (fields[column] ?? '') === '').length
  return (
    <Card
      flush
      title={title}
      caption={left === 0 ? 'Every column is used' : `${left} of them left out; a field can come from one column`}
    >
      <MiniTable
        label="Columns"
        maxHeight={440}
        heads={[{ label: 'Column' }, { label: 'First row' }, { label: 'Is' }]}
        rows={file.columns.map((column, at) => ({
          id: column,
          cells: [
            column === '' ? 'without a name' : column,
            <span key="example" className="break-all text-ink-2">
              {example[at] ?? ''}
            </span>,
            <FieldSelect
              key="field"
              column={column}
              chosen={fields[column] ?? ''}
              taken={taken}
              onChoose={(field) => onField(column, field)}
            />,
          ],
        }))}
      />
      <fieldset className="px-3.5 pt-3 pb-4 sm:px-5 sm:pb-5">
        <legend className="pt-3 font-[550]">The same for every row</legend>
        <div className="mt-2 grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {SAME_FOR_ALL.filter(([field]) => !taken.has(field)).map(([field, label]) => (
            <Field key={field} label={label}>
              <input
                className="field text-body text-ink"
                value={constants[field] ?? ''}
                spellCheck={false}
                onChange={(event) => onConstant(field, event.target.value)}
              />
            </Field>
          ))}
          <Field label="Origin" hint="only if equal rows of another file are other events">
            <input
              className="field text-body text-ink"
              value={source}
              spellCheck={false}
              onChange={(event) => onSource(event.target.value)}
            />
          </Field>
        </div>
      </fieldset>
    </Card>
  )
}

function FieldSelect({
  column,
  chosen,
  taken,
  onChoose,
}: {
  column: string
  chosen: string
  taken: ReadonlySet<string>
  onChoose: (field: string) => void
}) {
  const option = (field: string, label: string) => (
    <option key={field} value={field} disabled={taken.has(field) && field !== chosen}>
      {label}
    </option>
  )
  const name = column.toLowerCase().replaceAll(/[^a-z0-9_]+/g, '_')
  const meters = KNOWN_METERS.map((meter) => meter.name)
  const own = isMeterName(name) && !meters.includes(name) ? [name] : []
  const guessed = chosen.startsWith('usage.') ? chosen.slice('usage.'.length) : null
  const listed = [...new Set([...meters, ...own, ...(guessed === null ? [] : [guessed])])]
  return (
    <select
      aria-label={`What ${column} is`}
      className="field w-60 max-w-full text-body text-ink"
      value={chosen}
      onChange={(event) => onChoose(event.target.value)}
    >
      <option value="">left out</option>
      <optgroup label="Fields">{PLAIN_FIELDS.map((field) => option(field, FIELD_NAMES[field] ?? field))}</optgroup>
      <optgroup label="Quantities">
        {listed.map((meter) => option(`usage.${meter}`, meter.replaceAll('_', ' ')))}
      </optgroup>
      {column === '' ? null : (
        <optgroup label="Others">
          {option(chosen.startsWith('qualifiers.') ? chosen : `qualifiers.${name}`, `qualifier ${name}`)}
        </optgroup>
      )}
    </select>
  )
}
