import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import type { RatingFactsQuery } from '../generated/graphql.ts'
import { query } from './api.ts'
import { addDays } from './calendar.ts'
import type { DateRange } from './period.ts'
import { currentViewer } from './session.ts'

const RatingFactsDocument = graphql(`
  query RatingFacts($range: DateRangeInput!) {
    catalogues {
      version
      publishedOn
      importedAt
      rates
      isAdopted
      ageDays
      isStale
    }
    unpricedUsage(range: $range) {
      provider
      resource
      meter
      invocations
      quantity
      firstSeen
      lastSeen
      tasks
      clients
    }
  }
`)

export type CatalogueVersion = RatingFactsQuery['catalogues'][number]
export type UnpricedRow = RatingFactsQuery['unpricedUsage'][number]

/** Ten years: the longest range the API takes, because what waits for a price waits whatever the period. */
const ALL_DAYS = 3_650

export function allTime(today: string): DateRange {
  return { from: addDays(today, 1 - ALL_DAYS), to: addDays(today, 1) }
}

/** What every page about rates stands on: the catalogues and all usage that waits for a price. Asked once per request. */
export const ratingFacts = cache(async (): Promise<RatingFactsQuery> => {
  const { tenant } = await currentViewer()
  return query(RatingFactsDocument, { range: allTime(tenant.today) })
})

function dateOfVersion({ publishedOn, importedAt }: CatalogueVersion): string {
  return publishedOn ?? importedAt
}

/** The catalogue that rates, and the newest one, which may be the same. */
export function catalogueState(catalogues: readonly CatalogueVersion[]): {
  adopted: CatalogueVersion | null
  newest: CatalogueVersion | null
} {
  const newestFirst = [...catalogues].sort((a, b) => (dateOfVersion(a) < dateOfVersion(b) ? 1 : -1))
  return { adopted: catalogues.find((one) => one.isAdopted) ?? null, newest: newestFirst[0] ?? null }
}
