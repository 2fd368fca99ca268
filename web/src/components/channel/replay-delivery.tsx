'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { graphql } from '../../lib/browser-graphql.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { Refusal } from '../form/refusal.tsx'

const ReplayDocument = graphql(`
  mutation ReplayDelivery($id: ID!) {
    replayDelivery(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

/** Sends one delivery again, whatever became of it. */
export function ReplayDelivery({ id, of }: { id: string; of: string }) {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  async function replay(): Promise<void> {
    setBusy(true)
    setRefusal(
      await refusalOf(
        async () => (await browserQuery(ReplayDocument, { id })).replayDelivery.userErrors,
        'It was not sent again.',
      ),
    )
    setBusy(false)
    router.refresh()
  }
  return (
    <>
      <button type="button" className="control" disabled={isBusy} onClick={() => void replay()}>
        {isBusy ? 'Sending…' : 'Send again'}
        <span className="sr-only">: {of}</span>
      </button>
      <Refusal text={refusal} />
    </>
  )
}
