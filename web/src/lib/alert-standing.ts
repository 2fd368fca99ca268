import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import { query } from './api.ts'

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

/** What the frame of every page shows of alerts: how many are open, and from which change on the live feed goes. */
export const alertStanding = cache(async (): Promise<AlertStanding> => {
  const asked = Date.now()
  const { alertCounts, alerts } = await query(AlertStandingDocument)
  const lastEvent = alerts.nodes[0]?.updatedAt ?? null
  return { open: alertCounts.open, lastEvent, since: lastEvent ?? new Date(asked - MARGIN_MS).toISOString() }
})
