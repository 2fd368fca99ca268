'use client'

import { useState } from 'react'
import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import { fieldsOfForm, RateInputs } from '../../../components/rating/rate-inputs.tsx'
import { graphql } from '../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { refusalOf } from '../../../lib/mutate.ts'
import { newFields, readFields, type RateFields } from '../../../lib/rate-form.ts'

const PublishPriceDocument = graphql(`
  mutation PublishPrice($input: PublishRatesInput!) {
    publishRates(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface PublishPriceProps {
  timeZone: string
  currency: string
  today: string
  providers: readonly string[]
  resources: readonly string[]
}

/** One price, in force as soon as it is published: the short way beside a draft. */
export function PublishPrice({ timeZone, currency, today, providers, resources }: PublishPriceProps) {
  const [invalid, setInvalid] = useState<keyof RateFields | null>(null)

  async function run(form: FormData): Promise<string | null> {
    setInvalid(null)
    const provider = String(form.get('provider') ?? '')
    if (provider.trim() === '') return 'Name the provider.'
    const read = readFields(provider, fieldsOfForm(form, 'rate', { from: null, to: null }), timeZone)
    if (read.kind === 'refused') {
      setInvalid(read.field)
      return read.message
    }
    const source = form.get('source') === 'CONTRACT' ? 'CONTRACT' : 'MANUAL'
    const note = String(form.get('note') ?? '').trim() || null
    return refusalOf(
      async () =>
        (await browserQuery(PublishPriceDocument, { input: { rates: [read.rate], source, note } })).publishRates
          .userErrors,
      'The price was not published.',
    )
  }

  return (
    <ActionDialog
      trigger="Publish a price…"
      isPrimary
      isWide
      title="Publish a price"
      confirm="Publish the price"
      busy="Publishing…"
      run={run}
    >
      <p>
        It applies to usage from its date on, and a price of the same meter ends where it begins. What is rated already
        keeps its price until you re-rate it.
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Provider">
          <input
            className="field text-body text-ink"
            name="provider"
            list="publish-price-providers"
            autoComplete="off"
            required
          />
        </Field>
        <Field label="Source" hint="contract goes first">
          <select className="field text-body text-ink" name="source">
            <option value="MANUAL">own rate card</option>
            <option value="CONTRACT">contract</option>
          </select>
        </Field>
      </div>
      <datalist id="publish-price-providers">
        {providers.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <RateInputs
        fields={newFields('rate', { currency, from: `${today}T00:00` })}
        timeZone={timeZone}
        resources={resources}
        invalid={invalid}
      />
      <Field label="Note" hint="where the price comes from">
        <input className="field text-body text-ink" name="note" maxLength={500} autoComplete="off" />
      </Field>
    </ActionDialog>
  )
}
