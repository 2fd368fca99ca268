import { graphql } from './browser-graphql.ts'
import { browserQuery } from './browser-api.ts'
import { refusalOf } from './mutate.ts'

const RemoveDemoDataDocument = graphql(`
  mutation RemoveDemoData {
    removeDemoData {
      userErrors {
        message
      }
    }
  }
`)

/** Removes the example of the tenant of the page, or of the one that is named. Null when that is asked for, else why not. */
export function removeDemoData(tenantKey?: string): Promise<string | null> {
  return refusalOf(
    async () => (await browserQuery(RemoveDemoDataDocument, {}, undefined, tenantKey)).removeDemoData.userErrors,
    'Nothing was removed.',
  )
}
