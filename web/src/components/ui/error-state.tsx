'use client'

import { RotateCw, TriangleAlert } from 'lucide-react'
import { readDigest } from '../../lib/api-error.ts'

const SENTENCES: Readonly<Record<string, string>> = {
  UNREACHABLE: 'The server does not answer. Nothing is lost; it may be starting.',
  FORBIDDEN: 'Your role does not see this.',
}

/** What went wrong, the request id to quote, and Retry. */
export function ErrorState({ error, retry }: { error: unknown; retry: () => void }) {
  const { code, requestId } = readDigest(error)
  return (
    <div role="alert" className="card flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3">
      <TriangleAlert size={16} strokeWidth={1.6} aria-hidden className="text-bad" />
      <p className="min-w-0 flex-1">
        {SENTENCES[code ?? ''] ?? 'This part could not be loaded.'}
        <span className="block text-caption text-ink-3">
          {requestId === null
            ? 'There is no request id: the request did not reach the server.'
            : `Request ${requestId}`}
          {code === null ? '' : ` · ${code}`}
        </span>
      </p>
      <button type="button" className="control" onClick={retry}>
        <RotateCw size={14} strokeWidth={1.6} aria-hidden />
        Retry
      </button>
    </div>
  )
}
