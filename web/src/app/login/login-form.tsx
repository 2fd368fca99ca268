'use client'

import { useId, useState, type FormEvent } from 'react'
import { postJson } from '../../lib/auth-api.ts'
import type { DemoLogin } from '../../lib/demo.ts'
import { FactorForm } from './factor-form.tsx'
import { ProviderButton } from './provider-button.tsx'

interface LoginFormProps {
  /** A path of this portal, already checked. */
  next: string
  demo: readonly DemoLogin[]
  /** What the provider is called by which people may sign in; null: there is none. */
  provider: string | null
  /** Why somebody who comes back was not signed in; null when they just come. */
  refused: string | null
}

type State =
  | { kind: 'idle' }
  | { kind: 'busy'; what: string }
  | { kind: 'refused'; message: string }
  | { kind: 'sent'; email: string }
  /** The password was right; a code is asked for. */
  | { kind: 'factor' }

/** Whether the password was right and a second factor is asked for; nobody is signed in yet. */
function takesFactor(body: unknown): boolean {
  return (body as { twoFactorRedirect?: boolean } | null)?.twoFactorRedirect === true
}

/** Why somebody is not let in, in words; the sign-in service says less. */
function wordsOf({ status, message }: { status: number; message: string }): string {
  return status === 401 ? 'This e-mail and password do not belong together.' : message
}

export function LoginForm({ next, demo, provider, refused }: LoginFormProps) {
  const [state, setState] = useState<State>(refused === null ? { kind: 'idle' } : { kind: 'refused', message: refused })
  const [email, setEmail] = useState('')
  const messageId = useId()
  const isBusy = state.kind === 'busy'

  async function signIn(login: { email: string; password: string }, what: string): Promise<void> {
    setState({ kind: 'busy', what })
    const answer = await postJson('/api/auth/sign-in/email', login)
    if (answer.kind === 'refused') setState({ kind: 'refused', message: wordsOf(answer) })
    else if (takesFactor(answer.body)) setState({ kind: 'factor' })
    else window.location.assign(next)
  }

  async function sendLink(): Promise<void> {
    if (!email.includes('@')) {
      setState({ kind: 'refused', message: 'Enter your e-mail address first.' })
      return
    }
    setState({ kind: 'busy', what: 'link' })
    const wish = { email, callbackURL: next, errorCallbackURL: '/login' }
    const answer = await postJson('/api/auth/sign-in/magic-link', wish)
    setState(answer.kind === 'done' ? { kind: 'sent', email } : { kind: 'refused', message: answer.message })
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    void signIn({ email, password: String(data.get('password') ?? '') }, 'password')
  }

  if (state.kind === 'factor') return <FactorForm next={next} />
  return (
    <>
      <form method="post" onSubmit={onSubmit} className="card flex flex-col gap-3 p-5" aria-describedby={messageId}>
        <label className="flex flex-col gap-1 text-caption text-ink-2">
          E-mail
          <input
            className="field text-body"
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </label>
        <label className="flex flex-col gap-1 text-caption text-ink-2">
          Password
          <input className="field text-body" type="password" name="password" autoComplete="current-password" required />
        </label>
        <p id={messageId} role="status" className={state.kind === 'refused' ? 'text-bad' : 'text-ink-2'}>
          {state.kind === 'refused' ? state.message : null}
          {state.kind === 'sent' ? `A sign-in link is on its way to ${state.email}.` : null}
        </p>
        <button className="control control-primary" disabled={isBusy}>
          {state.kind === 'busy' && state.what === 'password' ? 'Signing in…' : 'Sign in'}
        </button>
        <button type="button" className="control" disabled={isBusy} onClick={() => void sendLink()}>
          {state.kind === 'busy' && state.what === 'link' ? 'Sending…' : 'E-mail me a link instead'}
        </button>
      </form>
      {provider === null ? null : (
        <section aria-labelledby="provider-title" className="mt-5">
          <h2 id="provider-title" className="mb-2 text-caption text-ink-3">
            Or by your firm’s own sign-in
          </h2>
          <ProviderButton label={provider} next={next} otherwise={`/login?next=${encodeURIComponent(next)}`} />
        </section>
      )}
      {demo.length === 0 ? null : (
        <section aria-labelledby="demo-title" className="mt-5">
          <h2 id="demo-title" className="mb-2 text-caption text-ink-3">
            Or look at the demo as
          </h2>
          <div className="grid grid-cols-2 gap-2">
            {demo.map((login) => (
              <button
                key={login.email}
                type="button"
                className="control"
                disabled={isBusy}
                onClick={() => void signIn({ email: login.email, password: login.password }, login.label)}
              >
                {state.kind === 'busy' && state.what === login.label ? 'Signing in…' : login.label}
              </button>
            ))}
          </div>
        </section>
      )}
    </>
  )
}
