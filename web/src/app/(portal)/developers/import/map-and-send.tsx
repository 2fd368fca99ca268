'use client'

import { guessMap } from '@outlay/domain/csv-import/guess-map'
import type { Mapping } from '@outlay/domain/csv-import/field-map'
import { useMemo, useState } from 'react'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { plural } from '../../../../lib/plural.ts'
import { mapText, readRows, readUsageFile, type UsageFile } from '../../../../lib/usage-file.ts'
import { ColumnMap } from './column-map.tsx'
import { Preview } from './preview.tsx'
import { SendRows } from './send-rows.tsx'

/** What a file says as text for every row, where no column says it. */
export type Constants = Readonly<Record<string, string>>

/** Everything after the file is chosen: the map, what it makes of the first rows, and sending them. */
export function MapAndSend({ name, text }: { name: string; text: string }) {
  const file = useMemo(() => readUsageFile(text), [text])
  if ('problem' in file) return <Refusal text={`${name}: ${file.problem}`} />
  if (file.rows.length === 0) return <Refusal text={`${name} has names of columns, and no rows.`} />
  return <Mapped name={name} file={file} />
}

function Mapped({ name, file }: { name: string; file: UsageFile }) {
  const [fields, setFields] = useState<Readonly<Record<string, string>>>(() => fieldsOf(guessMap(file.columns)))
  const [constants, setConstants] = useState<Constants>({})
  const [source, setSource] = useState('')
  const mappings = useMemo(() => mappingsOf(fields, constants), [fields, constants])
  const missing = mapText(mappings)
  const rows = useMemo(
    () => (missing === null ? [...readRows(file, { mappings, source, now: Date.now() })] : []),
    [file, mappings, source, missing],
  )
  return (
    <>
      <ColumnMap
        title={`${name}: ${plural(file.rows.length, 'row')}, ${plural(file.columns.length, 'column')}`}
        file={file}
        fields={fields}
        constants={constants}
        source={source}
        onField={(column, field) => setFields((before) => ({ ...before, [column]: field }))}
        onConstant={(field, value) => setConstants((before) => ({ ...before, [field]: value }))}
        onSource={setSource}
      />
      <Refusal text={missing} />
      {missing === null ? (
        <>
          <Preview rows={rows} />
          <SendRows rows={rows} name={name} />
        </>
      ) : null}
    </>
  )
}

/** Which field each column gives; a column that gives none has no entry. */
function fieldsOf(mappings: readonly Mapping[]): Record<string, string> {
  return Object.fromEntries(
    mappings.flatMap(({ field, source }) => (source.kind === 'column' ? [[source.column, field]] : [])),
  )
}

/** Columns first; a text for every row stands only where no column says it. */
function mappingsOf(fields: Readonly<Record<string, string>>, constants: Constants): Mapping[] {
  const columns = Object.entries(fields).flatMap(([column, field]): Mapping[] =>
    field === '' ? [] : [{ field, source: { kind: 'column', column } }],
  )
  const taken = new Set(columns.map(({ field }) => field))
  const texts = Object.entries(constants).flatMap(([field, text]): Mapping[] =>
    text.trim() === '' || taken.has(field) ? [] : [{ field, source: { kind: 'constant', text: text.trim() } }],
  )
  return [...columns, ...texts]
}
