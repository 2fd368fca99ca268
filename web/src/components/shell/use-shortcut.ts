'use client'

import { useEffect, useRef } from 'react'

/** How long after `g` the second key of a chord still counts. */
export const CHORD_MS = 1_200

/** Whether the key goes into a field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Runs on one plain key, wherever the focus is; not while somebody types or a dialog is open, and not as the second key of a chord. */
export function useShortcut(key: string | null, run: () => void): void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  }, [run])
  useEffect(() => {
    if (key === null) return
    let chordAt = -Infinity
    const onKey = (event: KeyboardEvent): void => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.repeat || isTyping(event.target)) return
      const isChord = event.timeStamp - chordAt < CHORD_MS
      chordAt = event.key === 'g' && !isChord ? event.timeStamp : -Infinity
      if (isChord || event.key.toLowerCase() !== key || document.querySelector('dialog[open]') !== null) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [key])
}
