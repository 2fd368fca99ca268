import { X } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import { hrefWith } from '../../lib/search-params.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Fitting } from '../ui/tiles.tsx'
import { CopyLinkButton } from './copy-link-button.tsx'
import { FocusOnOpen } from './focus-on-open.tsx'

interface PeekPanelProps {
  title: ReactNode
  caption: ReactNode
  /** Where closing leads; null for a panel that is always there. */
  closeHref: string | null
  figure: ReactNode
  /** How the figure comes about, in one line. */
  formula: ReactNode
  openKey: string
  children: ReactNode
}

/** "Show the arithmetic": docked right of the table, never over it. Each section ends in the sum it proves. */
export function PeekPanel({ title, caption, closeHref, figure, formula, openKey, children }: PeekPanelProps) {
  return (
    <aside
      aria-labelledby="peek-title"
      className="card min-w-0 overflow-clip lg:sticky lg:top-6 lg:max-h-[calc(100dvh-48px)] lg:overflow-y-auto"
      tabIndex={0}
    >
      <div className="flex items-start justify-between gap-2 px-4 pt-3 pb-3 sm:px-5">
        <div className="min-w-0">
          <FocusOnOpen openKey={openKey}>
            <h2 id="peek-title" className="text-card font-semibold break-words">
              {title}
            </h2>
          </FocusOnOpen>
          <p className="text-caption text-ink-3">{caption}</p>
        </div>
        <div className="no-print flex">
          <CopyLinkButton />
          {closeHref === null ? null : (
            <Link
              href={closeHref}
              aria-label="Close the panel"
              scroll={false}
              className="flex size-8 items-center justify-center rounded-control hover:bg-hover"
            >
              <X size={16} strokeWidth={1.4} aria-hidden />
            </Link>
          )}
        </div>
      </div>
      <div className="border-y border-line bg-hover px-4 py-3 sm:px-5">
        <p className="num figure text-figure font-semibold tracking-[-0.02em]">
          <Fitting>{figure}</Fitting>
        </p>
        <p className="text-caption text-ink-2">{formula}</p>
      </div>
      {children}
    </aside>
  )
}

export function PeekSection({ title, unit, children }: { title: ReactNode; unit?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-b border-line px-4 py-4 last:border-b-0 sm:px-5">
      <h3 className="mb-2 flex justify-between gap-3 text-caption font-[550] text-ink-2">
        <span>{title}</span>
        {unit}
      </h3>
      {children}
    </section>
  )
}

interface PeekLineProps {
  name: ReactNode
  note?: ReactNode
  /** The product, e.g. 48,200 × 0.000015. */
  formula?: ReactNode
  value: ReactNode
}

export function PeekLine({ name, note, formula, value }: PeekLineProps) {
  return (
    <li className="flex items-center gap-3 border-t border-line py-1.5 first:border-t-0">
      <span className="min-w-0 flex-1">
        <span className="block break-words">{name}</span>
        {note === undefined ? null : <span className="block text-caption break-words text-ink-3">{note}</span>}
      </span>
      {formula === undefined ? null : <span className="num text-ink-2">{formula}</span>}
      <span className="num min-w-14 text-right">{value}</span>
    </li>
  )
}

export function PeekSum({ name, value }: { name: ReactNode; value: ReactNode }) {
  return (
    <p className="mt-1 flex justify-between gap-3 border-t border-line-2 pt-2.5 font-semibold">
      <span>{name}</span>
      <span className="num">{value}</span>
    </p>
  )
}

/** The query that answers the same number, to take along or, with `isForExplorer`, to try out. */
export function ApiQuery({ text, isForExplorer = false }: { text: string; isForExplorer?: boolean }) {
  return (
    <section className="px-4 py-4 sm:px-5">
      <div className="mb-1 flex items-center justify-between">
        <h3 className="text-caption font-[550] text-ink-2">The same number by API</h3>
        <span className="no-print flex items-center gap-4">
          {isForExplorer ? (
            <Link
              href={hrefWith('/developers/explorer', {}, { query: text })}
              className="link inline-flex h-8 items-center"
            >
              Open in the explorer
            </Link>
          ) : null}
          <CopyButton text={text} plain />
        </span>
      </div>
      <pre
        tabIndex={0}
        aria-label="GraphQL query"
        className="overflow-x-auto rounded-control border border-line bg-sunken px-3 py-2.5 font-mono text-axis whitespace-pre"
      >
        <code>{text}</code>
      </pre>
    </section>
  )
}
