'use client'

import { Check, Copy } from 'lucide-react'
import { useState } from 'react'

interface CopyButtonProps {
  text: string
  label?: string
  plain?: boolean
}

/** Puts a text on the clipboard and says so for two seconds. */
export function CopyButton({ text, label = 'Copy', plain = false }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'done' | 'refused'>('idle')
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setState('done')
    } catch {
      setState('refused')
    }
    setTimeout(() => setState('idle'), 2_000)
  }
  const Icon = state === 'done' ? Check : Copy
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className={plain ? 'link no-print inline-flex h-8 items-center gap-1.5' : 'control no-print'}
    >
      <Icon size={14} strokeWidth={1.6} aria-hidden />
      <span aria-live="polite">
        {state === 'done' ? 'Copied' : state === 'refused' ? 'Select and copy by hand' : label}
      </span>
    </button>
  )
}
