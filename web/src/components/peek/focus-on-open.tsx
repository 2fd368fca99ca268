'use client'

import { useEffect, useRef, type ReactNode } from 'react'

/** When a click opens the panel below the table (narrow screens), brings it into view; beside the table nothing moves. */
export function FocusOnOpen({ openKey, children }: { openKey: string; children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null)
  const last = useRef<string | null>(null)
  useEffect(() => {
    const wasOpened =
      last.current !== null ? last.current !== openKey : document.activeElement?.closest('[data-peek]') != null
    last.current = openKey
    if (!wasOpened || window.matchMedia('(min-width: 1080px)').matches) return
    element.current?.focus()
    element.current?.scrollIntoView({ block: 'start' })
  }, [openKey])
  return (
    <div ref={element} tabIndex={-1} className="scroll-mt-20 outline-none">
      {children}
    </div>
  )
}
