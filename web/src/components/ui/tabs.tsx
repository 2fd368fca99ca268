'use client'

import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'

interface Tab {
  id: string
  label: string
  content: ReactNode
}

interface TabsProps {
  label: string
  tabs: readonly Tab[]
  heading: ReactNode
  caption?: ReactNode
  /** Within another card: without an edge of its own. */
  isPlain?: boolean
}

/**
 * A card whose content has two faces, usually Chart and Table. Both come with the page, so nothing is fetched twice; the one that is not
 * chosen becomes elements only when it is.
 */
export function TabbedCard({ label, tabs, heading, caption, isPlain = false }: TabsProps) {
  const [chosen, setChosen] = useState(0)
  const id = useId()

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = (chosen + step + tabs.length) % tabs.length
    setChosen(next)
    const buttons = event.currentTarget.querySelectorAll<HTMLButtonElement>('[role="tab"]')
    buttons[next]?.focus()
  }

  return (
    <section className={isPlain ? 'min-w-0' : 'card min-w-0 overflow-clip'}>
      <div
        className={`flex items-start justify-between gap-4 ${isPlain ? '' : 'px-3.5 pt-3.5 sm:px-5 sm:pt-4'} ${tabs.length > 2 ? 'max-sm:flex-wrap max-sm:gap-y-0' : ''}`}
      >
        <div className="min-w-0">
          <h2 className="text-card font-semibold text-balance">{heading}</h2>
          {caption === undefined ? null : <p className="text-caption text-ink-3">{caption}</p>}
        </div>
        <div role="tablist" aria-label={label} onKeyDown={onKeyDown} className="no-print flex shrink-0 gap-3">
          {tabs.map((tab, index) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}-tab-${tab.id}`}
              aria-controls={`${id}-panel-${tab.id}`}
              aria-selected={chosen === index}
              tabIndex={chosen === index ? 0 : -1}
              onClick={() => setChosen(index)}
              className={`h-8 border-b text-caption whitespace-nowrap ${
                chosen === index ? 'border-accent font-[550] text-ink' : 'border-transparent text-ink-3 hover:text-ink'
              }`}
            >
              {tab.label}
            </button>
          ))}
        </div>
      </div>
      {tabs.map((tab, index) => (
        <div
          key={tab.id}
          role="tabpanel"
          id={`${id}-panel-${tab.id}`}
          aria-labelledby={`${id}-tab-${tab.id}`}
          hidden={chosen !== index}
        >
          {chosen === index ? tab.content : null}
        </div>
      ))}
    </section>
  )
}
