'use client'

import { useId, useState, type FormEvent } from 'react'
import { Refusal } from '../../../components/form/refusal.tsx'
import { postJson } from '../../../lib/auth-api.ts'
import { enterTenant } from '../../../lib/enter-tenant.ts'
import { text } from '../../../lib/read-form.ts'
import { ProviderButton } from '../../login/provider-button.tsx'

interface JoinFormProps {
  token: string
  tenant: string
  email: string
  /** Whether somebody signs in with this address already. */
  isKnown: boolean
  /** Whether that is who looks. */
  isSignedIn: boolean
  /** What the provider is called by which people may sign in; null: there is none. */
  provider: string | null
  /** Why the provider did not open it; null when they just come. */
  refused: string | null
}

/** Somebody new chooses a name and a password; who is here already joins as they are. */
export function JoinForm({ token, tenant, email, isKnown, isSignedIn, provider, refused }: JoinFormProps) {
  const [refusal, setRefusal] = useState<string | null>(refused)
  const [isBusy, setBusy] = useState(false)
  const refusalId = useId()

  async function join(form: HTMLFormElement): Promise<void> {
    setBusy(true)
    const data = new FormData(form)
    const password = String(data.get('password') ?? '')
    const body = isKnown ? {} : { name: text(data, 'name'), password }
    const answer = await postJson(`/api/join/${token}`, body)
    if (answer.kind === 'done') {
      if (!isKnown) await postJson('/api/auth/sign-in/email', { email, password })
      enterTenant((answer.body as { tenantKey: string }).tenantKey)
      return
    }
    setBusy(false)
    setRefusal(answer.message)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void join(event.currentTarget)
  }

  if (isKnown && !isSignedIn) {
    return (
      <div className="card flex flex-col gap-3 p-5">
        <p className="text-ink-2">Somebody signs in with this address already. If that is you, sign in to join.</p>
        <a className="control control-primary" href={`/login?next=${encodeURIComponent(`/join/${token}`)}`}>
          Sign in and come back
        </a>
      </div>
    )
  }
  return (
    <>
      <form method="post" onSubmit={onSubmit} className="card flex flex-col gap-3 p-5" aria-describedby={refusalId}>
        {isKnown ? (
          <p className="text-ink-2">You are signed in as {email}. Your other tenants stay as they are.</p>
        ) : (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <label className="flex flex-col gap-1 text-caption text-ink-2">
              Your name
              <input className="field text-body" name="name" autoComplete="name" required maxLength={100} />
            </label>
            <label className="flex flex-col gap-1 text-caption text-ink-2">
              A password, of at least 8 characters
              <input
                className="field text-body"
                type="password"
                name="password"
                autoComplete="new-password"
                required
                minLength={8}
                maxLength={256}
              />
            </label>
          </>
        )}
        <Refusal id={refusalId} text={refusal} />
        <button className="control control-primary" disabled={isBusy} aria-busy={isBusy}>
          {isBusy ? 'Joining…' : `Join ${tenant}`}
        </button>
      </form>
      {isKnown || provider === null ? null : (
        <section aria-labelledby="provider-title" className="mt-5">
          <h2 id="provider-title" className="mb-2 text-caption text-ink-3">
            Or without a password, by your firm’s own sign-in
          </h2>
          <ProviderButton label={provider} next={`/join/${token}`} otherwise={`/join/${token}`} />
        </section>
      )}
    </>
  )
}
