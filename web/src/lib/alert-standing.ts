import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import { queryIfTheirs } from './api.ts'

const AlertStandingDocument = graphql(`
  query AlertStanding {
    alertCounts {
      open
    }
    alerts(first: 1, orderBy: NEWEST, includeSuppressed: true) {
      nodes {
        updatedAt
      }
    }
  }
`)

export interface AlertStanding {
  open: number
  /** The newest change, when there is one. */
  lastEvent: string | null
  /** From when on the live feed asks for changes, so that none falls between the page and its connection. */
  since: string
}

/** How far the clocks of the database and of the portal may be apart. */
const MARGIN_MS = 60_000

/**
 * What the frame of every page shows of alerts: how many are open, and from which change on the live feed goes. Null for those whose role
 * sees none; the API knows, so that the frame need not wait for who they are.
 */
export const alertStanding = cache(async (): Promise<AlertStanding | null> => {
  const asked = Date.now()
  const answer = await queryIfTheirs(AlertStandingDocument)
  if (answer === null) return null
  const { alertCounts, alerts } = answer
  const lastEvent = alerts.nodes[0]?.updatedAt ?? null
  return { open: alertCounts.open, lastEvent, since: lastEvent ?? new Date(asked - MARGIN_MS).toISOString() }
})
