'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { ExportProgressDocument } from '../../../../components/export/export-documents.ts'
import { ProgressBar } from '../../../../components/ui/progress-bar.tsx'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { exportPercent, exportText, isUnderWay, type ExportProgress as Progress } from '../../../../lib/exports.ts'

const POLL_MS = 1_000

/** How far an export is, asked every second until it has ended; then the page is read again. */
export function ExportProgress({ id, label, initial }: { id: string; label: string; initial: Progress }) {
  const router = useRouter()
  const [progress, setProgress] = useState(initial)
  const [failure, setFailure] = useState<string | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined

    async function poll(): Promise<void> {
      try {
        const { export: now } = await browserQuery(ExportProgressDocument, { id }, abort.signal)
        setFailure(null)
        if (now != null) setProgress(now)
        if (now != null && !isUnderWay(now.state)) {
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
  }, [id, router])
  const text = exportText(progress)
  return (
    <span className="block min-w-40">
      <ProgressBar label={`Writing ${label}`} percent={exportPercent(progress)} text={text} />
      <span className="num mt-1 block text-caption whitespace-normal text-ink-2">{text}</span>
      {failure === null ? null : (
        <span role="status" className="block text-caption whitespace-normal text-warn">
          Asking again; the server says: {failure}
        </span>
      )}
    </span>
  )
}
