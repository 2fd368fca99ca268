import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import { query } from './api.ts'
import { addDays } from './calendar.ts'
import { ratingFacts } from './rating-facts.ts'
import { currentViewer } from './session.ts'

const UsedResourcesDocument = graphql(`
  query UsedResources($range: DateRangeInput!) {
    costRollup(range: $range, granularity: MONTH, groupBy: [PROVIDER, RESOURCE], top: 100) {
      rows {
        keys {
          dimension
          key
        }
      }
    }
  }
`)

export interface NamedResource {
  provider: string | null
  resource: string
}

/** How far back a resource counts as used. */
const DAYS = 90

/** The resources of the last 90 days by cost, and those that wait for a price. Asked once per request. */
export const usedResources = cache(async (): Promise<NamedResource[]> => {
  const { tenant } = await currentViewer()
  const range = { from: addDays(tenant.today, 1 - DAYS), to: addDays(tenant.today, 1) }
  const [{ costRollup }, { unpricedUsage }] = await Promise.all([
    query(UsedResourcesDocument, { range }),
    ratingFacts(),
  ])
  const used = new Map<string, NamedResource>()
  const add = (provider: string | null | undefined, resource: string | null | undefined): void => {
    if (!resource) return
    used.set(`${provider ?? ''}\n${resource}`, { provider: provider || null, resource })
  }
  for (const { keys } of costRollup.rows) {
    const key = (dimension: string) => keys.find((one) => one.dimension === dimension)?.key
    add(key('PROVIDER'), key('RESOURCE'))
  }
  for (const row of unpricedUsage) add(row.provider, row.resource)
  return [...used.values()]
})
