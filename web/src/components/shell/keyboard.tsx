'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { hrefWith, periodParams } from '../../lib/search-params.ts'
import { navOf, type Audience } from './nav-items.ts'
import { OPEN_PALETTE_EVENT } from './palette-button.tsx'
import { Palette } from './palette.tsx'
import { CHORD_MS, isTyping } from './use-shortcut.ts'

/** The keys that work everywhere: ⌘K or Ctrl K, `/`, `g` chords, `?`. */
export function Keyboard({ audience }: { audience: Audience }) {
  const router = useRouter()
  const path = usePathname()
  const params = useSearchParams()
  const help = useRef<HTMLDialogElement>(null)
  // No `g` yet; 0 would be the load of the page, and the first second of keys would count as seconds of a chord.
  const chordAt = useRef(-Infinity)
  const [isPaletteOpen, setPaletteOpen] = useState(false)

  useEffect(() => setPaletteOpen(false), [path, params])

  useEffect(() => {
    const items = navOf(audience).flatMap((group) => group.items)
    const period = periodParams(Object.fromEntries(params.entries()))
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k' && audience !== 'CLIENT') {
        event.preventDefault()
        setPaletteOpen(true)
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('dialog[open]') !== null) return
      if (event.timeStamp - chordAt.current < CHORD_MS) {
        chordAt.current = -Infinity
        const item = items.find((one) => one.chord === event.key)
        if (item !== undefined) {
          event.preventDefault()
          router.push(hrefWith(item.href, period))
        }
        return
      }
      if (event.key === 'g') chordAt.current = event.timeStamp
      if (event.key === '?') help.current?.showModal()
      if (event.key === '/') {
        const filter = document.querySelector<HTMLInputElement>('input[data-filter]')
        if (filter === null) return
        event.preventDefault()
        filter.focus()
        filter.select()
      }
    }
    const openPalette = (): void => setPaletteOpen(true)
    document.addEventListener('keydown', onKey)
    document.addEventListener(OPEN_PALETTE_EVENT, openPalette)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener(OPEN_PALETTE_EVENT, openPalette)
    }
  }, [audience, params, router])

  return (
    <>
      {isPaletteOpen ? <Palette audience={audience} onClose={() => setPaletteOpen(false)} /> : null}
      <dialog
        ref={help}
        aria-labelledby="keyboard-help"
        className="card w-[min(420px,calc(100vw-32px))] p-5 [margin:auto]"
      >
        <h2 id="keyboard-help" className="mb-3 text-card font-semibold">
          Keyboard
        </h2>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
          {audience === 'CLIENT' ? null : (
            <Key
              keys={['⌘', 'K']}
              text={`find a page, ${audience === 'STAFF' ? 'agent, ' : ''}client, project or task`}
            />
          )}
          <Key keys={['/']} text="filter the table" />
          {navOf(audience).flatMap((group) =>
            group.items.map((item) => <Key key={item.href} keys={['g', item.chord]} text={`go to ${item.label}`} />),
          )}
          <Key keys={['↑', '↓', '←', '→']} text="move, close and open rows of a chain" />
          {audience === 'CLIENT' ? null : (
            <>
              <Key keys={['a']} text="acknowledge the open alert" />
              <Key keys={['d']} text="dismiss the open alert" />
            </>
          )}
          <Key keys={['?']} text="this help" />
        </dl>
        <form method="dialog" className="mt-4 flex justify-end">
          <button className="control">Close</button>
        </form>
      </dialog>
    </>
  )
}

function Key({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <>
      <dt className="flex gap-1">
        {keys.map((key) => (
          <kbd key={key} className="keycap font-sans">
            {key}
          </kbd>
        ))}
      </dt>
      <dd className="text-ink-2">{text}</dd>
    </>
  )
}
