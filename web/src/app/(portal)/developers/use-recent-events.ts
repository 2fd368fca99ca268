'use client'

import { useEffect, useState } from 'react'
import { graphql } from '../../../lib/browser-graphql.ts'
import type { RecentEventsQuery } from '../../../generated/graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'

const RecentEventsDocument = graphql(`
  query RecentEvents {
    recentInvocations(first: 20) {
      id
      invocationId
      kind
      provider
      resource
      occurredAt
      ingestedAt
      status
      missingTags
      cost {
        amount
        currency
      }
      agent {
        key
        name
      }
      task {
        key
        name
      }
      client {
        key
        name
      }
    }
  }
`)

export type RecentEvent = RecentEventsQuery['recentInvocations'][number]

export interface RecentEvents {
  events: readonly RecentEvent[]
  /** The first event that arrived since the page was opened. */
  arrived: RecentEvent | null
  isLoaded: boolean
  failure: string | null
}

const POLL_MS = 2_000

/** Asks for the latest arrivals every two seconds while the page is visible. */
export function useRecentEvents(): RecentEvents {
  const [state, setState] = useState<RecentEvents>({ events: [], arrived: null, isLoaded: false, failure: null })
  useEffect(() => {
    const abort = new AbortController()
    let known: Set<string> | null = null
    let arrived: RecentEvent | null = null

    async function poll(): Promise<void> {
      if (document.hidden && known !== null) return
      try {
        const { recentInvocations } = await browserQuery(RecentEventsDocument, {}, abort.signal)
        const before = known
        // The list is newest first, so the last unknown one arrived first.
        if (before !== null && arrived === null)
          arrived = recentInvocations.findLast((event) => !before.has(event.id)) ?? null
        known = new Set([...(before ?? []), ...recentInvocations.map((event) => event.id)])
        setState({ events: recentInvocations, arrived, isLoaded: true, failure: null })
      } catch (error) {
        if (abort.signal.aborted) return
        const message = error instanceof Error ? error.message : 'The server does not answer.'
        setState((now) => ({ ...now, failure: message }))
      }
    }

    void poll()
    const timer = setInterval(() => void poll(), POLL_MS)
    return () => {
      clearInterval(timer)
      abort.abort()
    }
  }, [])
  return state
}
