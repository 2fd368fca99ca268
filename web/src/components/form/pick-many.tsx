'use client'

import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useSearch, type Hit } from '../../lib/use-search.ts'

interface Option {
  value: string
  label: string
}

interface PickManyProps {
  name: string
  /** What is picked, in the plural: "agents". */
  noun: string
  options: readonly Option[]
  initial: readonly string[]
  /** Where the list may be only the first hundred of what there is: what to search the server for. */
  finds?: Finds
}

/** What is searched for, and whether a value is a key or, where several kinds are mixed, `KIND:key`. */
export interface Finds {
  kinds: readonly ('AGENT' | 'CLIENT' | 'PROJECT')[]
  valueOf: 'key' | 'kind:key'
}

const PAGE_SIZE = 100
const FOUND_MAX = 20

/** Any number of a list, in a menu of boxes; none ticked means all. */
export function PickMany({ name, noun, options, initial, finds }: PickManyProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(initial))
  const [sought, setSought] = useState('')
  const isSearched = finds !== undefined && options.length >= PAGE_SIZE
  const kinds = finds?.kinds.join(',') ?? ''
  const isOn = isSearched && sought.trim() !== ''
  const { hits, answered, failure } = useSearch({ text: sought.trim(), kinds, first: FOUND_MAX, isOn })
  // What was found and ticked stays in the form when something else is looked for.
  const [found, setFound] = useState<readonly Option[]>([])
  const known = new Set([...options, ...found].map((option) => option.value))
  const rest = initial.filter((value) => !known.has(value)).map((value) => ({ value, label: value }))
  const all: readonly Option[] = [...found, ...options, ...rest]
  const hitOptions = hits.map((hit) => optionOf(hit, finds))
  const shown = new Set((isOn ? hitOptions : all).map((option) => option.value))
  const listed: readonly Option[] = [...all, ...hitOptions.filter((option) => isOn && !known.has(option.value))]
  const only = all.filter((option) => chosen.has(option.value))
  const text = only.length === 0 ? `All ${noun}` : only.length === 1 ? (only[0]?.label ?? '') : `${only.length} ${noun}`

  function toggle({ value, label }: Option): void {
    if (!known.has(value) && !initial.includes(value)) setFound((now) => [...now, { value, label }])
    setChosen((now) => {
      const next = new Set(now)
      if (!next.delete(value)) next.add(value)
      return next
    })
  }

  return (
    <details className="relative">
      <summary className="control max-w-64">
        <span className="truncate">{text}</span>
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-ink-3" />
      </summary>
      <fieldset className="popover left-0 max-h-72 w-72 max-w-[calc(100vw-48px)] overflow-y-auto">
        <legend className="sr-only">Only these {noun}</legend>
        {isSearched ? (
          <input
            type="search"
            className="field mb-1 w-full text-body"
            aria-label={`Find ${noun}`}
            placeholder={`Find among all ${noun}`}
            autoComplete="off"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
            onKeyDown={(event) => {
              // It finds; it does not send the form.
              if (event.key === 'Enter') event.preventDefault()
            }}
          />
        ) : null}
        <p role="status" className="px-2 text-ink-3 empty:hidden">
          {failure ?? (isOn && answered === sought.trim() && hits.length === 0 ? `No ${noun} are called so.` : '')}
        </p>
        {all.length === 0 ? <p className="px-2 text-ink-2">There are no {noun} yet.</p> : null}
        {listed.map((option) => (
          <label
            key={option.value}
            hidden={!shown.has(option.value)}
            className="flex min-h-8 [&[hidden]]:hidden items-center gap-2.5 rounded-control px-2 hover:bg-hover"
          >
            <input
              type="checkbox"
              name={name}
              value={option.value}
              checked={chosen.has(option.value)}
              onChange={() => toggle(option)}
              className="size-4 shrink-0 accent-[var(--accent)]"
            />
            <span className="min-w-0 break-words">{option.label}</span>
          </label>
        ))}
      </fieldset>
    </details>
  )
}

const KIND_WORDS: Readonly<Record<Hit['kind'], string>> = {
  AGENT: 'agent',
  CLIENT: 'client',
  PROJECT: 'project',
  TASK: 'task',
}

function optionOf({ kind, key, name }: Hit, finds: Finds | undefined): Option {
  return finds?.valueOf === 'kind:key'
    ? { value: `${kind}:${key}`, label: `${name}, ${KIND_WORDS[kind]}` }
    : { value: key, label: name }
}
