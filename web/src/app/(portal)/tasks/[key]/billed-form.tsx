'use client'

import { useActionState, useEffect, useId, useRef } from 'react'
import { setBilledAmount } from './set-billed-amount.ts'

interface BilledFormProps {
  taskKey: string
  currency: string
  billed: string | null
}

/** What the client is billed for this task. The margin follows when the page comes back. */
export function BilledForm({ taskKey, currency, billed }: BilledFormProps) {
  const [state, action, isPending] = useActionState(setBilledAmount, { kind: 'idle' })
  const menu = useRef<HTMLDetailsElement>(null)
  const messageId = useId()

  useEffect(() => {
    if (state.kind === 'saved' && menu.current !== null) menu.current.open = false
  }, [state])

  return (
    <details ref={menu} className="relative">
      <summary className="control">Set billed amount</summary>
      <form action={action} className="popover right-0 flex w-64 flex-col gap-3">
        <input type="hidden" name="key" value={taskKey} />
        <input type="hidden" name="currency" value={currency} />
        <label className="flex flex-col gap-1 text-caption text-ink-2">
          Billed, {currency}
          <input
            className="field num text-body"
            name="amount"
            inputMode="decimal"
            required
            defaultValue={billed ?? ''}
            aria-describedby={messageId}
            aria-invalid={state.kind === 'refused'}
          />
        </label>
        <p id={messageId} role="status" className={state.kind === 'refused' ? 'text-caption text-bad' : 'sr-only'}>
          {state.kind === 'refused' ? state.message : state.kind === 'saved' ? 'Saved.' : ''}
        </p>
        <button className="control control-primary" disabled={isPending}>
          {isPending ? 'Saving…' : 'Save'}
        </button>
      </form>
    </details>
  )
}
