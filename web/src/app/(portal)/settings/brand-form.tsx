'use client'

import { useRouter } from 'next/navigation'
import { useId, useState, useTransition, type FormEvent } from 'react'
import { Field } from '../../../components/form/field.tsx'
import { browserQuery } from '../../../lib/browser-api.ts'
import { graphql } from '../../../lib/browser-graphql.ts'
import { text } from '../../../lib/read-form.ts'

const SetBrandDocument = graphql(`
  mutation SetBrand($input: TenantSettingsInput!) {
    updateTenantSettings(input: $input) {
      userErrors {
        message
        field
      }
    }
  }
`)

const SCHEMES = [
  {
    name: 'light',
    label: 'On light pages',
    example: '#1d5c48',
    page: '#fafaf8',
    card: '#ffffff',
    ink: '#191917',
    line: '#e7e6e1',
    on: '#ffffff',
  },
  {
    name: 'dark',
    label: 'On dark pages',
    example: '#6cc6a0',
    page: '#0e0f10',
    card: '#141516',
    ink: '#edede9',
    line: '#27292b',
    on: '#0e0f10',
  },
] as const

type Scheme = (typeof SCHEMES)[number]['name']
type Colours = Record<Scheme, string>
type Outcome =
  { kind: 'none' } | { kind: 'busy' } | { kind: 'kept' } | { kind: 'refused'; scheme: Scheme | null; message: string }

async function keep(brand: { light?: string; dark?: string }): Promise<Outcome> {
  try {
    const { updateTenantSettings } = await browserQuery(SetBrandDocument, { input: { brand } })
    const [error] = updateTenantSettings.userErrors
    if (error === undefined) return { kind: 'kept' }
    const place = error.field?.at(-1)
    return { kind: 'refused', scheme: place === 'light' || place === 'dark' ? place : null, message: error.message }
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The colours were not saved.'
    return { kind: 'refused', scheme: null, message }
  }
}

/** The two colours of the firm, and how they look on a page of a client; empty: none of its own. */
export function BrandForm({ brand, firm }: { brand: { light: string; dark: string } | null; firm: string }) {
  const router = useRouter()
  const [colours, setColours] = useState<Colours>({ light: brand?.light ?? '', dark: brand?.dark ?? '' })
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' })
  const [isRefreshing, startRefresh] = useTransition()
  const messageId = useId()
  const refused = outcome.kind === 'refused' ? outcome : null

  async function submit(form: FormData): Promise<void> {
    setOutcome({ kind: 'busy' })
    const [light, dark] = [text(form, 'light').trim(), text(form, 'dark').trim()]
    const next = await keep({ ...(light === '' ? {} : { light }), ...(dark === '' ? {} : { dark }) })
    setOutcome(next)
    if (next.kind === 'kept') startRefresh(() => router.refresh())
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (outcome.kind !== 'busy') void submit(new FormData(event.currentTarget))
  }

  return (
    <form method="post" onSubmit={onSubmit} className="flex flex-col gap-3" aria-busy={isRefreshing}>
      <div className="grid gap-3 sm:grid-cols-2">
        {SCHEMES.map(({ name, label, example, page, card, ink, line, on }) => (
          <div key={name} className="flex min-w-0 flex-col gap-2">
            <Field label={label} hint={`such as ${example}`}>
              <input
                className="field text-body"
                name={name}
                maxLength={7}
                autoComplete="off"
                spellCheck={false}
                value={colours[name]}
                onChange={({ target }) => setColours({ ...colours, [name]: target.value })}
                aria-invalid={refused?.scheme === name}
                {...(refused?.scheme === name ? { 'aria-describedby': messageId } : {})}
              />
            </Field>
            <Sample {...{ page, card, ink, line, on, firm }} colour={colours[name].trim()} />
          </div>
        ))}
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <button className="control control-primary" disabled={outcome.kind === 'busy'}>
          {outcome.kind === 'busy' ? 'Keeping…' : 'Keep these colours'}
        </button>
        <p
          id={messageId}
          role="status"
          className={`min-w-0 flex-1 break-words ${refused === null ? 'text-ok' : 'text-bad'}`}
        >
          {refused !== null ? refused.message : outcome.kind === 'kept' ? 'Clients see these from now on.' : ''}
        </p>
      </div>
    </form>
  )
}

interface SampleProps {
  colour: string
  page: string
  card: string
  ink: string
  line: string
  on: string
  firm: string
}

/** A client page in little. Nothing of it can be read out or pressed: it shows a colour. */
function Sample({ colour, page, card, ink, line, on, firm }: SampleProps) {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return null
  return (
    <div aria-hidden className="rounded-control border p-2.5" style={{ background: page, borderColor: line }}>
      <div className="flex flex-col gap-1.5 rounded-badge border p-2.5" style={{ background: card, borderColor: line }}>
        <span className="flex items-center gap-2 font-semibold" style={{ color: ink }}>
          <span
            className="grid size-5 place-items-center rounded-badge text-caption"
            style={{ background: colour, color: on }}
          >
            {firm.charAt(0)}
          </span>
          <span className="truncate">{firm}</span>
        </span>
        <span className="h-2 w-3/4 rounded-bar" style={{ background: colour }} />
      </div>
    </div>
  )
}
