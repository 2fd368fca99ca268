'use client'

import { ArrowRight, Plus, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { RateSubstitutionInput } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { readResourceName } from '../../../../lib/resource-name.ts'
import { hrefWith, type SearchParams } from '../../../../lib/search-params.ts'

const SimulateRatesDocument = graphql(`
  mutation SimulateRates($input: SimulateRatesInput!) {
    simulateRates(input: $input) {
      rerating {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

interface WhatIfFormProps {
  range: { from: string; to: string }
  days: string
  /** Resources with usage, by cost. */
  used: readonly string[]
  /** Everything that has a price or was used. */
  known: readonly string[]
  drafts: readonly { id: string; label: string }[]
  draftId: string | null
  params: SearchParams
}

/** Substitutions as the fields say them, or why they cannot be read. */
function readSubstitutions(form: FormData, ids: readonly number[]): RateSubstitutionInput[] | string {
  const substitutions: RateSubstitutionInput[] = []
  for (const id of ids) {
    const from = readResourceName(String(form.get(`from.${id}`) ?? ''))
    const to = readResourceName(String(form.get(`to.${id}`) ?? ''))
    if (from === null) return 'Choose what is replaced.'
    if (to === null || to.provider === null) return 'Write what it is replaced by, as provider / resource.'
    substitutions.push({
      fromProvider: from.provider,
      fromResource: from.resource,
      toProvider: to.provider,
      toResource: to.resource,
    })
  }
  return substitutions
}

/** Another model, or the prices of a draft: what would the same usage have cost? */
export function WhatIfForm(props: WhatIfFormProps) {
  const { range, days, used, known, drafts, params } = props
  const router = useRouter()
  const made = useRef(1)
  const [mode, setMode] = useState<'resource' | 'draft'>(props.draftId === null ? 'resource' : 'draft')
  const [ids, setIds] = useState<readonly number[]>([1])
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function simulate(form: FormData): Promise<void> {
    const substitutions = mode === 'resource' ? readSubstitutions(form, ids) : []
    if (typeof substitutions === 'string') {
      setRefusal(substitutions)
      return
    }
    setBusy(true)
    let run: string | null = null
    const message = await refusalOf(async () => {
      const { simulateRates } = await browserQuery(SimulateRatesDocument, {
        input: { range, substitutions, draftCardId: mode === 'draft' ? String(form.get('draft') ?? '') : null },
      })
      run = simulateRates.rerating?.id ?? null
      return simulateRates.userErrors
    }, 'The simulation did not start.')
    setBusy(false)
    setRefusal(message ?? (run === null ? 'The server started no simulation.' : null))
    if (message === null && run !== null)
      router.push(hrefWith('/rate-cards/what-if', params, { run }), { scroll: false })
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void simulate(new FormData(event.currentTarget))
  }

  function add(): void {
    made.current += 1
    const id = made.current
    setIds((now) => [...now, id])
  }

  return (
    <Card
      title={`What would ${days} have cost with other prices?`}
      caption="The same usage, priced anew; nothing is written"
      className="mb-4"
      actions={
        <div className="segment" role="group" aria-label="What is different">
          <button type="button" aria-pressed={mode === 'resource'} onClick={() => setMode('resource')}>
            Another resource
          </button>
          <button type="button" aria-pressed={mode === 'draft'} onClick={() => setMode('draft')}>
            A draft card
          </button>
        </div>
      }
    >
      <form method="post" onSubmit={onSubmit} className="flex flex-col gap-3">
        {mode === 'draft' ? (
          <DraftPicker drafts={drafts} draftId={props.draftId} />
        ) : (
          <>
            {ids.map((id) => (
              <div key={id} className="flex flex-wrap items-end gap-2">
                <Field label="Instead of" className="w-72 max-w-full">
                  <select className="field w-full text-body text-ink" name={`from.${id}`} required defaultValue="">
                    <option value="" disabled>
                      Choose a resource you used
                    </option>
                    {used.map((name) => (
                      <option key={name}>{name}</option>
                    ))}
                  </select>
                </Field>
                <ArrowRight size={16} strokeWidth={1.4} aria-hidden className="mb-2 text-ink-3 max-sm:hidden" />
                <Field label="this one" hint="provider / resource" className="w-72 max-w-full">
                  <input
                    className="field w-full text-body text-ink"
                    name={`to.${id}`}
                    list="what-if-known"
                    autoComplete="off"
                    required
                  />
                </Field>
                {ids.length === 1 ? null : (
                  <button
                    type="button"
                    className="control"
                    aria-label="Remove this substitution"
                    onClick={() => setIds((now) => now.filter((one) => one !== id))}
                  >
                    <Trash2 size={14} strokeWidth={1.6} aria-hidden />
                  </button>
                )}
              </div>
            ))}
            <datalist id="what-if-known">
              {known.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            <p>
              <button type="button" className="control" onClick={add}>
                <Plus size={16} strokeWidth={1.4} aria-hidden />
                Another substitution
              </button>
            </p>
          </>
        )}
        <Refusal text={refusal} />
        <p>
          <button
            className="control control-primary"
            disabled={isBusy || (mode === 'draft' && drafts.length === 0)}
            aria-busy={isBusy}
          >
            {isBusy ? 'Starting…' : 'What would it have cost?'}
          </button>
        </p>
      </form>
    </Card>
  )
}

function DraftPicker({ drafts, draftId }: Pick<WhatIfFormProps, 'drafts' | 'draftId'>) {
  if (drafts.length === 0)
    return (
      <p className="text-ink-2">There is no draft. Write one under Rate cards and try it here before it applies.</p>
    )
  return (
    <Field label="As if this draft had been in force" className="w-96 max-w-full">
      <select className="field w-full text-body text-ink" name="draft" defaultValue={draftId ?? drafts[0]?.id}>
        {drafts.map((draft) => (
          <option key={draft.id} value={draft.id}>
            {draft.label}
          </option>
        ))}
      </select>
    </Field>
  )
}
