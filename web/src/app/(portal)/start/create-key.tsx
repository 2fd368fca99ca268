'use client'

import { KeyRound } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { CopyButton } from '../../../components/ui/copy-button.tsx'
import { graphql } from '../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'

const CreateKeyDocument = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      secret
      userErrors {
        message
      }
    }
  }
`)

/** Makes a key that may send and read, and shows it this once. */
export function CreateKey({ secret, onCreated }: { secret: string | null; onCreated: (secret: string) => void }) {
  const router = useRouter()
  const [state, setState] = useState<{ kind: 'idle' | 'busy' } | { kind: 'failed'; message: string }>({ kind: 'idle' })

  async function create(): Promise<void> {
    setState({ kind: 'busy' })
    try {
      const input = { name: `Portal, ${new Date().toISOString().slice(0, 10)}`, scopes: ['ingest', 'read'] }
      const { createApiKey } = await browserQuery(CreateKeyDocument, { input })
      const [error] = createApiKey.userErrors
      if (error !== undefined || createApiKey.secret == null)
        throw new Error(error?.message ?? 'The server made no key.')
      onCreated(createApiKey.secret)
      setState({ kind: 'idle' })
      router.refresh()
    } catch (error) {
      setState({ kind: 'failed', message: error instanceof Error ? error.message : 'The key was not made.' })
    }
  }

  if (secret !== null) {
    return (
      <div role="status" className="mb-3 rounded-control bg-ok-soft px-3 py-2">
        <p className="text-ok">This key is in the snippet below. It is shown only now.</p>
        <p className="flex flex-wrap items-center justify-between gap-x-3">
          <code className="min-w-0 font-mono text-caption break-all text-ink">{secret}</code>
          <CopyButton text={secret} label="Copy the key" plain />
        </p>
      </div>
    )
  }
  return (
    <div className="mb-3 flex flex-wrap items-center gap-3">
      <button
        type="button"
        className="control control-primary"
        disabled={state.kind === 'busy'}
        onClick={() => void create()}
      >
        <KeyRound size={16} strokeWidth={1.4} aria-hidden />
        {state.kind === 'busy' ? 'Making a key…' : 'Make a key and put it in'}
      </button>
      <p role="status" className="text-bad">
        {state.kind === 'failed' ? state.message : ''}
      </p>
    </div>
  )
}
