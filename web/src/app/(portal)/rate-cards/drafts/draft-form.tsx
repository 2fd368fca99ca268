'use client'

import { Copy, Plus, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { fieldsOfForm, RateInputs } from '../../../../components/rating/rate-inputs.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { OwnRateSource, RateInput } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { countText } from '../../../../lib/format.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { newFields, readFields, type RateFields } from '../../../../lib/rate-form.ts'

const SaveDraftDocument = graphql(`
  mutation SaveRateCardDraft($input: RateCardDraftInput!) {
    saveRateCardDraft(input: $input) {
      rateCard {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

export interface DraftStart {
  id: string | null
  provider: string
  source: OwnRateSource
  note: string
  rates: readonly RateFields[]
}

interface DraftFormProps {
  start: DraftStart
  timeZone: string
  currency: string
  today: string
  providers: readonly string[]
  resources: readonly string[]
}

interface Invalid {
  id: string
  field: keyof RateFields
}

/** All prices of a draft, read in order: the first that cannot be read ends it. */
function readAll(
  form: FormData,
  rows: readonly RateFields[],
  timeZone: string,
): { rates: RateInput[] } | { invalid: Invalid; message: string } {
  const rates: RateInput[] = []
  for (const [index, row] of rows.entries()) {
    const read = readFields(String(form.get('provider') ?? ''), fieldsOfForm(form, row.id, row.kept), timeZone)
    if (read.kind === 'refused')
      return { invalid: { id: row.id, field: read.field }, message: `Price ${index + 1}: ${read.message}` }
    rates.push(read.rate)
  }
  return { rates }
}

/** A draft of a rate card: it prices nothing until it is published, and can be tried on history before. */
export function DraftForm({ start, timeZone, currency, today, providers, resources }: DraftFormProps) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const made = useRef(start.rates.length)
  const [rows, setRows] = useState<readonly RateFields[]>(start.rates)
  const [invalid, setInvalid] = useState<Invalid | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isSaving, setSaving] = useState(false)

  function add(given: Partial<RateFields>): void {
    made.current += 1
    const fields = newFields(`new${made.current}`, { currency, from: `${today}T00:00`, ...given })
    setRows((now) => [...now, fields])
  }

  function copy(row: RateFields): void {
    if (form.current === null) return
    const { id: _id, ...values } = fieldsOfForm(new FormData(form.current), row.id, row.kept)
    add(values)
  }

  async function save(element: HTMLFormElement): Promise<void> {
    const data = new FormData(element)
    const read = readAll(data, rows, timeZone)
    if ('invalid' in read) {
      setInvalid(read.invalid)
      setRefusal(read.message)
      element.querySelector<HTMLElement>(`[name="${read.invalid.id}.${read.invalid.field}"]`)?.focus()
      return
    }
    setInvalid(null)
    setSaving(true)
    let saved: string | null = null
    const message = await refusalOf(async () => {
      const { saveRateCardDraft } = await browserQuery(SaveDraftDocument, {
        input: {
          id: start.id,
          provider: String(data.get('provider') ?? '').trim(),
          source: data.get('source') === 'CONTRACT' ? 'CONTRACT' : 'MANUAL',
          note: String(data.get('note') ?? '').trim() || null,
          rates: read.rates,
        },
      })
      saved = saveRateCardDraft.rateCard?.id ?? null
      return saveRateCardDraft.userErrors
    }, 'The draft was not saved.')
    setSaving(false)
    setRefusal(message)
    if (message !== null) return
    router.push(saved === null ? '/rate-cards' : `/rate-cards?card=${encodeURIComponent(saved)}`)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isSaving) void save(event.currentTarget)
  }

  return (
    <form ref={form} method="post" onSubmit={onSubmit} className="flex max-w-[880px] flex-col gap-4">
      <Card title="The card" caption="One provider; its next version when it is published">
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="Provider">
            <input
              className="field text-body text-ink"
              name="provider"
              list="draft-providers"
              defaultValue={start.provider}
              readOnly={start.id !== null}
              autoComplete="off"
              required
            />
          </Field>
          <Field label="Source" hint="contract goes first">
            <select className="field text-body text-ink" name="source" defaultValue={start.source}>
              <option value="MANUAL">own rate card</option>
              <option value="CONTRACT">contract</option>
            </select>
          </Field>
          <Field label="Note" hint="where the prices come from">
            <input
              className="field text-body text-ink"
              name="note"
              maxLength={500}
              defaultValue={start.note}
              autoComplete="off"
            />
          </Field>
        </div>
        <datalist id="draft-providers">
          {providers.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </Card>
      {rows.map((row, index) => (
        <fieldset key={row.id} className="card min-w-0 px-3.5 pt-3 pb-4 sm:px-5">
          <legend className="sr-only">Price {index + 1}</legend>
          <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
            <span aria-hidden className="text-card font-semibold">
              Price {index + 1}
            </span>
            <span className="flex gap-2">
              <button type="button" className="control" onClick={() => copy(row)}>
                <Copy size={14} strokeWidth={1.6} aria-hidden />
                Copy<span className="sr-only"> price {index + 1}</span>
              </button>
              <button
                type="button"
                className="control"
                disabled={rows.length === 1}
                onClick={() => setRows((now) => now.filter((one) => one.id !== row.id))}
              >
                <Trash2 size={14} strokeWidth={1.6} aria-hidden />
                Remove<span className="sr-only"> price {index + 1}</span>
              </button>
            </span>
          </div>
          <RateInputs
            fields={row}
            timeZone={timeZone}
            resources={resources}
            invalid={invalid?.id === row.id ? invalid.field : null}
          />
        </fieldset>
      ))}
      <p>
        <button type="button" className="control" onClick={() => add({})}>
          <Plus size={16} strokeWidth={1.4} aria-hidden />
          Add a price
        </button>
      </p>
      <Refusal text={refusal} />
      <div className="flex flex-wrap items-center gap-2">
        <button className="control control-primary" disabled={isSaving} aria-busy={isSaving}>
          {isSaving ? 'Saving…' : `Save the draft, ${countText(rows.length)} ${rows.length === 1 ? 'price' : 'prices'}`}
        </button>
        <Link className="control" href="/rate-cards">
          Cancel
        </Link>
        <span className="text-caption text-ink-3">A draft prices nothing; publishing is a step of its own.</span>
      </div>
    </form>
  )
}
