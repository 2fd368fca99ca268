import { graphql } from '../../lib/browser-graphql.ts'
import type { BudgetScope } from '../../generated/graphql.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { text } from '../../lib/read-form.ts'

const AddAnnotationDocument = graphql(`
  mutation AddAnnotation($input: AnnotationInput!) {
    addAnnotation(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

/** Notes a new level from the fields `scope`, `key`, `day` and `note`; null when it is noted, else why not. */
export function addAnnotation(form: FormData): Promise<string | null> {
  const input = {
    scope: text(form, 'scope') as BudgetScope,
    key: text(form, 'key') || null,
    day: text(form, 'day'),
    note: text(form, 'note'),
  }
  return refusalOf(
    async () => (await browserQuery(AddAnnotationDocument, { input })).addAnnotation.userErrors,
    'It was not noted.',
  )
}
