'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Refusal } from '../../../../../components/form/refusal.tsx'
import type { CostFilter } from '../../../../../generated/graphql.ts'
import { previewRerating } from '../start-rerating.tsx'

interface PreviewAgainProps {
  range: { from: string; to: string }
  filter: CostFilter | null
}

/** A new preview of the same days and the same filter. */
export function PreviewAgain({ range, filter }: PreviewAgainProps) {
  const router = useRouter()
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function start(): Promise<void> {
    setBusy(true)
    const started = await previewRerating(range, filter)
    setBusy(false)
    if ('refusal' in started) setRefusal(started.refusal)
    else router.push(`/rate-cards/re-rating/${encodeURIComponent(started.id)}`)
  }

  return (
    <span className="no-print flex flex-col items-end gap-1">
      <button type="button" className="control control-primary" disabled={isBusy} onClick={() => void start()}>
        {isBusy ? 'Starting…' : 'Preview again'}
      </button>
      <Refusal text={refusal} />
    </span>
  )
}
