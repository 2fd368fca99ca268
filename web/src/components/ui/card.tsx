import type { ReactNode } from 'react'

interface CardProps {
  /** The finding, as a sentence. */
  title: ReactNode
  /** Measure and unit. */
  caption?: ReactNode
  actions?: ReactNode
  id?: string
  /** Tables touch the card's edges; everything else keeps its padding. */
  flush?: boolean
  className?: string
  children: ReactNode
}

export function Card({ title, caption, actions, id, flush = false, className = '', children }: CardProps) {
  return (
    <section id={id} className={`card min-w-0 scroll-mt-20 overflow-clip ${className}`}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-3.5 pt-3.5 sm:px-5 sm:pt-4">
        <div className="min-w-0">
          <h2 className="text-card font-semibold text-balance">{title}</h2>
          {caption === undefined ? null : <p className="text-caption text-ink-3">{caption}</p>}
        </div>
        {actions}
      </div>
      <div className={flush ? 'pt-2.5' : 'px-3.5 pt-3 pb-4 sm:px-5 sm:pb-5'}>{children}</div>
    </section>
  )
}
