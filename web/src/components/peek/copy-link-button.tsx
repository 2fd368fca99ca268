'use client'

import { Check, Link2 } from 'lucide-react'
import { useState } from 'react'

/** Copies the address of the page as it is, with this panel open. */
export function CopyLinkButton() {
  const [isDone, setDone] = useState(false)
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(window.location.href)
    setDone(true)
    setTimeout(() => setDone(false), 2_000)
  }
  const Icon = isDone ? Check : Link2
  return (
    <button
      type="button"
      aria-label={isDone ? 'Link copied' : 'Copy a link to this'}
      onClick={() => void copy().catch(() => null)}
      className="flex size-8 items-center justify-center rounded-control hover:bg-hover"
    >
      <Icon size={16} strokeWidth={1.4} aria-hidden />
    </button>
  )
}
