'use client'

import { useRouter } from 'next/navigation'
import { useId, useState, useTransition, type FormEvent } from 'react'
import { Field } from '../../../components/form/field.tsx'
import { graphql } from '../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { text } from '../../../lib/read-form.ts'

const UpdateTenantDocument = graphql(`
  mutation UpdateTenant($input: TenantSettingsInput!) {
    updateTenantSettings(input: $input) {
      userErrors {
        message
        field
      }
    }
  }
`)

interface TenantFormProps {
  name: string
  currency: string
  timeZone: string
  /** Whether currency and time zone can no longer change. */
  isSettled: boolean
  /** Names to choose from. */
  zones: readonly string[]
}

type Outcome =
  { kind: 'none' } | { kind: 'busy' } | { kind: 'saved' } | { kind: 'refused'; field: string | null; message: string }

async function save(input: { name: string; currency?: string; timeZone?: string }): Promise<Outcome> {
  try {
    const { updateTenantSettings } = await browserQuery(UpdateTenantDocument, { input })
    const [error] = updateTenantSettings.userErrors
    return error === undefined
      ? { kind: 'saved' }
      : { kind: 'refused', field: error.field?.at(-1) ?? null, message: error.message }
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The settings were not saved.'
    return { kind: 'refused', field: null, message }
  }
}

/** Name, currency and time zone of the tenant. */
export function TenantForm({ name, currency, timeZone, isSettled, zones }: TenantFormProps) {
  const router = useRouter()
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' })
  const [isRefreshing, startRefresh] = useTransition()
  const messageId = useId()
  const zonesId = useId()
  const refused = outcome.kind === 'refused' ? outcome.field : null

  async function submit(form: FormData): Promise<void> {
    setOutcome({ kind: 'busy' })
    const settled = { name: text(form, 'name') }
    const next = await save(
      isSettled
        ? settled
        : { ...settled, currency: text(form, 'currency').toUpperCase(), timeZone: text(form, 'timeZone') },
    )
    setOutcome(next)
    if (next.kind === 'saved') startRefresh(() => router.refresh())
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (outcome.kind !== 'busy') void submit(new FormData(event.currentTarget))
  }

  const described = (field: string) => ({
    'aria-invalid': refused === field,
    ...(refused === field ? { 'aria-describedby': messageId } : {}),
  })
  return (
    <form method="post" onSubmit={onSubmit} className="flex flex-col gap-3" aria-busy={isRefreshing}>
      <Field label="Name" hint="as the portal and mails show it">
        <input
          className="field text-body"
          name="name"
          required
          maxLength={80}
          defaultValue={name}
          {...described('name')}
        />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Currency" hint="of every amount">
          <input
            className="field text-body read-only:bg-sunken read-only:text-ink-2"
            name="currency"
            required
            readOnly={isSettled}
            maxLength={3}
            autoComplete="off"
            defaultValue={currency}
            {...described('currency')}
          />
        </Field>
        <Field label="Time zone" hint="where a day begins">
          <input
            className="field text-body read-only:bg-sunken read-only:text-ink-2"
            name="timeZone"
            required
            readOnly={isSettled}
            autoComplete="off"
            list={isSettled ? undefined : zonesId}
            defaultValue={timeZone}
            {...described('timeZone')}
          />
        </Field>
      </div>
      {isSettled ? null : (
        <datalist id={zonesId}>
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <button className="control control-primary" disabled={outcome.kind === 'busy'}>
          {outcome.kind === 'busy' ? 'Saving…' : 'Save'}
        </button>
        <p id={messageId} role="status" className={outcome.kind === 'refused' ? 'text-bad' : 'text-ok'}>
          {outcome.kind === 'refused' ? outcome.message : outcome.kind === 'saved' ? 'Saved.' : ''}
        </p>
      </div>
    </form>
  )
}
