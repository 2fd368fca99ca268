'use client'

import { Check, TriangleAlert } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState, type ChangeEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Badge, type Tone } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { CodeBlock } from '../../../../components/ui/code-block.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { ImportCostPoolsMutation } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { countText } from '../../../../lib/format.ts'
import { monthParam } from '../../../../lib/months.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { plural } from '../../../../lib/plural.ts'

const ImportCostPoolsDocument = graphql(`
  mutation ImportCostPools($input: ImportCostPoolsInput!) {
    importCostPools(input: $input) {
      created
      changed
      unchanged
      rows {
        line
        name
        outcome
        message
      }
      userErrors {
        message
      }
    }
  }
`)

type Payload = ImportCostPoolsMutation['importCostPools']
type Row = Payload['rows'][number]

const OUTCOMES: Readonly<Record<string, { tone: Tone; text: string }>> = {
  CREATED: { tone: 'ok', text: 'new pool' },
  CHANGED: { tone: 'accent', text: 'new amount' },
  UNCHANGED: { tone: 'neutral', text: 'as it is' },
  REFUSED: { tone: 'bad', text: 'refused' },
}

/** A file of this size holds ten thousand pools; more is not a list somebody wrote. */
const MOST_BYTES = 1_000_000

function exampleOf(month: string, currency: string): string {
  const at = monthParam(month)
  return [
    'name,category,month,amount,currency,recurrence,method,basis',
    `Vector DB hosting,VECTOR_DATABASE,${at},312.00,${currency},MONTHLY,USAGE,INVOCATIONS`,
    `Tool subscriptions,TOOL_SUBSCRIPTION,${at},189.00,${currency},MONTHLY,EQUAL,`,
    `Refund of the host,OTHER,${at},-25.00,${currency},ONCE,EQUAL,`,
  ].join('\n')
}

/** Pools from a file: first what each line would do, then all of them or none. */
export function ImportPools({ month, currency }: { month: string; currency: string }) {
  const router = useRouter()
  const [csv, setCsv] = useState('')
  const [checked, setChecked] = useState<{ csv: string; payload: Payload } | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [busy, setBusy] = useState<'check' | 'import' | null>(null)
  const isChecked = checked !== null && checked.csv === csv
  const refused = checked?.payload.rows.filter((row) => row.outcome === 'REFUSED').length ?? 0
  const writes = (checked?.payload.created ?? 0) + (checked?.payload.changed ?? 0)

  async function onFile(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const file = event.target.files?.[0]
    if (file === undefined) return
    if (file.size > MOST_BYTES) {
      setRefusal(`${file.name} is larger than ${countText(MOST_BYTES)} bytes.`)
      return
    }
    setRefusal(null)
    setCsv(await file.text())
  }

  async function send(dryRun: boolean): Promise<void> {
    setBusy(dryRun ? 'check' : 'import')
    const message = await refusalOf(async () => {
      const { importCostPools } = await browserQuery(ImportCostPoolsDocument, { input: { csv, dryRun } })
      setChecked({ csv, payload: importCostPools })
      // A refused line is shown in its place; only what is wrong with the file as a whole is said here.
      return importCostPools.rows.some((row) => row.outcome === 'REFUSED') ? [] : importCostPools.userErrors
    }, 'The file was not read.')
    setBusy(null)
    setRefusal(message)
    if (message === null && !dryRun) router.push(`/allocation?month=${monthParam(month)}`)
  }

  return (
    <div className="flex max-w-[880px] flex-col gap-4">
      <Card title="A list of pools" caption="A first line of names, then one pool a line; amounts in whole minor units">
        <div className="flex flex-col gap-3">
          <Field label="A CSV file">
            <input
              type="file"
              accept=".csv,text/csv"
              onChange={(event) => void onFile(event)}
              className="field h-auto min-h-8 py-1 text-body text-ink"
            />
          </Field>
          <Field label="Or its text, pasted">
            <textarea
              className="field font-mono text-caption text-ink"
              name="csv"
              rows={8}
              value={csv}
              spellCheck={false}
              onChange={(event) => setCsv(event.target.value)}
            />
          </Field>
          <CodeBlock label="How it looks" code={exampleOf(month, currency)} />
          <Refusal text={refusal} />
          <div className="flex flex-wrap items-center gap-2">
            <button
              type="button"
              className={`control ${isChecked ? '' : 'control-primary'}`}
              disabled={busy !== null || csv.trim() === ''}
              aria-busy={busy === 'check'}
              onClick={() => void send(true)}
            >
              {busy === 'check' ? 'Reading…' : 'Check the lines'}
            </button>
            {isChecked && refused === 0 && writes > 0 ? (
              <button
                type="button"
                className="control control-primary"
                disabled={busy !== null}
                aria-busy={busy === 'import'}
                onClick={() => void send(false)}
              >
                {busy === 'import' ? 'Importing…' : `Import ${plural(writes, 'line')}`}
              </button>
            ) : null}
            <span className="text-caption text-ink-3">
              Checking writes nothing. One refused line, and none is imported.
            </span>
          </div>
        </div>
      </Card>
      {checked === null ? null : <Lines payload={checked.payload} isCurrent={isChecked} refused={refused} />}
    </div>
  )
}

function Lines({ payload, isCurrent, refused }: { payload: Payload; isCurrent: boolean; refused: number }) {
  const { created, changed, unchanged, rows } = payload
  const title =
    refused > 0
      ? `${plural(refused, 'line')} of ${countText(rows.length)} cannot be imported`
      : `${plural(created, 'new pool')}, ${plural(changed, 'new amount')}, ${countText(unchanged)} as ${unchanged === 1 ? 'it is' : 'they are'}`
  return (
    <Card
      flush
      title={<span role="status">{title}</span>}
      caption={isCurrent ? 'What each line does' : 'Of the text before you changed it; check again'}
    >
      <MiniTable
        label="What each line does"
        maxHeight={560}
        heads={[
          { label: 'Pool' },
          { label: 'Line', isNumber: true },
          { label: 'Outcome', isMain: true },
          { label: 'Why' },
        ]}
        rows={rows.map((row) => ({
          id: String(row.line),
          cells: [
            row.name ?? 'without a name',
            countText(row.line),
            <OutcomeBadge key="outcome" row={row} />,
            row.message,
          ],
        }))}
      />
    </Card>
  )
}

function OutcomeBadge({ row }: { row: Row }) {
  const look = OUTCOMES[row.outcome] ?? { tone: 'neutral', text: row.outcome.toLowerCase() }
  return (
    <Badge tone={look.tone} Icon={look.tone === 'bad' ? TriangleAlert : look.tone === 'ok' ? Check : undefined}>
      {look.text}
    </Badge>
  )
}
