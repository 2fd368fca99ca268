'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const AdoptCatalogueDocument = graphql(`
  mutation AdoptCatalogue($input: AdoptCatalogueInput!) {
    adoptCatalogue(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

/** Rates under another version of the catalogue from now on. */
export function AdoptCatalogue({ version, finding }: { version: string; finding: string }) {
  return (
    <ActionDialog
      trigger={`Adopt ${version}…`}
      isPrimary
      title={`Rate under catalogue ${version}?`}
      confirm="Adopt it"
      busy="Adopting…"
      run={() =>
        refusalOf(
          async () => (await browserQuery(AdoptCatalogueDocument, { input: { version } })).adoptCatalogue.userErrors,
          'The catalogue was not adopted.',
        )
      }
    >
      <p>{finding}.</p>
      <p>
        Events that arrive from now on are rated under it, each at the price of its own moment. Your own cards still go
        first. What is rated already keeps its price until you re-rate it; the version you have now stays, and can be
        adopted again.
      </p>
    </ActionDialog>
  )
}
