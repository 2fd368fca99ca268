'use client'

import { createClient } from 'graphql-ws'
import { useRouter } from 'next/navigation'
import { createContext, startTransition, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { graphql } from '../../lib/browser-graphql.ts'
import type { AlertFramesSubscription } from '../../generated/graphql.ts'
import { FrameMemory } from '../../lib/alert-stream.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import type { AlertStanding } from '../../lib/alert-standing.ts'

const AlertFramesDocument = graphql(`
  subscription AlertFrames($since: DateTime) {
    anomalyAlerts(since: $since) {
      id
      state
      updatedAt
    }
  }
`)

const OpenAlertCountDocument = graphql(`
  query OpenAlertCount {
    alertCounts {
      open
    }
  }
`)

type Status = 'connecting' | 'live' | 'broken' | 'ended'

interface Live {
  status: Status
  /** When the newest change came in that this window has seen; null: none yet. */
  lastEvent: string | null
  /** Alerts that nobody has looked at. */
  open: number
}

const LiveContext = createContext<Live>({ status: 'ended', lastEvent: null, open: 0 })

interface LiveAlertsProps {
  /** How things stood when the server drew the page. */
  standing: AlertStanding
  children: ReactNode
}

const RETRY_MOST_MS = 15_000

/** Doubling pauses with some luck in them, so that not every window knocks at once after a restart. */
function pauseMs(retries: number): number {
  return Math.min(RETRY_MOST_MS, 500 * 2 ** retries) * (0.75 + Math.random() / 2)
}

/** A window that nobody has looked at for so long gives its connection back: the server gives a person ten. */
const UNSEEN_MS = 60_000

/** Whether somebody looks at the window, or did a moment ago. */
function useIsWatched(): boolean {
  const [isWatched, setWatched] = useState(true)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const onChange = (): void => {
      clearTimeout(timer)
      if (document.hidden) timer = setTimeout(() => setWatched(false), UNSEEN_MS)
      else setWatched(true)
    }
    document.addEventListener('visibilitychange', onChange)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onChange)
    }
  }, [])
  return isWatched
}

/**
 * A part of the page that is still on its way from the server waits for it; an urgent change of what it reads would make React throw it
 * away, show its skeleton once more and draw it here.
 */
const later = startTransition

/** The subscription to alerts that the whole portal shares. It comes back by itself and goes on from the newest change it knows. */
export function LiveAlerts({ standing, children }: LiveAlertsProps) {
  const [status, setStatus] = useState<Status>('connecting')
  const [lastEvent, setLastEvent] = useState(standing.lastEvent)
  const [open, setOpen] = useState(standing.open)
  const begin = useRef(standing)
  const memory = useRef<FrameMemory>(null)
  const isWatched = useIsWatched()

  useEffect(() => setOpen(standing.open), [standing.open])

  useEffect(() => {
    if (!isWatched) return
    const known = (memory.current ??= new FrameMemory(begin.current.since))
    const client = createClient({
      url: `${window.location.origin.replace(/^http/, 'ws')}/graphql`,
      retryAttempts: Infinity,
      shouldRetry: () => true,
      retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, pauseMs(retries))),
      keepAlive: 15_000,
      on: {
        connected: () => later(() => setStatus('live')),
        closed: () => later(() => setStatus((now) => (now === 'ended' ? now : 'broken'))),
      },
    })
    // The message is written anew with each connection, so a getter makes it ask from where the last one ended.
    const variables = {
      get since() {
        return known.since
      },
    }
    const end = client.subscribe<AlertFramesSubscription>(
      { query: AlertFramesDocument.toString(), variables },
      {
        next: ({ data }) => {
          const frame = data?.anomalyAlerts
          if (frame != null && known.isNew(frame)) later(() => setLastEvent(frame.updatedAt))
        },
        // The session ended, or the role changed: connecting again would be refused again.
        error: () => later(() => setStatus('ended')),
        complete: () => later(() => setStatus('ended')),
      },
    )
    return () => {
      end()
      void client.dispose()
    }
  }, [isWatched])

  useEffect(() => {
    if (lastEvent === begin.current.lastEvent) return
    const abort = new AbortController()
    browserQuery(OpenAlertCountDocument, {}, abort.signal).then(
      ({ alertCounts }) => later(() => setOpen(alertCounts.open)),
      // The next change, or the next page, asks again.
      () => null,
    )
    return () => abort.abort()
  }, [lastEvent])

  const live = useMemo(() => ({ status, lastEvent, open }), [status, lastEvent, open])
  return <LiveContext value={live}>{children}</LiveContext>
}

export function useLiveAlerts(): Live {
  return useContext(LiveContext)
}

/** At most so often a page is read again, however fast changes come. */
const REFRESH_MS = 1_000

/** Reads the page again when an alert was raised or changed since. */
export function RefreshOnAlerts() {
  const router = useRouter()
  const { lastEvent } = useLiveAlerts()
  const known = useRef(lastEvent)
  const refreshedAt = useRef(0)
  useEffect(() => {
    if (lastEvent === known.current) return
    known.current = lastEvent
    const wait = Math.max(0, refreshedAt.current + REFRESH_MS - Date.now())
    const timer = setTimeout(() => {
      refreshedAt.current = Date.now()
      router.refresh()
    }, wait)
    return () => clearTimeout(timer)
  }, [lastEvent, router])
  return null
}
