import { useEffect, useLayoutEffect, useState, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import { piecesOf, windowOf, type Piece } from '../../lib/windowing.ts'

interface WindowOptions {
  count: number
  rowHeight: number
  /** The row to keep, wherever it is. */
  kept: number | null
  /** A short list is drawn whole, and grows with its page instead of scrolling. */
  isWindowed: boolean
}

/** Rows drawn beyond each edge of the frame. */
const BEYOND = 12
/** Before the frame is measured, and on the server: what a tall window shows. */
const FIRST_HEIGHT = 800

/** Which rows of a long list are drawn as its frame is scrolled. All of them are printed. */
export function useWindow(frame: RefObject<HTMLElement | null>, options: WindowOptions): Piece[] {
  const { count, rowHeight, kept, isWindowed } = options
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(FIRST_HEIGHT)
  const isPrinting = usePrinting()

  useLayoutEffect(() => {
    const element = frame.current
    if (element === null || !isWindowed) return
    const measure = (): void => setHeight(element.clientHeight)
    // In steps of some rows, so that not every pixel draws the list again.
    const step = rowHeight * (BEYOND / 3)
    const follow = (): void => setTop(Math.floor(element.scrollTop / step) * step)
    measure()
    follow()
    element.addEventListener('scroll', follow, { passive: true })
    window.addEventListener('resize', measure)
    return () => {
      element.removeEventListener('scroll', follow)
      window.removeEventListener('resize', measure)
    }
  }, [frame, isWindowed, rowHeight])

  if (!isWindowed || isPrinting) return piecesOf({ first: 0, end: count }, { count, kept: null })
  return piecesOf(windowOf({ top, height }, { count, rowHeight, beyond: BEYOND }), { count, kept })
}

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false)
  useEffect(() => {
    const media = window.matchMedia('print')
    // The browser takes the picture as soon as the event is over.
    const set = (on: boolean): void => flushSync(() => setPrinting(on))
    const before = (): void => set(true)
    const after = (): void => set(false)
    const change = (): void => set(media.matches)
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    media.addEventListener('change', change)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
      media.removeEventListener('change', change)
    }
  }, [])
  return isPrinting
}
