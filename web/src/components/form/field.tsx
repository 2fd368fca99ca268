import type { ReactNode } from 'react'

interface FieldProps {
  label: ReactNode
  /** What a value looks like, or what it does. */
  hint?: ReactNode
  className?: string
  /** The control itself: an input, a select, a text area. */
  children: ReactNode
}

/** A control under its label. */
export function Field({ label, hint, className = '', children }: FieldProps) {
  return (
    <label className={`flex min-w-0 flex-col gap-1 text-caption text-ink-2 ${className}`}>
      <span>
        {label}
        {hint === undefined ? null : <span className="text-ink-3"> · {hint}</span>}
      </span>
      {children}
    </label>
  )
}
