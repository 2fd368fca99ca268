'use client'

import { useRouter } from 'next/navigation'
import { useState, type ChangeEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { rangeText, addDays } from '../../../../lib/calendar.ts'
import { countText } from '../../../../lib/format.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { plural } from '../../../../lib/plural.ts'
import { FORMAT_WORDS } from '../../../../lib/reconciliation.ts'
import { sendStatement, withSource, type LineSource, type StatementAnswer } from '../../../../lib/statement-file.ts'
import { ColumnsOfFile } from './columns-of-file.tsx'
import { LinesOfFile } from './lines-of-file.tsx'

/** What the server takes at once; larger files are sent in parts. */
const MOST_BYTES = 16 * 1024 * 1024

/** A provider's file: what it is, what its lines would be, and then all of them. */
export function ImportStatement() {
  const router = useRouter()
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const [format, setFormat] = useState<string | null>(null)
  const [mapping, setMapping] = useState<readonly LineSource[] | null>(null)
  const [answer, setAnswer] = useState<StatementAnswer | null>(null)
  const [withoutRefused, setWithoutRefused] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [busy, setBusy] = useState<'read' | 'import' | null>(null)

  async function read(
    of: File,
    asked: { format: string | null; mapping: readonly LineSource[] | null },
  ): Promise<void> {
    setBusy('read')
    setFormat(asked.format)
    setMapping(asked.mapping)
    const wish = { name: of.name, ...asked, dryRun: true, withoutRefused: true }
    setRefusal(
      await refusalOf(async () => {
        const found = await sendStatement(of, wish)
        setAnswer(found)
        // What cannot be read is shown line by line; only what is wrong with all of it is said here.
        return found.userErrors
      }, 'The file was not read.'),
    )
    setBusy(null)
  }

  function onFile(event: ChangeEvent<HTMLInputElement>): void {
    const chosen = event.target.files?.[0]
    if (chosen === undefined) return
    setAnswer(null)
    setWithoutRefused(false)
    if (chosen.size > MOST_BYTES) {
      setFile(null)
      setRefusal(`${chosen.name} is larger than ${countText(MOST_BYTES)} bytes; send it in parts, by days.`)
      return
    }
    setFile(chosen)
    setName(chosen.name)
    void read(chosen, { format: null, mapping: null })
  }

  async function store(): Promise<void> {
    if (file === null || answer === null) return
    setBusy('import')
    const wish = { name, format: answer.format, mapping, dryRun: false, withoutRefused }
    let day: string | null = null
    const message = await refusalOf(async () => {
      const done = await sendStatement(file, wish)
      day = done.statement?.lastDay ?? done.lastDay
      return done.userErrors
    }, 'The file was not imported.')
    setBusy(null)
    setRefusal(message)
    if (message === null)
      router.push(day === null ? '/reconciliation' : `/reconciliation?month=${String(day).slice(0, 7)}`)
  }

  const isReady = answer !== null && answer.lineCount > 0 && (answer.refusedCount === 0 || withoutRefused)
  return (
    <div className="flex max-w-[1040px] flex-col gap-4">
      <Card title="A provider’s invoice or export" caption="Costs and usage of OpenAI and Anthropic, FOCUS, or any CSV">
        <div className="flex max-w-[720px] flex-col gap-3">
          <Field label="The file">
            <input
              type="file"
              accept=".csv,.json,text/csv,application/json"
              onChange={onFile}
              className="field h-auto min-h-8 py-1 text-body text-ink"
            />
          </Field>
          {file === null || answer === null ? null : (
            <div className="grid gap-3 sm:grid-cols-2">
              <Field label="Name">
                <input
                  className="field text-body text-ink"
                  value={name}
                  maxLength={200}
                  onChange={(event) => setName(event.target.value)}
                />
              </Field>
              <Field label="It is">
                <select
                  className="field text-body text-ink"
                  value={format ?? answer.format}
                  onChange={(event) => void read(file, { format: event.target.value, mapping: null })}
                >
                  {Object.entries(FORMAT_WORDS).map(([value, words]) => (
                    <option key={value} value={value}>
                      {words}
                    </option>
                  ))}
                </select>
              </Field>
            </div>
          )}
          {busy === 'read' ? <p role="status">Reading the file…</p> : null}
          <Refusal text={refusal} />
          <p className="text-caption text-ink-3">
            Nothing is stored before you say so. The same file again changes nothing. Import costs and usage where a
            provider has them apart: money without quantities can be compared, but not explained.
          </p>
        </div>
      </Card>
      {file === null || answer === null || answer.format !== 'CSV' ? null : (
        <ColumnsOfFile
          columns={answer.columns}
          mapping={mapping ?? answer.mapping}
          onChange={(source) =>
            void read(file, { format: answer.format, mapping: withSource(mapping ?? answer.mapping, source) })
          }
        />
      )}
      {answer === null ? null : <LinesOfFile answer={answer} />}
      {answer === null || answer.lineCount === 0 ? null : (
        <div className="flex flex-wrap items-center gap-3">
          {answer.refusedCount === 0 ? null : (
            <label className="inline-flex min-h-8 items-center gap-2">
              <input
                type="checkbox"
                checked={withoutRefused}
                onChange={(event) => setWithoutRefused(event.target.checked)}
              />
              Import without the {plural(answer.refusedCount, 'line')} that cannot be read
            </label>
          )}
          <button
            type="button"
            className="control control-primary"
            disabled={!isReady || busy !== null}
            aria-busy={busy === 'import'}
            onClick={() => void store()}
          >
            {busy === 'import' ? 'Importing…' : `Import ${plural(answer.lineCount, 'line')}`}
          </button>
          <span className="text-caption text-ink-3">
            {answer.isRepeat
              ? 'This file was imported already.'
              : answer.firstDay === null || answer.lastDay === null
                ? ''
                : `${rangeText(answer.firstDay, addDays(answer.lastDay, 1))}, days in UTC`}
          </span>
        </div>
      )}
    </div>
  )
}
