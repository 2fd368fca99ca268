import type { ReactNode } from 'react'

/** The page's main column and, when something is open, the panel docked right of it; on a narrow screen it follows below. */
export function WithPeek({ panel, children }: { panel: ReactNode | null; children: ReactNode }) {
  if (panel === null) return <div className="min-w-0">{children}</div>
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_328px] xl:grid-cols-[minmax(0,1fr)_344px]">
      <div className="min-w-0">{children}</div>
      {panel}
    </div>
  )
}
