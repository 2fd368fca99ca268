'use client'

import { useId, useState } from 'react'
import { Refusal } from '../../components/form/refusal.tsx'
import { postJson } from '../../lib/auth-api.ts'

interface ProviderButtonProps {
  /** What the provider is called. */
  label: string
  /** A path of this portal: where they come back to when signed in. */
  next: string
  /** A path of this portal: where they come back to when not; it is given `?error=`. */
  otherwise: string
}

/** Leaves for the OpenID Connect provider, which sends people back. */
export function ProviderButton({ label, next, otherwise }: ProviderButtonProps) {
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const refusalId = useId()

  async function leave(): Promise<void> {
    setBusy(true)
    const wish = { provider: 'oidc', callbackURL: next, errorCallbackURL: otherwise, disableRedirect: true }
    const answer = await postJson('/api/auth/sign-in/social', wish)
    if (answer.kind === 'done') {
      window.location.assign((answer.body as { url: string }).url)
      return
    }
    setBusy(false)
    setRefusal(answer.status === 404 ? 'The provider does not answer. Please try again in a moment.' : answer.message)
  }

  return (
    <div className="flex flex-col gap-3">
      <button
        type="button"
        className="control"
        disabled={isBusy}
        aria-busy={isBusy}
        aria-describedby={refusalId}
        onClick={() => void leave()}
      >
        {isBusy ? 'Leaving…' : `Sign in with ${label}`}
      </button>
      <Refusal id={refusalId} text={refusal} />
    </div>
  )
}
