'use client'

import { useEffect, useRef, useState } from 'react'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { CsvButton } from '../../../../components/table/csv-button.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { InvocationInput } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { countText } from '../../../../lib/format.ts'
import { plural } from '../../../../lib/plural.ts'
import {
  addAnswer,
  batchesOf,
  type ImportTotals,
  NOTHING_YET,
  type ReadRow,
  rejectedCsv,
} from '../../../../lib/usage-file.ts'

const ImportUsageDocument = graphql(`
  mutation ImportUsage($input: RecordInvocationsInput!) {
    recordInvocations(input: $input) {
      accepted
      duplicates
      unpriced
      rejected {
        index
        code
        message
      }
    }
  }
`)

type Progress =
  | { state: 'idle' }
  | { state: 'sending'; sent: number; totals: ImportTotals }
  | { state: 'stopped'; sent: number; totals: ImportTotals; why: string }
  | { state: 'done'; totals: ImportTotals }

/** Sends the events of a file and says what became of them. What was sent before is found again by its id. */
export function SendRows({ rows, name }: { rows: readonly ReadRow[]; name: string }) {
  const [progress, setProgress] = useState<Progress>({ state: 'idle' })
  const abort = useRef<AbortController>(null)
  // Another map makes other events: what was said about the former ones is no longer about these.
  useEffect(() => {
    setProgress({ state: 'idle' })
    return () => abort.current?.abort()
  }, [rows])
  const events = rows.flatMap((row) => ('item' in row ? [row] : []))
  const refused = rows.flatMap((row) => ('problem' in row ? [row.problem] : []))

  async function send(): Promise<void> {
    const { signal } = (abort.current = new AbortController())
    let totals: ImportTotals = { ...NOTHING_YET, rejected: refused }
    let sent = 0
    setProgress({ state: 'sending', sent, totals })
    try {
      for (const batch of batchesOf(events)) {
        // Every item was read by the parser of the server, so it is of the type.
        const invocations = batch.items as unknown as InvocationInput[]
        const answer = await browserQuery(ImportUsageDocument, { input: { invocations } }, signal)
        totals = addAnswer(totals, batch, answer.recordInvocations)
        sent += batch.items.length
        setProgress({ state: 'sending', sent, totals })
      }
      setProgress({ state: 'done', totals })
    } catch (error) {
      if (signal.aborted) return
      setProgress({ state: 'stopped', sent, totals, why: error instanceof Error ? error.message : 'No answer.' })
    }
  }

  const isSending = progress.state === 'sending'
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          className="control control-primary"
          disabled={isSending || events.length === 0}
          aria-busy={isSending}
          onClick={() => void send()}
        >
          {isSending ? 'Importing…' : `Import ${plural(events.length, 'event')}`}
        </button>
        {progress.state === 'sending' ? (
          <>
            <progress aria-label="Sent" max={events.length} value={progress.sent} className="w-48" />
            <span className="num text-ink-2">
              {countText(progress.sent)} of {countText(events.length)}
            </span>
          </>
        ) : (
          <span className="text-caption text-ink-3">What is already known is not counted again.</span>
        )}
      </div>
      <Refusal
        text={
          progress.state === 'stopped'
            ? `After ${plural(progress.sent, 'event')} the server did not take more: ${progress.why} Import again to go on.`
            : null
        }
      />
      {progress.state === 'done' ? <Outcome totals={progress.totals} name={name} /> : null}
    </>
  )
}

const REJECTED_SHOWN = 50

function Outcome({ totals, name }: { totals: ImportTotals; name: string }) {
  const { accepted, duplicates, unpriced, rejected } = totals
  const rows = [...rejected].sort((a, b) => a.line - b.line)
  const parts = [
    `${countText(accepted)} accepted`,
    `${countText(duplicates)} already known`,
    `${countText(rejected.length)} rejected`,
  ]
  return (
    <Card
      flush
      title={<span role="status">{parts.join(', ')}</span>}
      caption={
        unpriced === 0
          ? 'Everything accepted has its price and is in every sum'
          : `${plural(unpriced, 'accepted event')} without a price yet: counted, in no amount`
      }
      actions={rows.length === 0 ? undefined : <CsvButton csv={rejectedCsv(rows)} name={`${name}-rejected`} />}
    >
      <p className="flex flex-wrap gap-4 px-3.5 pb-3 sm:px-5">
        <Link className="link" href="/developers#live">
          The latest events
        </Link>
        {unpriced === 0 ? null : (
          <Link className="link" href="/rate-cards/unpriced">
            Give them a price
          </Link>
        )}
      </p>
      {rows.length === 0 ? null : (
        <MiniTable
          label="Rejected rows"
          maxHeight={420}
          heads={[{ label: 'Line' }, { label: 'Column' }, { label: 'Why' }]}
          rows={rows.slice(0, REJECTED_SHOWN).map(({ line, column, code, message }) => ({
            id: `${line} ${code}`,
            cells: [countText(line), column, `${message} (${code})`],
          }))}
        />
      )}
      {rows.some(({ code }) => code === 'CONFLICT') ? (
        <p className="px-3.5 py-3 text-ink-2 sm:px-5">
          A conflict is a row that was imported before with other columns or texts. If it is another event that looks
          the same, name the origin of the file.
        </p>
      ) : null}
    </Card>
  )
}
