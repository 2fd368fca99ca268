'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { graphql } from '../../lib/browser-graphql.ts'
import type { ReratingKind, ReratingProgressQuery } from '../../generated/graphql.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { progressPercent, progressText, stateOf } from '../../lib/rerating.ts'
import { Card } from '../ui/card.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'

const ReratingProgressDocument = graphql(`
  query ReratingProgress($id: ID!) {
    rerating(id: $id) {
      state
      progress {
        done
        total
        ratio
        perSecond
        etaSeconds
      }
    }
  }
`)

type JobState = Pick<NonNullable<ReratingProgressQuery['rerating']>, 'state' | 'progress'>

interface JobProgressProps {
  id: string
  kind: ReratingKind
  initial: JobState
}

const POLL_MS = 1_000

/** Asks every second how far it is, until it has ended; then the page is read again. */
function useJob({ id, kind, initial }: JobProgressProps): { job: JobState; failure: string | null } {
  const router = useRouter()
  const [job, setJob] = useState(initial)
  const [failure, setFailure] = useState<string | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined

    async function poll(): Promise<void> {
      try {
        const { rerating } = await browserQuery(ReratingProgressDocument, { id }, abort.signal)
        setFailure(null)
        if (rerating != null) setJob(rerating)
        if (rerating != null && !stateOf(kind, rerating.state).isRunning) {
          router.refresh()
          return
        }
      } catch (error) {
        if (abort.signal.aborted) return
        setFailure(error instanceof Error ? error.message : 'The server does not answer.')
      }
      timer = setTimeout(() => void poll(), POLL_MS)
    }

    timer = setTimeout(() => void poll(), POLL_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [id, kind, router])
  return { job, failure }
}

/** How far a job is: percentage, rate and time left, for the eye each second and for the ear each tenth. */
export function JobProgress(props: JobProgressProps) {
  const { job, failure } = useJob(props)
  const percent = progressPercent(job.progress)
  const isApplying = job.state === 'APPLYING' || job.state === 'APPLY_QUEUED'
  const doing = isApplying ? 'Applying' : props.kind === 'SIMULATION' ? 'Computing' : 'Previewing'
  const isWaiting = job.state === 'PREVIEW_QUEUED' || job.state === 'APPLY_QUEUED'
  return (
    <Card
      title={
        isWaiting
          ? `${doing} begins as soon as a worker is free`
          : `${doing}: ${percent === null ? 'counting the events' : `${percent}\u00a0%`}`
      }
      caption={
        isApplying
          ? 'It goes on if you leave this page; a worker that stops is followed by another where it stopped'
          : 'Nothing is written; it goes on if you leave this page'
      }
      className="mb-4"
    >
      <ProgressBar label={doing} percent={isWaiting ? null : percent} text={progressText(job.progress)} />
      <p className="num mt-2 text-caption whitespace-normal text-ink-2">{progressText(job.progress)}</p>
      <p role="status" className="sr-only">
        {isWaiting
          ? `${doing} waits for a worker.`
          : percent === null
            ? ''
            : `${doing}, ${percent - (percent % 10)} percent.`}
      </p>
      {failure === null ? null : (
        <p role="status" className="mt-1 text-caption text-warn">
          Asking again; the server says: {failure}
        </p>
      )}
    </Card>
  )
}
