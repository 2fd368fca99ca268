import { ListFilter } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { countText } from '../../lib/format.ts'

interface ChainToolsProps {
  text: string
  /** How many rows hold the text; null while nothing is looked for. */
  found: number | null
  rows: number
  onText: (text: string) => void
  /** Leaves the box for the first row found. */
  onDown: () => void
  onFold: (isFolded: boolean) => void
}

/** Above the chain: find in it, and fold or unfold all of it. */
export function ChainTools({ text, found, rows, onText, onDown, onFold }: ChainToolsProps) {
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
    event.preventDefault()
    onDown()
  }
  return (
    <div className="no-print flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pb-2.5 sm:px-5">
      <label className="relative flex w-56 items-center max-sm:w-full">
        <span className="sr-only">Find in the chain</span>
        <ListFilter size={16} strokeWidth={1.4} aria-hidden className="absolute left-2.5 text-ink-3" />
        <input
          data-filter
          type="search"
          value={text}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="Find in the chain"
          className="field w-full pr-8 pl-8"
        />
        <kbd aria-hidden className="keycap absolute right-2 font-sans max-sm:hidden">
          /
        </kbd>
      </label>
      <span className="flex gap-2">
        <button type="button" className="control" disabled={found !== null} onClick={() => onFold(true)}>
          Fold all
        </button>
        <button type="button" className="control" disabled={found !== null} onClick={() => onFold(false)}>
          Unfold all
        </button>
      </span>
      <span role="status" className="text-caption text-ink-3">
        {found === null ? `${countText(rows)} rows` : `${countText(found)} of ${countText(rows)} rows`}
      </span>
    </div>
  )
}
