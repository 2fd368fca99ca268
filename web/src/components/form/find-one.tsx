'use client'

import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { useSearch } from '../../lib/use-search.ts'
import type { PickOneProps } from './pick-one.tsx'

interface Choice {
  key: string
  name: string
}

const SHOWN_MAX = 12

/**
 * A combobox over what the server finds (WAI-ARIA APG: list autocomplete with manual selection). What is typed chooses nothing: Enter or a click does,
 * and leaving the field puts the chosen name back.
 */
export function FindOne(props: PickOneProps) {
  const { name, label, kind, options, initial, placeholder, mayBeNone = false, isInvalid = false, className } = props
  const [chosen, setChosen] = useState<Choice>(
    () => options.find(({ key }) => key === initial) ?? { key: initial, name: initial },
  )
  const [text, setText] = useState<string | null>(null)
  const [active, setActive] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const isOpen = text !== null
  const { hits, answered, failure } = useSearch({ text: text ?? '', kinds: kind, first: SHOWN_MAX, isOn: isOpen })
  const none: Choice[] = mayBeNone && text === '' ? [{ key: '', name: placeholder }] : []
  const shown: readonly Choice[] = [...none, ...hits]
  const isShown = isOpen && (shown.length > 0 || answered !== null)

  function open(next: string): void {
    setText(next)
    setActive(0)
  }

  function pick(choice: Choice | undefined): void {
    if (choice === undefined) return
    setChosen(choice)
    setText(null)
    props.onPick?.(choice.key)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && isOpen) {
      // The dialog around it stays.
      event.preventDefault()
      event.stopPropagation()
      setText(null)
    }
    if (event.key === 'Enter' && isOpen) {
      event.preventDefault()
      // Enter before the answer would choose what was found for another text.
      if (answered === text) pick(shown[active])
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    if (!isOpen) return open('')
    const step = event.key === 'ArrowDown' ? 1 : -1
    setActive((index) => (shown.length === 0 ? 0 : (index + step + shown.length) % shown.length))
  }

  return (
    <span className="relative inline-flex min-w-0 flex-col">
      {name === undefined ? null : <input type="hidden" name={name} value={chosen.key} />}
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={listId}
        aria-activedescendant={isShown && shown[active] !== undefined ? `${listId}-${active}` : undefined}
        aria-invalid={isInvalid}
        autoComplete="off"
        required={!mayBeNone}
        className={className}
        placeholder={placeholder}
        value={text ?? chosen.name}
        onFocus={(event) => event.target.select()}
        onClick={() => isOpen || open('')}
        onChange={(event) => open(event.target.value)}
        onBlur={() => setText(null)}
        onKeyDown={onKeyDown}
      />
      <span
        id={listId}
        role="listbox"
        aria-label={`${label}, found`}
        hidden={!isShown || shown.length === 0}
        className="popover top-full left-0 mt-1 max-h-72 w-72 max-w-[calc(100vw-48px)] overflow-y-auto p-1.5"
      >
        {shown.map((choice, index) => (
          <span
            key={choice.key}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setActive(index)}
            // Before the field loses the focus, and with it the list.
            onPointerDown={(event) => {
              event.preventDefault()
              pick(choice)
            }}
            className={`flex min-h-8 cursor-pointer items-center gap-2 rounded-control px-2 text-body text-ink ${index === active ? 'bg-accent-soft' : ''}`}
          >
            <span className="truncate">{choice.name}</span>
            {choice.name === choice.key || choice.key === '' ? null : (
              <span className="ml-auto truncate font-mono text-caption text-ink-3">{choice.key}</span>
            )}
          </span>
        ))}
      </span>
      <span role="status" className="text-caption text-ink-3 empty:hidden">
        {failure ??
          (isOpen && answered === text && text !== '' && hits.length === 0 ? `Nothing is called ${text}.` : '')}
      </span>
    </span>
  )
}
