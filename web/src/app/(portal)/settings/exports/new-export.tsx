'use client'

import { useState } from 'react'
import { StartExportDocument } from '../../../../components/export/export-documents.ts'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../components/form/field.tsx'
import type { ExportFormat } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { addDays } from '../../../../lib/calendar.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { text } from '../../../../lib/read-form.ts'

const FORMAT_NAMES = { CSV: 'CSV', XLSX: 'XLSX', PARQUET: 'Parquet' } as const satisfies Record<ExportFormat, string>

interface NewExportProps {
  kinds: readonly { name: string; label: string; isOfPeriod: boolean; formats: readonly ExportFormat[] }[]
  /** The days that are chosen at first. */
  first: string
  last: string
}

/** Has a worker write a whole table. */
export function NewExport({ kinds, first, last }: NewExportProps) {
  const [chosen, setChosen] = useState(kinds[0]?.name ?? '')
  const { isOfPeriod = false, formats = [] } = kinds.find(({ name }) => name === chosen) ?? {}
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = {
        kind: chosen,
        format: text(form, 'format') as ExportFormat,
        range: isOfPeriod ? { from: text(form, 'first'), to: addDays(text(form, 'last'), 1) } : null,
      }
      return (await browserQuery(StartExportDocument, { input })).startExport.userErrors
    }, 'The export was not started.')
  return (
    <ActionDialog
      trigger="New export…"
      isPrimary
      title="Export a whole table"
      confirm="Start the export"
      busy="Starting…"
      run={run}
    >
      <p>A worker writes all rows as they are now. The file waits here for seven days, for you only.</p>
      <Field label="Table">
        <select className="field text-body text-ink" value={chosen} onChange={({ target }) => setChosen(target.value)}>
          {kinds.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Format">
        <select key={formats.join()} className="field text-body text-ink" name="format" defaultValue="CSV">
          {formats.map((format) => (
            <option key={format} value={format}>
              {FORMAT_NAMES[format]}
            </option>
          ))}
        </select>
      </Field>
      {isOfPeriod ? (
        <div className="flex flex-wrap gap-3">
          <Field label="First day">
            <input className="field text-body text-ink" type="date" name="first" defaultValue={first} required />
          </Field>
          <Field label="Last day">
            <input className="field text-body text-ink" type="date" name="last" defaultValue={last} required />
          </Field>
        </div>
      ) : null}
    </ActionDialog>
  )
}
