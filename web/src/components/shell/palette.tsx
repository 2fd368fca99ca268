'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { graphql } from '../../lib/browser-graphql.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { useSearch, type Hit } from '../../lib/use-search.ts'
import { hrefWith, periodParams, type SearchParams } from '../../lib/search-params.ts'
import {
  ALERT_PAGES,
  DEVELOPER_PAGES,
  navOf,
  RATING_PAGES,
  SETTINGS_PAGES,
  STAFF_NAV,
  type Audience,
} from './nav-items.ts'

const PaletteViewsDocument = graphql(`
  query PaletteViews {
    savedViews(page: SPEND) {
      id
      name
      query
    }
  }
`)

interface Entry {
  kind: 'Page' | 'Action' | 'View' | 'Agent' | 'Client' | 'Project' | 'Task'
  key: string
  name: string
  /** Where it leads; a view has its own period, everything else that of the page. */
  path: string
}

const MAX_SHOWN = 12
/** Of what is known here, so that what the server finds has room. */
const MAX_KNOWN = 6

const PAGES: readonly Entry[] = [
  ...STAFF_NAV.flatMap((group) => group.items),
  ...ALERT_PAGES.slice(1),
  ...SETTINGS_PAGES.slice(1),
  ...DEVELOPER_PAGES.slice(1),
  ...RATING_PAGES.slice(1).map(({ href, label }) => ({ href, label: `Rate cards: ${label}` })),
].map(({ href, label }) => ({ kind: 'Page', key: href, name: label, path: href }))

/** Of who is limited to clients: their pages, and what everybody has of the settings. */
const LIMITED_PAGES: readonly Entry[] = [
  ...navOf('LIMITED').flatMap((group) => group.items),
  ...SETTINGS_PAGES.filter(({ href }) => href === '/settings/roles' || href === '/settings/account'),
].map(({ href, label }) => ({ kind: 'Page', key: href, name: label, path: href }))

const ACTIONS: readonly Entry[] = [
  { href: '/budgets/new', label: 'Set a budget' },
  { href: '/channels/new', label: 'Add a channel' },
  { href: '/allocation/pools/new', label: 'Add a cost pool' },
  { href: '/allocation/import', label: 'Import cost pools' },
  { href: '/allocation/close', label: 'Close a month' },
  { href: '/developers/import', label: 'Import usage' },
].map(({ href, label }) => ({ kind: 'Action', key: href, name: label, path: href }))

const OF_KIND: Readonly<Record<Hit['kind'], { kind: Entry['kind']; path: (key: string) => string }>> = {
  AGENT: { kind: 'Agent', path: (key) => `/agents/${encodeURIComponent(key)}` },
  CLIENT: { kind: 'Client', path: (key) => `/clients/${encodeURIComponent(key)}` },
  PROJECT: { kind: 'Project', path: (key) => `/projects/${encodeURIComponent(key)}` },
  TASK: { kind: 'Task', path: (key) => `/tasks/${encodeURIComponent(key)}` },
}

function entryOf({ kind, key, name }: Hit): Entry {
  return { kind: OF_KIND[kind].kind, key, name, path: OF_KIND[kind].path(key) }
}

function matches(entry: Entry, words: readonly string[]): boolean {
  const text = `${entry.name} ${entry.key}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** ⌘K: go to a page, an agent, a client, a project, a task or a saved view, or to where something is done. A native dialog with a combobox inside. */
export function Palette({ audience, onClose }: { audience: Audience; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const router = useRouter()
  const period = periodParams(Object.fromEntries(useSearchParams().entries()))
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const { entries, isAnswered, failure } = useEntries(text.trim(), audience)
  const listId = useId()
  const shown = entries.slice(0, MAX_SHOWN)

  useEffect(() => dialog.current?.showModal(), [])

  function go(entry: Entry | undefined): void {
    if (entry === undefined) return
    dialog.current?.close()
    router.push(entry.kind === 'View' ? entry.path : hrefTo(entry.path, period))
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') go(shown[active])
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive((index) => (shown.length === 0 ? 0 : (index + step + shown.length) % shown.length))
    }
  }

  return (
    <dialog
      ref={dialog}
      aria-label="Find"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close()
      }}
      className="card mt-[12vh] mb-auto w-[min(560px,calc(100vw-24px))] p-0 [margin-inline:auto]"
    >
      <input
        autoFocus
        role="combobox"
        aria-expanded={shown.length > 0}
        aria-controls={listId}
        aria-activedescendant={shown[active] === undefined ? undefined : `${listId}-${active}`}
        aria-autocomplete="list"
        autoComplete="off"
        aria-label={
          audience === 'STAFF'
            ? 'Find a page, agent, client, project, task, view or action'
            : 'Find a page, client, project, task or view'
        }
        placeholder={
          audience === 'STAFF' ? 'Page, agent, client, project, task, view' : 'Page, client, project, task, view'
        }
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-card outline-none placeholder:text-ink-3"
      />
      <ul id={listId} role="listbox" aria-label="Found" className="max-h-[60vh] overflow-y-auto p-1.5">
        {shown.map((entry, index) => (
          <li
            key={`${entry.kind} ${entry.key}`}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setActive(index)}
            onClick={() => go(entry)}
            className={`flex h-9 cursor-pointer items-center gap-3 rounded-control px-2.5 ${index === active ? 'bg-accent-soft' : ''}`}
          >
            <span className="truncate">{entry.name}</span>
            {entry.name === entry.key || !HAS_KEY.has(entry.kind) ? null : (
              <span className="truncate font-mono text-caption text-ink-3">{entry.key}</span>
            )}
            <span className="ml-auto text-caption text-ink-3">{entry.kind}</span>
          </li>
        ))}
      </ul>
      <p role="status" className={`px-4 text-caption text-ink-3 ${shown.length === 0 || failure ? 'pb-3' : ''}`}>
        {failure ?? (shown.length === 0 && isAnswered ? `Nothing is called ${text.trim()}.` : '')}
      </p>
    </dialog>
  )
}

/** Keys that somebody gave, and may know it by. */
const HAS_KEY: ReadonlySet<Entry['kind']> = new Set(['Agent', 'Client', 'Project', 'Task'])

/** A path that may have parameters of its own, with the period of the page. */
function hrefTo(path: string, period: SearchParams): string {
  const [bare = path, own = ''] = path.split('?')
  return hrefWith(bare, { ...period, ...Object.fromEntries(new URLSearchParams(own)) })
}

/** What is called by the text: of pages, actions and views at once, of the rest as soon as the server has answered. */
function useEntries(
  text: string,
  audience: Audience,
): { entries: readonly Entry[]; isAnswered: boolean; failure: string | null } {
  const [views, setViews] = useState<readonly Entry[]>([])
  const { hits, answered, failure } = useSearch({
    text,
    kinds: audience === 'STAFF' ? ALL_KINDS : LIMITED_KINDS,
    first: MAX_SHOWN,
    isOn: true,
  })

  useEffect(() => {
    const abort = new AbortController()
    browserQuery(PaletteViewsDocument, {}, abort.signal).then(
      ({ savedViews }) =>
        setViews(savedViews.map(({ id, name, query }) => ({ kind: 'View', key: id, name, path: `/spend?${query}` }))),
      // Without them the palette still finds everything else.
      () => null,
    )
    return () => abort.abort()
  }, [])

  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const pages = audience === 'STAFF' ? [...PAGES, ...ACTIONS] : LIMITED_PAGES
  const known = [...pages, ...views].filter((entry) => matches(entry, words))
  // Until the answer to this text is here, of the one before what fits this one too.
  const found = hits.map(entryOf).filter((entry) => answered === text || matches(entry, words))
  return {
    entries: [...known.slice(0, text === '' ? MAX_SHOWN : MAX_KNOWN), ...found],
    isAnswered: answered === text,
    failure,
  }
}

const ALL_KINDS = 'AGENT,CLIENT,PROJECT,TASK'
/** The pages of agents are about all of their work, so that who is limited to clients has none. */
const LIMITED_KINDS = 'CLIENT,PROJECT,TASK'
