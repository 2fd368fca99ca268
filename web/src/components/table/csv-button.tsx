'use client'

import { Download } from 'lucide-react'
import type { MouseEvent, ReactNode } from 'react'

interface CsvButtonProps {
  csv: string
  name: string
  className?: string
  children?: ReactNode
}

/** Saves what the table shows, with exact amounts, as a CSV file. */
export function CsvButton({ csv, name, className = 'control', children }: CsvButtonProps) {
  function save(event: MouseEvent<HTMLButtonElement>): void {
    const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${name}.csv`
    link.click()
    URL.revokeObjectURL(url)
    // In a menu, choosing closes it, as following a link of it does.
    event.currentTarget.closest('details')?.removeAttribute('open')
  }
  return (
    <button type="button" className={className} onClick={save}>
      {children ?? (
        <>
          <Download size={16} strokeWidth={1.4} aria-hidden />
          Export CSV
        </>
      )}
    </button>
  )
}
