'use client'

import { useId, useState, type FormEvent } from 'react'
import { Refusal } from '../../components/form/refusal.tsx'
import { postJson } from '../../lib/auth-api.ts'

/** A code from the phone is six digits; a backup code has letters and a hyphen. */
const TOTP = /^\d{6}$/

/** The second step of signing in: a code from the phone, or one of the backup codes. */
export function FactorForm({ next }: { next: string }) {
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const refusalId = useId()

  async function check(form: HTMLFormElement): Promise<void> {
    setBusy(true)
    const code = String(new FormData(form).get('code') ?? '').replace(/\s/g, '')
    const path = TOTP.test(code) ? '/api/auth/two-factor/verify-totp' : '/api/auth/two-factor/verify-backup-code'
    const answer = await postJson(path, { code })
    if (answer.kind === 'done') {
      window.location.assign(next)
      return
    }
    setBusy(false)
    setRefusal(answer.status === 401 ? 'This code is not right, or is too old.' : answer.message)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void check(event.currentTarget)
  }

  return (
    <form method="post" onSubmit={onSubmit} className="card flex flex-col gap-3 p-5" aria-describedby={refusalId}>
      <p className="text-ink-2">Your account takes a second factor. Open your authenticator app.</p>
      <label className="flex flex-col gap-1 text-caption text-ink-2">
        Code, or one of your backup codes
        <input
          className="field num text-body"
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={20}
          autoFocus
        />
      </label>
      <Refusal id={refusalId} text={refusal} />
      <button className="control control-primary" disabled={isBusy} aria-busy={isBusy}>
        {isBusy ? 'Checking…' : 'Sign in'}
      </button>
      <a className="link inline-flex min-h-8 items-center text-caption" href="/login">
        Begin again
      </a>
    </form>
  )
}
