'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { browserQuery } from '../../lib/browser-api.ts'
import { isUnderWay, runPercent, runText, type RunProgress } from '../../lib/reports.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { ReportProgressDocument } from './report-documents.ts'

const POLL_MS = 1_000

interface ReportProgressProps {
  /** Of the report. */
  id: string
  runId: string
  label: string
  initial: RunProgress
}

/** How far the making of a report is, asked every second until it has ended; then the page is read again. */
export function ReportProgress({ id, runId, label, initial }: ReportProgressProps) {
  const router = useRouter()
  const [progress, setProgress] = useState(initial)
  const [failure, setFailure] = useState<string | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined

    async function poll(): Promise<void> {
      try {
        const { report } = await browserQuery(ReportProgressDocument, { id }, abort.signal)
        const now = report?.runs.find((run) => run.id === runId)
        setFailure(null)
        if (now !== undefined) setProgress(now)
        if (now !== undefined && !isUnderWay(now)) {
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
  }, [id, runId, router])
  const text = runText(progress)
  return (
    <span className="block min-w-40">
      <ProgressBar label={`Making ${label}`} percent={runPercent(progress)} text={text} />
      <span className="num mt-1 block text-caption whitespace-normal text-ink-2">{text}</span>
      {failure === null ? null : (
        <span role="status" className="block text-caption whitespace-normal text-warn">
          Asking again; the server says: {failure}
        </span>
      )}
    </span>
  )
}
