'use client'

import { useRouter } from 'next/navigation'
import { useRef } from 'react'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../components/form/field.tsx'
import { eventHref } from '../../../../components/rating/invocation-facts.ts'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { exactDecimalText } from '../../../../lib/format.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { meterText } from '../../../../lib/rate-text.ts'
import { readReplacement, REPLACEABLE, type ReplacementFields } from '../../../../lib/replacement.ts'

const VoidInvocationDocument = graphql(`
  mutation VoidInvocation($input: VoidInvocationInput!) {
    voidInvocation(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const ReplaceInvocationDocument = graphql(`
  mutation ReplaceInvocation($input: ReplaceInvocationInput!) {
    replaceInvocation(input: $input) {
      correction {
        replacementId
      }
      userErrors {
        message
      }
    }
  }
`)

function Reason() {
  return (
    <Field label="Reason" hint="it stays with the event">
      <textarea className="field text-body text-ink" name="reason" rows={2} maxLength={1000} required />
    </Field>
  )
}

/** Takes an event out of every amount. It stays, marked, with who did it and why. */
export function VoidEvent({ id, cost }: { id: string; cost: string | null }) {
  return (
    <ActionDialog
      trigger="Void…"
      title="Void this event?"
      confirm="Void the event"
      busy="Voiding…"
      isDangerous
      run={(form) =>
        refusalOf(
          async () =>
            (
              await browserQuery(VoidInvocationDocument, {
                input: { id, reason: String(form.get('reason') ?? '').trim() },
              })
            ).voidInvocation.userErrors,
          'The event was not voided.',
        )
      }
    >
      <p>
        {cost === null
          ? 'It is in no amount now, and its usage is counted nowhere any more.'
          : `Its agent, task, client and the fleet cost ${cost} less.`}{' '}
        The event stays as it was recorded, and this cannot be taken back.
      </p>
      <Reason />
    </ActionDialog>
  )
}

/** Puts another event in the place of this one, rated by its own moment; both stay. */
export function ReplaceEvent({ id, original }: { id: string; original: ReplacementFields }) {
  const router = useRouter()
  const replacementId = useRef<string | null>(null)

  async function run(form: FormData): Promise<string | null> {
    const replacement = readReplacement(original, (name) => String(form.get(name) ?? ''))
    if (typeof replacement === 'string') return replacement
    return refusalOf(async () => {
      const input = { id, reason: String(form.get('reason') ?? '').trim(), replacement }
      const { replaceInvocation } = await browserQuery(ReplaceInvocationDocument, { input })
      replacementId.current = replaceInvocation.correction?.replacementId ?? null
      return replaceInvocation.userErrors
    }, 'The event was not replaced.')
  }

  function onDone(): void {
    if (replacementId.current === null) router.refresh()
    else router.push(eventHref(replacementId.current))
  }

  return (
    <ActionDialog
      trigger="Replace…"
      isWide
      title="Replace this event?"
      confirm="Replace the event"
      busy="Replacing…"
      run={run}
      onDone={onDone}
    >
      <p>
        The event stays as it was recorded and counts nothing any more; the one you describe here takes its place, rated
        at the moment it occurred. What you leave as it is stays the same.
      </p>
      <div className="grid gap-3 sm:grid-cols-3">
        {REPLACEABLE.map(({ name, label }) => (
          <Field key={name} label={label}>
            <input
              className="field text-body text-ink"
              name={name}
              defaultValue={original.texts[name]}
              autoComplete="off"
            />
          </Field>
        ))}
        {original.usage.map(({ meter, quantity }) => (
          <Field key={meter} label={meterText(meter)}>
            <input
              className="field num text-body text-ink"
              name={`quantity.${meter}`}
              inputMode="decimal"
              defaultValue={exactDecimalText(quantity)}
              autoComplete="off"
              required
            />
          </Field>
        ))}
      </div>
      <Reason />
    </ActionDialog>
  )
}
