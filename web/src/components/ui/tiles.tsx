import type { ReactNode } from 'react'

/** One card, hairlines between its tiles. On a phone the first tile is full width and the rest stand in pairs, as far as they have one. */
export function TileStrip({ children, label }: { children: ReactNode; label: string }) {
  return (
    <section
      aria-label={label}
      className="card mb-4 grid grid-cols-2 overflow-clip [&>*]:-mt-px [&>*]:-ml-px [&>*]:border-t [&>*]:border-l [&>*]:border-line [&>:first-child]:max-sm:col-span-2 [&>:last-child:nth-child(even)]:max-sm:col-span-2 sm:grid-cols-[repeat(auto-fit,minmax(168px,1fr))]"
    >
      {children}
    </section>
  )
}

interface TileProps {
  label: ReactNode
  figure: ReactNode
  /** One line of delta or context. */
  context?: ReactNode
  /** 32 px of evidence: a sparkline, a split bar. */
  evidence?: ReactNode
}

export function Tile({ label, figure, context, evidence }: TileProps) {
  return (
    <div className="min-w-0 px-3.5 py-3.5 sm:px-4">
      <p className="text-caption text-ink-2">{label}</p>
      <p className="num text-figure font-semibold tracking-[-0.02em]">{figure}</p>
      <p className="min-h-4 text-caption text-ink-3">{context}</p>
      {evidence === undefined ? null : <div className="mt-2 h-8">{evidence}</div>}
    </div>
  )
}
