import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'bad' | 'outline'

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-sunken text-ink-2',
  accent: 'bg-accent-soft text-accent-ink',
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  // A reference to something elsewhere.
  outline: 'border border-line-2 text-ink-2',
}

interface BadgeProps {
  tone?: Tone
  Icon?: LucideIcon
  title?: string
  children: ReactNode
}

export function Badge({ tone = 'neutral', Icon, title, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={`inline-flex h-5 items-center gap-1 rounded-badge px-1.5 text-badge font-medium whitespace-nowrap max-sm:h-auto max-sm:min-h-5 max-sm:whitespace-normal ${TONES[tone]}`}
    >
      {Icon === undefined ? null : <Icon size={12} strokeWidth={1.8} aria-hidden />}
      {children}
    </span>
  )
}
