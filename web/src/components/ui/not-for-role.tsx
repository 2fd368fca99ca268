import type { ReactNode } from 'react'

/** Hidden by permission says so: what it is, and who has it. */
export function NotForRole({ children }: { children: ReactNode }) {
  return (
    <p data-hidden-by-role className="card px-3.5 py-4 sm:px-5 text-ink-2">
      {children}
    </p>
  )
}
