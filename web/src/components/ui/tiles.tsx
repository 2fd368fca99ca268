import { isValidElement, type CSSProperties, type ReactNode } from 'react'

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

/** A figure as small as its place makes it: a text, or an element around one. An Amount sees to it itself. */
export function Fitting({ children }: { children: ReactNode }) {
  const text = isValidElement<{ children?: ReactNode }>(children) ? children.props.children : children
  const long = typeof text === 'string' ? longFigure(text) : null
  return long === null ? children : <span {...long}>{children}</span>
}

interface TileProps {
  label: ReactNode
  figure: ReactNode
  /** One line of delta or context. */
  context?: ReactNode
  /** 32 px of evidence: a sparkline, a split bar. */
  evidence?: ReactNode
}

/** As many characters have room in every tile. */
const LONG_FROM = 9

/** What makes a figure of so many characters fit its place; nothing for what fits anyway. */
export function longFigure(text: string): { className: string; style: CSSProperties } | null {
  if (text.length < LONG_FROM) return null
  return { className: 'long-figure', style: { '--characters': text.length } as CSSProperties }
}

export function Tile({ label, figure, context, evidence }: TileProps) {
  return (
    <div className="min-w-0 px-3.5 py-3.5 sm:px-4">
      <p className="text-caption text-ink-2">{label}</p>
      <p className="num figure text-figure font-semibold tracking-[-0.02em]">
        <Fitting>{figure}</Fitting>
      </p>
      <p className="min-h-4 text-caption text-ink-3">{context}</p>
      {evidence === undefined ? null : <div className="mt-2 h-8">{evidence}</div>}
    </div>
  )
}
