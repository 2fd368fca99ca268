'use client'

import { useRouter } from 'next/navigation'
import { useState, type ReactNode } from 'react'
import { browserQuery } from '../../lib/browser-api.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { Refusal } from '../form/refusal.tsx'
import { ExportSizeDocument, StartExportDocument } from './export-documents.ts'
import { exportAddress, type ExportJob } from './export-job.ts'

interface StartExportProps {
  job: ExportJob
  format: 'CSV' | 'XLSX'
  className: string
  children: ReactNode
}

/** Fetches a file of all rows when they are few; else has a worker write it, and goes to where that is seen. */
export function StartExport({ job, format, className, children }: StartExportProps) {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)

  async function start(): Promise<void> {
    const { kind, range, filters } = job
    const input = { kind, range, filters: [...filters] }
    setBusy(true)
    setRefusal(
      await refusalOf(async () => {
        const { exportSize } = await browserQuery(ExportSizeDocument, { input })
        if (!exportSize.needsJob) {
          window.location.assign(exportAddress(job, format))
          return []
        }
        const { startExport } = await browserQuery(StartExportDocument, { input: { ...input, format } })
        if (startExport.userErrors.length === 0) router.push('/settings/exports')
        return startExport.userErrors
      }, 'The export was not started.'),
    )
    setBusy(false)
  }

  return (
    <>
      <button type="button" className={className} aria-busy={isBusy} onClick={() => isBusy || void start()}>
        {children}
      </button>
      <Refusal text={refusal} />
    </>
  )
}
