import { useEffect, useMemo, useState } from 'react'
import { unpackRows, type ChainRows } from '../../lib/chain-pack.ts'

/** Where the whole chain is, and how many rows it has. */
export interface WholeChain {
  href: string
  rows: number
}

interface Chain {
  rows: ChainRows
  status: 'whole' | 'coming' | 'failed'
  retry: () => void
}

/** The rows of a chain: the first of them at once, and all when they have come. A row keeps its position. */
export function useChainRows(packed: string, whole: WholeChain | null): Chain {
  const [come, setCome] = useState<{ href: string; rows: ChainRows } | null>(null)
  const [isFailed, setFailed] = useState(false)
  const [attempt, setAttempt] = useState(0)
  const href = whole?.href ?? null

  useEffect(() => {
    if (href === null) return
    const aborter = new AbortController()
    fetchRows(href, aborter.signal).then(
      (rows) => setCome({ href, rows }),
      () => {
        if (!aborter.signal.aborted) setFailed(true)
      },
    )
    return () => aborter.abort()
  }, [href, attempt])

  const first = useMemo(() => unpackRows(packed), [packed])
  const isWhole = href === null || come?.href === href
  return {
    rows: href !== null && come?.href === href ? come.rows : first,
    status: isWhole ? 'whole' : isFailed ? 'failed' : 'coming',
    retry: () => {
      setFailed(false)
      setAttempt((one) => one + 1)
    },
  }
}

async function fetchRows(href: string, signal: AbortSignal): Promise<ChainRows> {
  const response = await fetch(href, { signal })
  if (!response.ok) throw new Error(`The chain answered ${response.status}.`)
  return unpackRows(await response.text())
}
