import { ChevronDown, Download } from 'lucide-react'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { CsvButton } from './csv-button.tsx'

interface ExportMenuProps {
  /** What the table shows, and what its file is called. */
  csv: string
  name: string
  /** The export of the server that has all rows: "spend". */
  of: string
  params: SearchParams
}

const ITEM = 'flex min-h-8 w-full items-center rounded-control px-2 text-left hover:bg-hover'

/** What is on the page as a file, or every row of the same period and filters, which the server writes. */
export function ExportMenu({ csv, name, of, params }: ExportMenuProps) {
  const kept = { ...params, cursor: undefined }
  return (
    <details className="relative">
      <summary className="control">
        <Download size={16} strokeWidth={1.4} aria-hidden />
        Export
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
      </summary>
      <div className="popover right-0 flex w-52 flex-col">
        <CsvButton csv={csv} name={name} className={ITEM}>
          What I see (CSV)
        </CsvButton>
        <a href={hrefWith(`/v1/exports/${of}.csv`, kept)} download className={ITEM}>
          All rows (CSV)
        </a>
        <a href={hrefWith(`/v1/exports/${of}.xlsx`, kept)} download className={ITEM}>
          All rows (XLSX)
        </a>
      </div>
    </details>
  )
}
