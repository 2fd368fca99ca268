import { ChevronDown, Download } from 'lucide-react'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import type { ExportJob } from '../export/export-job.ts'
import { StartExport } from '../export/start-export.tsx'
import { CsvButton } from './csv-button.tsx'

interface ExportMenuProps {
  /** What the table shows, and what its file is called. Null where it is too much to send along. */
  csv: string | null
  name: string
  /** The export of the server that has all rows: the name of one that is answered at once ("spend"), or a job that may be long. */
  of: string | ExportJob
  /** What else there is of the same period, such as every event behind the table. */
  more?: readonly ExportJob[] | undefined
  params: SearchParams
}

const FORMATS = ['CSV', 'XLSX'] as const
const ITEM = 'flex min-h-8 w-full items-center rounded-control px-2 text-left hover:bg-hover'

/** What is on the page as a file, or every row of the same period and filters, which the server writes. */
export function ExportMenu({ csv, name, of, more = [], params }: ExportMenuProps) {
  const kept = { ...params, cursor: undefined }
  return (
    <details className="relative">
      <summary className="control">
        <Download size={16} strokeWidth={1.4} aria-hidden />
        Export
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
      </summary>
      <div className="popover right-0 flex w-52 flex-col">
        {csv === null ? null : (
          <CsvButton csv={csv} name={name} className={ITEM}>
            What I see (CSV)
          </CsvButton>
        )}
        {FORMATS.map((format) =>
          typeof of === 'string' ? (
            <a
              key={format}
              href={hrefWith(`/v1/exports/${of}.${format.toLowerCase()}`, kept)}
              download
              className={ITEM}
            >
              All rows ({format})
            </a>
          ) : (
            <StartExport key={format} job={of} format={format} className={ITEM}>
              {of.words} ({format})
            </StartExport>
          ),
        )}
        {more.flatMap((job) =>
          (job.isCsvOnly === true ? (['CSV'] as const) : FORMATS).map((format) => (
            <StartExport key={`${job.kind} ${format}`} job={job} format={format} className={ITEM}>
              {job.words} ({format})
            </StartExport>
          )),
        )}
      </div>
    </details>
  )
}
