import { Differences } from '../../../../components/rerating/differences.tsx'
import { JobProgress } from '../../../../components/rerating/job-progress.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { rangeText } from '../../../../lib/calendar.ts'
import { previewedTotal, remainderSentences, stateOf, whatIfSentence } from '../../../../lib/rerating.ts'
import { whatIfText, type DraftNames } from './what-if-text.ts'

const SimulationDocument = graphql(`
  query Simulation($id: ID!) {
    rerating(id: $id) {
      ...ReratingSummary
      progress {
        done
        total
        ratio
        perSecond
        etaSeconds
      }
      byAgent {
        ...DifferenceRow
      }
      byClient {
        ...DifferenceRow
      }
      byResource {
        ...DifferenceRow
      }
    }
  }
`)

/** The answer, or how far it is. */
export async function WhatIfResult({ id, draftNames }: { id: string; draftNames: DraftNames }) {
  const { rerating } = await query(SimulationDocument, { id })
  if (rerating == null)
    return <p className="card mb-4 px-3.5 py-4 sm:px-5 text-ink-2">This simulation is not there any more.</p>
  if (stateOf(rerating.kind, rerating.state).isRunning) {
    const { state, progress } = rerating
    return <JobProgress id={rerating.id} kind={rerating.kind} initial={{ state, progress }} />
  }
  const total = previewedTotal(rerating)
  if (rerating.state === 'FAILED' || total === null) {
    return (
      <Card title="The simulation did not end" className="mb-4">
        <p className="text-bad">{rerating.error ?? 'The worker gave no reason.'}</p>
        <p className="mt-1 text-ink-2">Nothing was written. Ask again.</p>
      </Card>
    )
  }
  const remainders = remainderSentences(total)
  return (
    <div className="mb-4">
      <p role="status" className="sr-only">
        {whatIfSentence(total)}
      </p>
      <Differences
        heading={whatIfSentence(total)}
        caption={`${whatIfText(rerating, draftNames)}, ${rangeText(rerating.from, rerating.to)}${remainders.length === 0 ? '' : `. ${remainders.join(' ')}`}`}
        total={total}
        byAgent={rerating.byAgent}
        byClient={rerating.byClient}
        byResource={rerating.byResource}
      />
    </div>
  )
}
