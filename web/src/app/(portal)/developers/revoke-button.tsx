'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { graphql } from '../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'

const RevokeDocument = graphql(`
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

/** Ends a key. The first press asks, the second does it. */
export function RevokeButton({ id, name }: { id: string; name: string }) {
  const router = useRouter()
  const [state, setState] = useState<'idle' | 'asking' | 'busy' | 'failed'>('idle')
  async function press(): Promise<void> {
    if (state !== 'asking') {
      setState('asking')
      return
    }
    setState('busy')
    try {
      const { revokeApiKey } = await browserQuery(RevokeDocument, { id })
      setState(revokeApiKey.userErrors.length === 0 ? 'idle' : 'failed')
      router.refresh()
    } catch {
      setState('failed')
    }
  }
  const words = { idle: 'Revoke', asking: 'Really revoke?', busy: 'Revoking…', failed: 'Not revoked, try again' }
  return (
    <button
      type="button"
      className={`control ${state === 'asking' ? '!text-bad' : ''}`}
      disabled={state === 'busy'}
      onClick={() => void press()}
      onBlur={() => setState((now) => (now === 'asking' ? 'idle' : now))}
    >
      {words[state]}
      <span className="sr-only"> {name}</span>
    </button>
  )
}
