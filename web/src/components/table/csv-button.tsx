'use client'

import { Download } from 'lucide-react'

/** Saves what the table shows, with exact amounts, as a CSV file. */
export function CsvButton({ csv, name }: { csv: string; name: string }) {
  function save(): void {
    const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${name}.csv`
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <button type="button" className="control" onClick={save}>
      <Download size={16} strokeWidth={1.4} aria-hidden />
      Export CSV
    </button>
  )
}
