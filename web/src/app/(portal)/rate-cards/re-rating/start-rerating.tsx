'use client'

import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { PickMany } from '../../../../components/form/pick-many.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { CostFilter } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { addDays, isDate } from '../../../../lib/calendar.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const PreviewReratingDocument = graphql(`
  mutation PreviewRerating($input: PreviewReratingInput!) {
    previewRerating(input: $input) {
      rerating {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

interface Option {
  value: string
  label: string
}

const DIMENSIONS = ['agents', 'clients', 'providers', 'resources'] as const
type Dimension = (typeof DIMENSIONS)[number]

const FINDS = {
  agents: { kinds: ['AGENT'], valueOf: 'key' },
  clients: { kinds: ['CLIENT'], valueOf: 'key' },
} as const

interface StartReratingProps {
  today: string
  /** First and last day, both included, as the fields show them. */
  from: string
  last: string
  options: Readonly<Record<Dimension, readonly Option[]>>
  initial: Readonly<Record<Dimension, readonly string[]>>
}

/** Starts a preview. Answers the id of the re-rating, or why there is none. */
export async function previewRerating(
  range: { from: string; to: string },
  filter: CostFilter | null,
): Promise<{ id: string } | { refusal: string }> {
  let id: string | null = null
  const refusal = await refusalOf(async () => {
    const { previewRerating: payload } = await browserQuery(PreviewReratingDocument, { input: { range, filter } })
    id = payload.rerating?.id ?? null
    return payload.userErrors
  }, 'The preview did not start.')
  return id === null ? { refusal: refusal ?? 'The server started no preview.' } : { id }
}

function filterOf(form: FormData): CostFilter | null {
  const filter: CostFilter = {}
  for (const dimension of DIMENSIONS) {
    const values = form.getAll(dimension).map(String)
    if (values.length > 0) filter[dimension] = values
  }
  return Object.keys(filter).length === 0 ? null : filter
}

/** The first step: which days, and of whom. Nothing is written by the preview that follows. */
export function StartRerating({ today, from, last, options, initial }: StartReratingProps) {
  const router = useRouter()
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function start(form: FormData): Promise<void> {
    const [first, end] = [String(form.get('from') ?? ''), String(form.get('last') ?? '')]
    if (!isDate(first) || !isDate(end) || end < first) {
      setRefusal('The last day is before the first.')
      return
    }
    setBusy(true)
    const started = await previewRerating({ from: first, to: addDays(end, 1) }, filterOf(form))
    if ('refusal' in started) {
      setBusy(false)
      setRefusal(started.refusal)
      return
    }
    router.push(`/rate-cards/re-rating/${encodeURIComponent(started.id)}`)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void start(new FormData(event.currentTarget))
  }

  return (
    <Card
      title="Apply today’s prices to what was rated before"
      caption="First a preview that writes nothing; you see every difference before you apply it"
      className="mb-4 overflow-visible!"
    >
      <form method="post" onSubmit={onSubmit} className="flex flex-col gap-3">
        <div className="flex flex-wrap items-end gap-3">
          <Field label="First day">
            <input
              className="field text-body text-ink"
              type="date"
              name="from"
              required
              max={today}
              defaultValue={from}
            />
          </Field>
          <Field label="Last day">
            <input
              className="field text-body text-ink"
              type="date"
              name="last"
              required
              max={today}
              defaultValue={last}
            />
          </Field>
          {DIMENSIONS.map((dimension) => (
            <PickMany
              key={dimension}
              name={dimension}
              noun={dimension}
              options={options[dimension]}
              initial={initial[dimension]}
              {...(dimension === 'agents' || dimension === 'clients' ? { finds: FINDS[dimension] } : {})}
            />
          ))}
        </div>
        <Refusal text={refusal} />
        <p>
          <button className="control control-primary" disabled={isBusy} aria-busy={isBusy}>
            {isBusy ? 'Starting…' : 'Preview the differences'}
          </button>
        </p>
      </form>
    </Card>
  )
}
