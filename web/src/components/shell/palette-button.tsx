'use client'

import { Search } from 'lucide-react'

export const OPEN_PALETTE_EVENT = 'outlay:open-palette'

export function PaletteButton({ compact = false }: { compact?: boolean }) {
  const open = (): void => void document.dispatchEvent(new Event(OPEN_PALETTE_EVENT))
  if (compact) {
    return (
      <button type="button" aria-label="Find" onClick={open} className="flex size-11 items-center justify-center">
        <Search size={20} strokeWidth={1.4} aria-hidden />
      </button>
    )
  }
  return (
    <button
      type="button"
      onClick={open}
      className="mt-1.5 flex h-8 w-full items-center gap-2 rounded-control border border-line bg-surface px-2 text-ink-3 hover:bg-hover"
    >
      <Search size={16} strokeWidth={1.4} aria-hidden />
      Find
      <kbd className="keycap ml-auto font-sans">⌘K</kbd>
    </button>
  )
}
