'use client'

import { useEffect } from 'react'

const SWEEP_MS = 300

/**
 * Takes away parts of the page that came and were not needed. What arrives after the first bytes waits, hidden, at the end of the document,
 * until a script moves it to its place (`S:7` to where the template `B:7` is). When React has made that part by itself meanwhile, the place
 * is gone, and nobody takes the copy away: every element and id of it would be there twice.
 */
export function SweepLeftovers() {
  useEffect(() => {
    let timer = 0
    // When the document is whole nothing comes any more, so it ends as soon as nothing waits.
    const sweepSoon = (): void => {
      timer = window.setTimeout(() => sweep() > 0 && sweepSoon(), SWEEP_MS)
    }
    if (document.readyState === 'complete') sweepSoon()
    else window.addEventListener('load', sweepSoon, { once: true })
    return () => {
      window.removeEventListener('load', sweepSoon)
      window.clearTimeout(timer)
    }
  }, [])
  return null
}

/** How many parts still wait for their place. */
function sweep(): number {
  let awaited = 0
  for (const part of document.querySelectorAll('div[hidden][id^="S:"]')) {
    const number = part.id.slice(2)
    const hasPlace = ['B', 'P'].some((kind) => document.getElementById(`${kind}:${number}`) !== null)
    if (hasPlace) awaited += 1
    else part.remove()
  }
  return awaited
}
