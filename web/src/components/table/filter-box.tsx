'use client'

import { ListFilter } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useRef, useState, useTransition } from 'react'
import { hrefWith, paramsOf } from '../../lib/search-params.ts'

const PAUSE_MS = 200

/** Filters the table by address, so a copied link keeps the filter. `/` comes here from anywhere. */
export function FilterBox({ noun, path, initial }: { noun: string; path: string; initial: string }) {
  const router = useRouter()
  const params = useSearchParams()
  const [text, setText] = useState(initial)
  const [isPending, startTransition] = useTransition()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => () => clearTimeout(timer.current), [])

  function change(value: string): void {
    setText(value)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      const href = hrefWith(path, paramsOf(params), { q: value.trim() === '' ? null : value })
      startTransition(() => router.replace(href, { scroll: false }))
    }, PAUSE_MS)
  }

  return (
    <label className="relative flex w-56 items-center max-sm:w-full" aria-busy={isPending}>
      <span className="sr-only">Filter {noun}</span>
      <ListFilter size={16} strokeWidth={1.4} aria-hidden className="absolute left-2.5 text-ink-3" />
      <input
        data-filter
        type="search"
        value={text}
        onChange={(event) => change(event.target.value)}
        placeholder={`Filter ${noun}`}
        className="field w-full pr-8 pl-8"
      />
      <kbd aria-hidden className="keycap absolute right-2 font-sans max-sm:hidden">
        /
      </kbd>
    </label>
  )
}
