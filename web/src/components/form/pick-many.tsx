'use client'

import { ChevronDown } from 'lucide-react'
import { useState } from 'react'

interface PickManyProps {
  name: string
  /** What is picked, in the plural: "agents". */
  noun: string
  options: readonly { value: string; label: string }[]
  initial: readonly string[]
}

/** Any number of a list, in a menu of boxes; none ticked means all. */
export function PickMany({ name, noun, options, initial }: PickManyProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(initial))
  const known = new Set(options.map((option) => option.value))
  const all = [...options, ...initial.filter((value) => !known.has(value)).map((value) => ({ value, label: value }))]
  const only = all.filter((option) => chosen.has(option.value))
  const text = only.length === 0 ? `All ${noun}` : only.length === 1 ? (only[0]?.label ?? '') : `${only.length} ${noun}`

  function toggle(value: string): void {
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
        {all.length === 0 ? <p className="px-2 text-ink-2">There are no {noun} yet.</p> : null}
        {all.map((option) => (
          <label key={option.value} className="flex min-h-8 items-center gap-2.5 rounded-control px-2 hover:bg-hover">
            <input
              type="checkbox"
              name={name}
              value={option.value}
              checked={chosen.has(option.value)}
              onChange={() => toggle(option.value)}
              className="size-4 shrink-0 accent-[var(--accent)]"
            />
            <span className="min-w-0 break-words">{option.label}</span>
          </label>
        ))}
      </fieldset>
    </details>
  )
}
