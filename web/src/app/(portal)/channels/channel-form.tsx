'use client'

import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { Field } from '../../../components/form/field.tsx'
import { PickMany } from '../../../components/form/pick-many.tsx'
import { Refusal } from '../../../components/form/refusal.tsx'
import type { ChannelFacts } from '../../../components/channel/channel-facts.ts'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../lib/browser-graphql.ts'
import type { ChannelDigest, ChannelInput, ChannelKind } from '../../../generated/graphql.ts'
import { ALERT_KINDS, KIND_NAMES } from '../../../lib/alerts.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { readChannelForm, scopeValue } from '../../../lib/channel-form.ts'
import { CHANNEL_KINDS, DIGESTS, SEVERITY_CHOICES } from '../../../lib/channels.ts'
import { refusalOf } from '../../../lib/mutate.ts'
import { SigningSecret } from './signing-secret.tsx'

const CreateChannelDocument = graphql(`
  mutation CreateChannel($input: ChannelInput!) {
    createChannel(input: $input) {
      signingSecret
      channel {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

const UpdateChannelDocument = graphql(`
  mutation UpdateChannel($id: ID!, $input: ChannelInput!) {
    updateChannel(id: $id, input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface ChannelFormProps {
  /** The channel to change; null for a new one. */
  channel: ChannelFacts | null
  scopes: readonly { value: string; label: string }[]
}

const TARGETS = {
  EMAIL: { label: 'E-mail addresses', hint: 'comma between them', placeholder: 'finance@fernhill.example' },
  WEBHOOK: { label: 'Address', hint: 'https', placeholder: 'https://hooks.example.com/outlay' },
  SLACK: { label: 'Webhook address', hint: 'as Slack gives it', placeholder: 'https://hooks.slack.com/services/…' },
} as const satisfies Record<ChannelKind, { label: string; hint: string; placeholder: string }>

interface Made {
  id: string | null
  secret: string | null
}

/** Who is told, of what, and when. */
export function ChannelForm({ channel, scopes }: ChannelFormProps) {
  const router = useRouter()
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? 'EMAIL')
  const [digest, setDigest] = useState<ChannelDigest>(channel?.digest ?? 'NONE')
  const [invalid, setInvalid] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isSaving, setSaving] = useState(false)
  const [isSaved, setSaved] = useState(false)
  const [made, setMade] = useState<Made | null>(null)

  async function write(input: ChannelInput): Promise<{ message: string | null; made: Made }> {
    let result: Made = { id: channel?.id ?? null, secret: null }
    const message = await refusalOf(async () => {
      if (channel !== null)
        return (await browserQuery(UpdateChannelDocument, { id: channel.id, input })).updateChannel.userErrors
      const { createChannel } = await browserQuery(CreateChannelDocument, { input })
      result = { id: createChannel.channel?.id ?? null, secret: createChannel.signingSecret ?? null }
      return createChannel.userErrors
    }, 'The channel was not saved.')
    return { message, made: result }
  }

  async function save(form: HTMLFormElement): Promise<void> {
    const read = readChannelForm(new FormData(form))
    setInvalid(read.kind === 'refused' ? read.field : null)
    if (read.kind === 'refused') {
      setRefusal(read.message)
      form.querySelector<HTMLElement>(`[name="${read.field}"]`)?.focus()
      return
    }
    setSaving(true)
    const done = await write(read.value)
    setSaving(false)
    setRefusal(done.message)
    if (done.message !== null) return
    if (channel !== null) {
      setSaved(true)
      router.refresh()
    } else if (done.made.secret !== null) setMade(done.made)
    else router.push(hrefOf(done.made))
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isSaving) void save(event.currentTarget)
  }

  if (made !== null && made.secret !== null) {
    return (
      <Card title="The channel is there" caption="Its hooks are signed; this is the secret to check them with">
        <SigningSecret secret={made.secret} />
        <Link href={hrefOf(made)} className="control control-primary mt-4">
          To the channel
        </Link>
      </Card>
    )
  }
  const target = TARGETS[kind]
  const input = (name: string, more: Record<string, unknown> = {}) => (
    <input
      className="field text-body text-ink"
      name={name}
      autoComplete="off"
      aria-invalid={invalid === name}
      {...more}
    />
  )
  return (
    <form
      method="post"
      onSubmit={onSubmit}
      onChange={() => setSaved(false)}
      className="flex max-w-[880px] flex-col gap-4"
    >
      <Card title="Who is told" caption="An address inside your own network is refused">
        <div className="grid grid-cols-6 gap-3">
          <Field label="Name" className="col-span-6 sm:col-span-3">
            {input('name', { required: true, maxLength: 100, defaultValue: channel?.name, placeholder: 'Fleet costs' })}
          </Field>
          <Field label="By" className="col-span-6 sm:col-span-3">
            {channel === null ? (
              <select
                className="field text-body text-ink"
                name="kind"
                value={kind}
                onChange={(event) => setKind(event.target.value as ChannelKind)}
              >
                {(Object.entries(CHANNEL_KINDS) as [ChannelKind, string][]).map(([id, label]) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              </select>
            ) : (
              <>
                <input type="hidden" name="kind" value={kind} />
                <input className="field text-body text-ink-2" value={CHANNEL_KINDS[kind]} readOnly />
              </>
            )}
          </Field>
          <Field
            label={target.label}
            hint={
              channel !== null && kind === 'SLACK' ? 'the rest of it is a secret; leave it to keep it' : target.hint
            }
            className="col-span-6"
          >
            {input('target', {
              required: true,
              maxLength: 2000,
              defaultValue: channel?.target,
              placeholder: target.placeholder,
            })}
          </Field>
        </div>
      </Card>
      <Card title="Of what" caption="All of these must fit" className="overflow-visible!">
        <div className="flex flex-wrap items-end gap-3">
          <div className="flex flex-col gap-1 text-caption text-ink-2">
            <span>Kinds</span>
            <PickMany
              name="kinds"
              noun="kinds"
              options={ALERT_KINDS.map((value) => ({ value, label: KIND_NAMES[value] }))}
              initial={channel?.kinds ?? []}
            />
          </div>
          <Field label="From">
            <select
              className="field text-body text-ink"
              name="minSeverity"
              defaultValue={channel?.minSeverity ?? 'INFO'}
            >
              {SEVERITY_CHOICES.map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
          <div className="flex flex-col gap-1 text-caption text-ink-2">
            <span>About</span>
            <PickMany
              name="scopes"
              noun="scopes"
              options={scopes}
              initial={(channel?.scopes ?? []).map(scopeValue)}
              finds={{ kinds: ['AGENT', 'CLIENT', 'PROJECT'], valueOf: 'kind:key' }}
            />
          </div>
        </div>
      </Card>
      <Card title="When" caption="Hours are on the clock of the tenant">
        <div className="grid grid-cols-6 gap-3">
          <Field label="Sent" className="col-span-6 sm:col-span-2">
            <select
              className="field text-body text-ink"
              name="digest"
              value={digest}
              onChange={(event) => setDigest(event.target.value as ChannelDigest)}
            >
              {(Object.entries(DIGESTS) as [ChannelDigest, string][]).map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
          {digest === 'DAILY' ? (
            <Field label="At" className="col-span-6 sm:col-span-2">
              <select
                className="field num text-body text-ink"
                name="digestHour"
                defaultValue={channel?.digestHour ?? 8}
              >
                {Array.from({ length: 24 }, (_, hour) => (
                  <option key={hour} value={hour}>
                    {String(hour).padStart(2, '0')}:00
                  </option>
                ))}
              </select>
            </Field>
          ) : null}
          <Field label="Quiet from" hint="empty: never" className="col-span-3 sm:col-span-2 sm:col-start-1">
            {input('quietFrom', { type: 'time', defaultValue: channel?.quietFrom?.slice(0, 5) })}
          </Field>
          <Field label="Quiet to" className="col-span-3 sm:col-span-2">
            {input('quietTo', { type: 'time', defaultValue: channel?.quietTo?.slice(0, 5) })}
          </Field>
          <label className="col-span-6 flex min-h-8 items-center gap-2.5">
            <input
              type="checkbox"
              name="criticalBreaksQuiet"
              defaultChecked={channel?.criticalBreaksQuiet ?? true}
              className="size-4 shrink-0 accent-[var(--accent)]"
            />
            What is critical is sent in quiet hours too
          </label>
        </div>
      </Card>
      <Refusal text={refusal} />
      <div className="flex flex-wrap items-center gap-2">
        <button className="control control-primary" disabled={isSaving} aria-busy={isSaving}>
          {isSaving ? 'Saving…' : channel === null ? 'Create the channel' : 'Save the channel'}
        </button>
        <Link className="control" href="/channels">
          {channel === null ? 'Cancel' : 'Back'}
        </Link>
        <span role="status" className="text-caption text-ok empty:hidden">
          {isSaved ? 'Saved' : ''}
        </span>
      </div>
    </form>
  )
}

function hrefOf({ id }: Made): string {
  return id === null ? '/channels' : `/channels/${encodeURIComponent(id)}`
}
