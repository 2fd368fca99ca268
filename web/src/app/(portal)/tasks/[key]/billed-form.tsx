'use client'

import { useRouter } from 'next/navigation'
import { useId, useRef, useState, useTransition, type FormEvent } from 'react'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { readAmountInput } from '../../../../lib/amount-input.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'

const SetBilledDocument = graphql(`
  mutation SetBilled($input: UpsertTaskInput!) {
    upsertTask(input: $input) {
      userErrors {
        code
        message
      }
    }
  }
`)

interface BilledFormProps {
  taskKey: string
  currency: string
  billed: string | null
}

/** Null when it is saved, else the sentence to show. */
async function save(key: string, currency: string, text: string): Promise<string | null> {
  const amount = readAmountInput(text)
  if (amount === null) return 'Write the amount like 50 or 1,250.00.'
  try {
    const { upsertTask } = await browserQuery(SetBilledDocument, { input: { key, billed: { amount, currency } } })
    return upsertTask.userErrors[0]?.message ?? null
  } catch (error) {
    return error instanceof Error ? error.message : 'The amount was not saved.'
  }
}

/** What the client is billed for this task. The margin follows when the page comes back. */
export function BilledForm({ taskKey, currency, billed }: BilledFormProps) {
  const router = useRouter()
  const menu = useRef<HTMLDetailsElement>(null)
  const messageId = useId()
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isSaving, setSaving] = useState(false)
  const [isRefreshing, startRefresh] = useTransition()

  async function submit(form: HTMLFormElement): Promise<void> {
    setSaving(true)
    const message = await save(taskKey, currency, String(new FormData(form).get('amount') ?? ''))
    setSaving(false)
    setRefusal(message)
    if (message !== null) return
    if (menu.current !== null) menu.current.open = false
    startRefresh(() => router.refresh())
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    void submit(event.currentTarget)
  }

  return (
    <details ref={menu} className="relative" aria-busy={isRefreshing}>
      <summary className="control">Set billed amount</summary>
      <form
        method="post"
        onSubmit={onSubmit}
        className="popover right-0 flex w-64 flex-col gap-3 max-sm:right-auto max-sm:left-0"
      >
        <label className="flex flex-col gap-1 text-caption text-ink-2">
          Billed, {currency}
          <input
            className="field num text-body"
            name="amount"
            inputMode="decimal"
            required
            defaultValue={billed ?? ''}
            aria-describedby={messageId}
            aria-invalid={refusal !== null}
          />
        </label>
        <p id={messageId} role="status" className="text-caption text-bad empty:hidden">
          {refusal}
        </p>
        <button className="control control-primary" disabled={isSaving}>
          {isSaving ? 'Saving…' : 'Save'}
        </button>
      </form>
    </details>
  )
}
