'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { graphql } from '../../lib/browser-graphql.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { hrefWith, periodParams } from '../../lib/search-params.ts'
import { ALERT_PAGES, DEVELOPER_PAGES, RATING_PAGES, SETTINGS_PAGES, STAFF_NAV } from './nav-items.ts'

const PaletteDocument = graphql(`
  query Palette {
    agents(first: 100) {
      nodes {
        key
        name
      }
    }
    clients(first: 100) {
      nodes {
        key
        name
      }
    }
    tasks(first: 100) {
      nodes {
        key
        name
      }
    }
  }
`)

/** A task beyond the latest hundred is found by its exact key. */
const PaletteTaskDocument = graphql(`
  query PaletteTask($key: String!) {
    task(key: $key) {
      key
      name
    }
  }
`)

interface Entry {
  kind: 'Page' | 'Agent' | 'Client' | 'Task'
  key: string
  name: string
  path: string
}

const MAX_SHOWN = 12

const PAGES: readonly Entry[] = [
  ...STAFF_NAV.flatMap((group) => group.items),
  ...ALERT_PAGES.slice(1),
  ...SETTINGS_PAGES,
  ...DEVELOPER_PAGES.slice(1),
  ...RATING_PAGES.slice(1).map(({ href, label }) => ({ href, label: `Rate cards: ${label}` })),
].map(({ href, label }) => ({ kind: 'Page', key: href, name: label, path: href }))

function taskEntry(task: { key: string; name: string }): Entry {
  return { kind: 'Task', key: task.key, name: task.name, path: `/tasks/${encodeURIComponent(task.key)}` }
}

async function loadEntries(signal: AbortSignal): Promise<Entry[]> {
  const { agents, clients, tasks } = await browserQuery(PaletteDocument, {}, signal)
  return [
    ...agents.nodes.map(({ key, name }): Entry => ({
      kind: 'Agent',
      key,
      name,
      path: `/agents/${encodeURIComponent(key)}`,
    })),
    ...clients.nodes.map(({ key, name }): Entry => ({
      kind: 'Client',
      key,
      name,
      path: `/clients/${encodeURIComponent(key)}`,
    })),
    ...tasks.nodes.map(taskEntry),
  ]
}

function matches(entry: Entry, words: readonly string[]): boolean {
  const text = `${entry.name} ${entry.key}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** ⌘K: go to a page, an agent, a client or a task. A native dialog with a combobox inside. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const router = useRouter()
  const period = periodParams(Object.fromEntries(useSearchParams().entries()))
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const { entries, failure } = useEntries(text.trim())
  const listId = useId()
  const shown = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    return entries.filter((entry) => matches(entry, words)).slice(0, MAX_SHOWN)
  }, [entries, text])

  useEffect(() => dialog.current?.showModal(), [])

  function go(entry: Entry | undefined): void {
    if (entry === undefined) return
    dialog.current?.close()
    router.push(hrefWith(entry.path, period))
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
        aria-label="Find a page, agent, client or task"
        placeholder="Page, agent, client, or a task’s key"
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
            {entry.name === entry.key || entry.kind === 'Page' ? null : (
              <span className="truncate font-mono text-caption text-ink-3">{entry.key}</span>
            )}
            <span className="ml-auto text-caption text-ink-3">{entry.kind}</span>
          </li>
        ))}
      </ul>
      <p role="status" className={`px-4 text-caption text-ink-3 ${shown.length === 0 || failure ? 'pb-3' : ''}`}>
        {failure ?? (shown.length === 0 ? `Nothing is called ${text.trim()}.` : '')}
      </p>
    </dialog>
  )
}

function useEntries(text: string): { entries: readonly Entry[]; failure: string | null } {
  const [loaded, setLoaded] = useState<readonly Entry[]>([])
  const [exact, setExact] = useState<Entry | null>(null)
  const [failure, setFailure] = useState<string | null>(null)

  useEffect(() => {
    const abort = new AbortController()
    loadEntries(abort.signal).then(setLoaded, (error: unknown) => {
      if (!abort.signal.aborted) setFailure(error instanceof Error ? error.message : 'The search did not answer.')
    })
    return () => abort.abort()
  }, [])

  useEffect(() => {
    setExact(null)
    if (text.length < 2) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      browserQuery(PaletteTaskDocument, { key: text }, abort.signal).then(
        ({ task }) => setExact(task == null ? null : taskEntry(task)),
        // A key nobody has is the usual case while typing.
        () => null,
      )
    }, 200)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [text])

  const known = exact !== null && loaded.some((entry) => entry.kind === 'Task' && entry.key === exact.key)
  return { entries: exact === null || known ? [...PAGES, ...loaded] : [exact, ...PAGES, ...loaded], failure }
}
