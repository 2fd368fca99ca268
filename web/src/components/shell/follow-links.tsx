'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

/** Follows every `Link` of the portal without loading a document; the browser does so itself until this is there, or with a key held. */
export function FollowLinks() {
  const router = useRouter()
  useEffect(() => {
    const onClick = (event: MouseEvent): void => {
      const link = linkOf(event)
      if (link === null || isForTheBrowser(event, link)) return
      event.preventDefault()
      const scroll = !hasWord(link, 'stay')
      if (hasWord(link, 'replace')) router.replace(hrefOf(link), { scroll })
      else router.push(hrefOf(link), { scroll })
    }
    const onNear = (event: Event): void => {
      const link = linkOf(event)
      if (link !== null && hasWord(link, 'ahead')) router.prefetch(hrefOf(link))
    }
    document.addEventListener('click', onClick)
    document.addEventListener('pointerover', onNear)
    document.addEventListener('focusin', onNear)
    return () => {
      document.removeEventListener('click', onClick)
      document.removeEventListener('pointerover', onNear)
      document.removeEventListener('focusin', onNear)
    }
  }, [router])
  return null
}

function linkOf({ target }: Event): Element | null {
  return target instanceof Element ? target.closest('a[data-link]') : null
}

/** Whether the click opens another tab or saves a file, or somebody has dealt with it already. */
function isForTheBrowser(event: MouseEvent, link: Element): boolean {
  const target = link.getAttribute('target')
  return (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey ||
    link.hasAttribute('download') ||
    (target !== null && target !== '_self')
  )
}

function hasWord(link: Element, word: string): boolean {
  return (link.getAttribute('data-link') ?? '').split(' ').includes(word)
}

function hrefOf(link: Element): string {
  return link.getAttribute('href') ?? ''
}
