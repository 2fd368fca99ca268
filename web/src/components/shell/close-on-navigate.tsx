'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'

/** Menus are `<details>`; arriving at another page, a click outside, or Escape closes them. */
export function CloseOnNavigate() {
  const path = usePathname()
  const shown = useRef(path)

  useEffect(() => {
    // Not at the first time: a menu that somebody opened before React was there stays open.
    if (shown.current === path) return
    shown.current = path
    closeMenus(null)
  }, [path])

  useEffect(() => {
    const onPointer = (event: PointerEvent): void => closeMenus(event.target instanceof Node ? event.target : null)
    // A link chosen in a menu closes it; a box ticked in one does not.
    const onClick = (event: MouseEvent): void => {
      if (event.target instanceof Element && event.target.closest('.popover a:not([role])') !== null) closeMenus(null)
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') closeMenus(null)
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('click', onClick)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('click', onClick)
      document.removeEventListener('keydown', onKey)
    }
  }, [])
  return null
}

function closeMenus(except: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details[open]')) {
    if (menu.querySelector('.popover') === null || (except !== null && menu.contains(except))) continue
    const hadFocus = menu.contains(document.activeElement)
    menu.open = false
    if (hadFocus) menu.querySelector('summary')?.focus()
  }
}
