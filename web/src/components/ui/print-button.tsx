'use client'

import { Printer } from 'lucide-react'

export function PrintButton() {
  return (
    <button type="button" className="control max-sm:hidden" onClick={() => window.print()}>
      <Printer size={16} strokeWidth={1.4} aria-hidden />
      Print
    </button>
  )
}
